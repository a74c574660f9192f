/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { aiml } from '../../../../nodes/QwenImageEdit/providers/aiml';
import { PHOTO_FILE } from '../../demo/examples';
import type { Bench } from '../bench';
import { STANDARD_HEIGHT } from '../editor/editor';
import { startChatServer, type ChatServer } from '../../demo/services/chatServer';
import { node, NODE_TYPE, TRIGGER, workflow } from '../workflows';

const AGENT = 'AI Agent';
const MODEL = 'Chat model';
const TOOL = 'Edit an image';
const PROMPT = 'Make it a pencil drawing';
const MOST_TOOL_CHARACTERS = 2000;
const DONE_WITHIN_SECONDS = 120;
/** The agent as n8n offers it today, and the last one that ran tools inside itself. */
const AGENT_VERSIONS = [3.1, 2.2];

/** An AI agent uses the node as a tool: prompt and image by `$fromAI`, a small JSON with the URL back. */
export async function checkTool(bench: Bench): Promise<void> {
	const { checks, emulator } = bench;
	for (const version of AGENT_VERSIONS) {
		await checks.check(`tool: an AI agent ${version} edits an image by its address`, async () => {
			const before = emulator.ledger.length;
			const image = emulator.hostImage(readFileSync(PHOTO_FILE), 'coffee.jpg');
			const chat = await startChatServer({ prompt: PROMPT, imageUrl: image });
			try {
				await runAgent(bench, chat, version);
				assert.equal(emulator.ledger.length, before + 1, 'paid edits');
				assert.equal(emulator.ledger.at(-1)?.prompt, PROMPT);
				const tool = chat.requests.find(({ tools }) => tools?.length)?.tools?.[0]?.function;
				const known = Object.keys((tool?.parameters.properties ?? {}) as object).sort();
				assert.deepEqual(known, ['imageUrl', 'prompt']);
				checkAnswer(bench, chat);
			} finally {
				await chat.stop();
			}
		});
	}
}

function checkAnswer({ emulator, credentials }: Bench, { toolAnswers }: ChatServer): void {
	assert.equal(toolAnswers.length, 1, 'answers of the tool');
	const answer = toolAnswers[0]!;
	const result = emulator.results.at(-1)!.url;
	assert.ok(answer.includes(result), `${result} is not in ${answer}`);
	assert.ok(answer.length < MOST_TOOL_CHARACTERS, `${answer.length} characters`);
	assert.doesNotMatch(answer, /[A-Za-z0-9+/]{200,}/, 'base64');
	for (const { data } of credentials) assert.ok(!answer.includes(String(data.apiKey)), 'a key');
}

async function runAgent(bench: Bench, chat: ChatServer, version: number): Promise<void> {
	const { session, credentials, editor, gallery } = bench;
	const { id, name } = (await session.request('POST', '/credentials', {
		name: 'Chat model on loopback',
		type: 'openAiApi',
		data: { apiKey: 'none', url: chat.url },
	})) as { id: string; name: string };
	try {
		const stored = credentials.find(({ type }) => type === aiml.credential.type)!;
		const nodes = [
			node(TRIGGER, 'n8n-nodes-base.manualTrigger', 1, [0, 0]),
			node(AGENT, '@n8n/n8n-nodes-langchain.agent', version, [224, 0], {
				promptType: 'define',
				text: 'Turn the photo into a pencil drawing.',
				options: {},
			}),
			{
				...node(MODEL, '@n8n/n8n-nodes-langchain.lmChatOpenAi', 1.3, [160, 224], {
					model: { __rl: true, mode: 'id', value: 'test-model' },
					responsesApiEnabled: false,
					options: {},
				}),
				credentials: { openAiApi: { id, name } },
			},
			{
				...node(TOOL, `${NODE_TYPE}Tool`, 1, [384, 224], {
					provider: aiml.id,
					operation: 'edit',
					prompt: "={{ $fromAI('prompt', 'What is to change', 'string') }}",
					images: {
						image: [
							{
								source: 'url',
								url: "={{ $fromAI('imageUrl', 'Address of the image to edit', 'string') }}",
							},
						],
					},
				}),
				credentials: { [aiml.credential.type]: { id: stored.id, name: stored.name } },
			},
		];
		const made = workflow(`Agent ${version} with the node as a tool`, nodes, {
			[TRIGGER]: [AGENT],
		});
		made.connections = {
			...(made.connections as object),
			[MODEL]: { ai_languageModel: [[{ node: AGENT, type: 'ai_languageModel', index: 0 }]] },
			[TOOL]: { ai_tool: [[{ node: AGENT, type: 'ai_tool', index: 0 }]] },
		};
		await editor.resize(640, 1280);
		await editor.createWorkflow(made);
		await editor.part('execute-workflow-button').click();
		const finished = (): boolean =>
			chat.requests.some(({ messages }) => messages.some(({ role }) => role === 'tool'));
		await editor.until(async () => finished(), 'the tool has answered', DONE_WITHIN_SECONDS);
		const agent = editor.page.locator(`[data-test-id="canvas-node"][data-node-name="${AGENT}"]`);
		await agent.locator('[data-test-id="canvas-node-status-success"]').waitFor();
		if (version === AGENT_VERSIONS[0])
			await gallery.add('tool-canvas', async () => await editor.canvasImage('without buttons'));
	} finally {
		await editor.resize(STANDARD_HEIGHT);
		await session.request('DELETE', `/credentials/${id}`);
	}
}
