/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createServer, type IncomingMessage } from 'node:http';
import { listenOnLoopback } from '../../../processes/loopbackServer';

interface ChatMessage {
	role: string;
	content?: unknown;
}

interface ChatRequest {
	messages: ChatMessage[];
	stream?: boolean;
	tools?: Array<{
		function: { name: string; description?: string; parameters: Record<string, unknown> };
	}>;
}

/** A chat model on loopback that calls the one tool it is given, and says "done" to what comes back. */
export interface ChatServer {
	url: string;
	/** Every request, in order. */
	requests: ChatRequest[];
	/** Images it was asked to look at, as data URIs. */
	images: string[];
	/** What it says of the next images; of any further one it says yes. */
	verdicts: string[];
	/** What tools have answered, as the model got to read it. */
	toolAnswers: string[];
	stop(): Promise<void>;
}

type ToolArguments = Record<string, string>;

/**
 * Starts a server that speaks OpenAI's chat completions.
 *
 * @param toolArguments - what the model calls its tool with: always the same, or made from the order it was given
 * @param closing - what it says once the tool has answered
 */
export async function startChatServer(
	toolArguments: ToolArguments | ((order: string) => ToolArguments),
	closing: (toolAnswer: string) => string = () => 'done',
): Promise<ChatServer> {
	const argumentsFor = (order: string): ToolArguments =>
		typeof toolArguments === 'function' ? toolArguments(order) : toolArguments;
	const requests: ChatRequest[] = [];
	const toolAnswers: string[] = [];
	const images: string[] = [];
	const verdicts: string[] = [];
	const server = createServer((request, response) => {
		void readBody(request).then((text) => {
			const asked = JSON.parse(text || '{}') as Partial<ChatRequest>;
			const chat: ChatRequest = { ...asked, messages: asked.messages ?? [] };
			requests.push(chat);
			const answered = chat.messages.filter(({ role }) => role === 'tool');
			toolAnswers.splice(0, Infinity, ...answered.map(({ content }) => textOf(content)));
			const tool = chat.tools?.[0]?.function.name;
			const calls = answered.length === 0 && tool !== undefined;
			const order = chat.messages.findLast(({ role }) => role === 'user');
			const shown = imagesOf(order?.content);
			images.push(...shown);
			const words = (): string =>
				shown.length > 0 ? (verdicts.shift() ?? 'yes') : closing(toolAnswers.at(-1) ?? '');
			const call = {
				index: 0,
				id: 'call_1',
				type: 'function',
				function: {
					name: tool,
					arguments: JSON.stringify(argumentsFor(textOf(order?.content ?? ''))),
				},
			};
			const message = calls
				? { role: 'assistant', content: null, tool_calls: [call] }
				: { role: 'assistant', content: words() };
			const reason = calls ? 'tool_calls' : 'stop';
			const frame = { id: 'chatcmpl-1', created: 1, model: 'test-model' };
			if (chat.stream === true) {
				response.writeHead(200, { 'content-type': 'text/event-stream' });
				for (const choice of [
					{ index: 0, delta: message, finish_reason: null },
					{ index: 0, delta: {}, finish_reason: reason },
				]) {
					const chunk = { ...frame, object: 'chat.completion.chunk', choices: [choice] };
					response.write(`data: ${JSON.stringify(chunk)}\n\n`);
				}
				response.end('data: [DONE]\n\n');
				return;
			}
			response.writeHead(200, { 'content-type': 'application/json' });
			response.end(
				JSON.stringify({
					...frame,
					object: 'chat.completion',
					choices: [{ index: 0, message, finish_reason: reason }],
					usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
				}),
			);
		});
	});
	const { origin, stop } = await listenOnLoopback(server);
	return {
		url: `${origin}/v1`,
		requests,
		images,
		verdicts,
		toolAnswers,
		stop,
	};
}

async function readBody(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString('utf8');
}

/** A message's text: a string, or a list of parts of which each may have one. */
function textOf(content: unknown): string {
	if (typeof content === 'string') return content;
	if (!Array.isArray(content)) return JSON.stringify(content);
	const parts = content as Array<{ text?: unknown }>;
	return parts.map(({ text }) => (typeof text === 'string' ? text : '')).join('');
}

/** Addresses of the images in a message. */
function imagesOf(content: unknown): string[] {
	if (!Array.isArray(content)) return [];
	const parts = content as Array<{ image_url?: { url?: string } }>;
	return parts.flatMap(({ image_url: image }) => image?.url ?? []);
}
