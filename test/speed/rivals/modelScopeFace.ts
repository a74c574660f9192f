/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../../processes/loopbackServer';

/** An image that is made. */
interface Task {
	submittedAt: number;
	readyAt: number;
	looks: number;
	handedOutAt?: number;
}

/** A server that speaks as ModelScope's API-Inference does, as far as `n8n-nodes-qwen-image` talks to it. */
export interface ModelScopeFace {
	/** With a slash at its end, as that node's credential has it. */
	readonly baseUrl: string;
	readonly tasks: readonly Task[];
	stop(): Promise<void>;
}

/**
 * Submit: `POST /v1/images/generations`, answered with `task_id`. Look: `GET /v1/tasks/{id}`, answered with
 * `task_status` (`SUCCEED` when done) and `output_images` (provider research M3). The emulator has no such
 * provider, since the package has none; no other part of the bench uses this.
 */
export async function startModelScopeFace(
	workSeconds: () => number,
	image: Buffer,
): Promise<ModelScopeFace> {
	const tasks: Task[] = [];
	let origin = '';
	const answer = (response: ServerResponse, status: number, body: unknown): void => {
		response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
	};
	const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		for await (const chunk of request) void chunk;
		const { pathname } = new URL(request.url ?? '/', origin);
		if (request.method === 'POST' && pathname === '/v1/images/generations') {
			const submittedAt = Date.now();
			tasks.push({ submittedAt, readyAt: submittedAt + workSeconds() * 1000, looks: 0 });
			return answer(response, 200, { task_id: String(tasks.length - 1), task_status: 'PENDING' });
		}
		if (pathname.startsWith('/images/')) {
			response.writeHead(200, { 'content-type': 'image/png' }).end(image);
			return;
		}
		const id = /^\/v1\/tasks\/(\d+)$/.exec(pathname)?.[1];
		const task = id === undefined ? undefined : tasks[Number(id)];
		if (task === undefined) return answer(response, 404, { errors: { message: 'not found' } });
		task.looks += 1;
		if (Date.now() < task.readyAt) return answer(response, 200, { task_status: 'RUNNING' });
		task.handedOutAt ??= Date.now();
		return answer(response, 200, {
			task_status: 'SUCCEED',
			output_images: [`${origin}/images/${id}.png`],
		});
	};
	const server = createServer((request, response) => void serve(request, response));
	const listening = await listenOnLoopback(server);
	origin = listening.origin;
	return {
		baseUrl: `${origin}/`,
		tasks,
		stop: listening.stop,
	};
}
