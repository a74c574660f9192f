/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { join } from 'node:path';

import { BackgroundProcess } from '../processes/backgroundProcess';
import type { LedgerEntry, ProviderId, RecordedRequest, SettingsPatch } from '../emulator';

const projectFolder = join(__dirname, '../..');
const START_WITHIN_SECONDS = 60;

/** What the emulator knows of a run. */
export interface EmulatorState {
	ledger: LedgerEntry[];
	requests: RecordedRequest[];
	maxInFlight: number;
	maxRunning: number;
}

/** The emulator in a process of its own, so that what it costs is not counted. */
export interface EmulatorProcess {
	readonly apiOrigin: string;
	baseUrl(provider: ProviderId): string;
	key(provider: ProviderId): string;
	set(patch: SettingsPatch): Promise<void>;
	/** Forgets what it has seen and starts its draws anew. */
	reset(): Promise<void>;
	state(): Promise<EmulatorState>;
	hostImage(bytes: Buffer, fileName: string): Promise<string>;
	stop(): Promise<void>;
}

interface Announced {
	apiOrigin: string;
	providers: Record<ProviderId, { baseUrl: string; apiKey: string }>;
}

/** A script run by tsx in a process of its own, and the line of JSON with which it says that it is ready. */
export async function startScript<Ready>(
	script: string,
	scriptArguments: readonly string[] = [],
): Promise<{ ready: Ready; stop(): Promise<void> }> {
	const child = BackgroundProcess.start(
		process.execPath,
		['--import', 'tsx', script, ...scriptArguments],
		{ workingDirectory: projectFolder },
	);
	const [line] = await child.prints(/^\{.*\}$/m, START_WITHIN_SECONDS);
	return { ready: JSON.parse(line) as Ready, stop: async () => void (await child.stop()) };
}

/** Starts the emulator as its users do, without images that take time to draw. */
export async function startEmulatorProcess(): Promise<EmulatorProcess> {
	const script = join(projectFolder, 'test/emulator/start.ts');
	const { ready, stop } = await startScript<Announced>(script, ['--plain-images']);
	const call = async (method: string, path: string, body?: Buffer | string): Promise<unknown> => {
		const response = await fetch(`${ready.apiOrigin}/_emulator/${path}`, {
			method,
			// A connection that is kept may be closed by the other side while this process is busy.
			headers: { connection: 'close' },
			...(body === undefined ? {} : { body: body as never }),
		});
		const answer = (await response.json()) as { error?: string };
		if (!response.ok) throw new Error(`the emulator says: ${answer.error}`);
		return answer;
	};
	return {
		apiOrigin: ready.apiOrigin,
		baseUrl: (provider) => ready.providers[provider].baseUrl,
		key: (provider) => ready.providers[provider].apiKey,
		set: async (patch) => void (await call('POST', 'settings', JSON.stringify(patch))),
		reset: async () => void (await call('POST', 'reset')),
		state: async () => (await call('GET', 'state')) as EmulatorState,
		hostImage: async (bytes, fileName) => {
			const { url } = (await call('POST', `images?fileName=${fileName}`, bytes)) as {
				url: string;
			};
			return url;
		},
		stop,
	};
}
