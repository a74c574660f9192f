/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { join } from 'node:path';

import { BackgroundProcess } from '../../processes/backgroundProcess';
import type { S3Announced, S3FaultRequest, S3SettingsPatch, S3StateReport } from './control';

const PROJECT_FOLDER = join(__dirname, '../../..');
const START_WITHIN_SECONDS = 60;

/** A store in a process of its own: its time and memory are not those of the test, and it outlives programs that are killed. */
export interface S3Process extends S3Announced {
	state(): Promise<S3StateReport>;
	/** What the first bucket has under a key; `undefined` for nothing. */
	object(key: string): Promise<Buffer | undefined>;
	set(patch: S3SettingsPatch): Promise<void>;
	addFault(fault: S3FaultRequest): Promise<void>;
	clearFaults(): Promise<void>;
	reset(): Promise<void>;
	stop(): Promise<void>;
}

/** Starts it with empty buckets. On a port that was used before it is another store at the same address. */
export async function startS3Process(
	options: { buckets?: string[]; port?: number } = {},
): Promise<S3Process> {
	const child = BackgroundProcess.start(
		process.execPath,
		[
			...['--import', 'tsx', join(__dirname, 'start.ts')],
			...(options.buckets ?? []).flatMap((bucket) => ['--bucket', bucket]),
			...(options.port === undefined ? [] : ['--port', String(options.port)]),
		],
		{ workingDirectory: PROJECT_FOLDER },
	);
	const [line] = await child.prints(/^\{.*\}$/m, START_WITHIN_SECONDS);
	const announced = JSON.parse(line) as S3Announced;
	const call = async (method: string, path: string, body?: unknown): Promise<Response> => {
		const response = await fetch(`${announced.origin}/_emulator/${path}`, {
			method,
			// A connection that is kept may be closed by the other side while this process is busy.
			headers: { connection: 'close' },
			...(body !== undefined && { body: JSON.stringify(body) }),
		});
		if (response.ok || response.status === 404) return response;
		throw new Error(`The store answers ${response.status}: ${await response.text()}`);
	};
	return {
		...announced,
		state: async () => (await (await call('GET', 'state')).json()) as S3StateReport,
		object: async (key) => {
			const response = await call('GET', `object?key=${encodeURIComponent(key)}`);
			return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
		},
		set: async (patch) => void (await call('POST', 'settings', patch)),
		addFault: async (fault) => void (await call('POST', 'faults', fault)),
		clearFaults: async () => void (await call('DELETE', 'faults')),
		reset: async () => void (await call('POST', 'reset')),
		stop: async () => void (await child.stop()),
	};
}
