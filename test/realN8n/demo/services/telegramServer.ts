/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listenOnLoopback } from '../../../processes/loopbackServer';

const TOKEN = '25090001:AAdemo-token-of-the-stand-in';
const CHAT_ID = 4711;

/** What the bot has sent. */
export interface SentMessage {
	chatId: string;
	replyTo: string | undefined;
	text: string;
	/** The bytes of the image, where one was sent. */
	photo?: Buffer;
}

/** A photo as somebody sends it. */
interface IncomingPhoto {
	bytes: Buffer;
	caption?: string;
}

/** A stand-in for Telegram's bot API on loopback: the calls that n8n's nodes make, and updates sent to the bot. */
export interface TelegramServer {
	/** What n8n's Telegram credential needs. */
	credentialData: Record<string, unknown>;
	sent: SentMessage[];
	/** Sends the bot a message as Telegram does; returns the status of the bot's answer. */
	tell(message: { text: string } | IncomingPhoto, secret?: string): Promise<number>;
	stop(): Promise<void>;
}

interface Webhook {
	url: string;
	secret_token: string;
}

/** Starts it with one bot, whose token it wants to see in every path, as Telegram has it. */
export async function startTelegramServer(): Promise<TelegramServer> {
	const sent: SentMessage[] = [];
	const photos: Buffer[] = [];
	let webhook: Webhook | undefined;
	let messageId = 100;

	const methods: Record<string, (fields: FormData) => unknown> = {
		getMe: () => ({ id: 25090001, is_bot: true, first_name: 'Photo bot', username: 'photo_bot' }),
		getWebhookInfo: () => ({ url: webhook?.url ?? '', pending_update_count: 0 }),
		setWebhook: (fields) => {
			webhook = { url: text(fields, 'url'), secret_token: text(fields, 'secret_token') };
			return true;
		},
		deleteWebhook: () => {
			webhook = undefined;
			return true;
		},
		getFile: (fields) => ({
			file_id: text(fields, 'file_id'),
			file_path: `photos/file_${text(fields, 'file_id')}.jpg`,
		}),
		sendMessage: (fields) => answered(fields, text(fields, 'text')),
		sendPhoto: async (fields) => {
			const photo = Buffer.from(await (fields.get('photo') as Blob).arrayBuffer());
			return answered(fields, text(fields, 'caption'), photo);
		},
	};

	function answered(fields: FormData, words: string, photo?: Buffer): unknown {
		const replyTo = text(fields, 'reply_to_message_id') || undefined;
		sent.push({ chatId: text(fields, 'chat_id'), replyTo, text: words, photo });
		return { message_id: ++messageId, chat: { id: CHAT_ID } };
	}

	const server = createServer((request, response) => {
		void (async () => {
			const { pathname } = new URL(request.url!, 'http://telegram');
			const file = new RegExp(`^/file/bot${TOKEN}/photos/file_(\\d+)\\.jpg$`).exec(pathname);
			if (file !== null && photos[Number(file[1])] !== undefined) {
				return response.end(photos[Number(file[1])]);
			}
			const name = new RegExp(`^/bot${TOKEN}/(\\w+)$`).exec(pathname)?.[1];
			const method = name === undefined ? undefined : methods[name];
			const answer =
				method === undefined
					? { ok: false, error_code: 404, description: 'Not Found' }
					: { ok: true, result: await method(await fieldsOf(request)) };
			response.writeHead(answer.ok ? 200 : 404, { 'content-type': 'application/json' });
			return response.end(JSON.stringify(answer));
		})().catch((error: unknown) => response.destroy(error as Error));
	});
	const { origin, stop } = await listenOnLoopback(server);

	return {
		credentialData: { accessToken: TOKEN, baseUrl: origin },
		sent,
		tell: async (message, secret) => {
			if (webhook === undefined) throw new Error('The bot has told nobody where it listens');
			const reply = await fetch(webhook.url, {
				method: 'POST',
				headers: {
					'content-type': 'application/json',
					'x-telegram-bot-api-secret-token': secret ?? webhook.secret_token,
				},
				body: JSON.stringify({
					update_id: ++messageId,
					message: {
						message_id: ++messageId,
						date: Math.floor(Date.now() / 1000),
						from: { id: CHAT_ID, is_bot: false, first_name: 'Ada' },
						chat: { id: CHAT_ID, type: 'private', first_name: 'Ada' },
						...('text' in message ? message : described(message)),
					},
				}),
			});
			return reply.status;
		},
		stop,
	};

	/** Telegram makes several sizes of a photo; here they are the same file. */
	function described({ bytes, caption }: IncomingPhoto): object {
		const fileId = String(photos.push(bytes) - 1);
		const sizes = [90, 320, 800, 1280].map((width) => ({ file_id: fileId, width, height: width }));
		return { photo: sizes, ...(caption === undefined ? {} : { caption }) };
	}
}

/** The fields of a call, which come in the query, as JSON or as a form with a file. */
async function fieldsOf(request: IncomingMessage): Promise<FormData> {
	const body = await buffer(request);
	const type = request.headers['content-type'] ?? '';
	if (type.startsWith('multipart/form-data')) {
		return await new Response(new Uint8Array(body), {
			headers: { 'content-type': type },
		}).formData();
	}
	const fields = new FormData();
	const { searchParams } = new URL(request.url!, 'http://telegram');
	const json = JSON.parse(body.toString('utf8') || '{}') as Record<string, unknown>;
	for (const [name, value] of [...searchParams, ...Object.entries(json)]) {
		fields.set(name, typeof value === 'string' ? value : JSON.stringify(value));
	}
	return fields;
}

function text(fields: FormData, name: string): string {
	const value = fields.get(name);
	return typeof value === 'string' ? value : '';
}
