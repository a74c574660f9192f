/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { startEmulator, type Emulator, type EmulatorOptions } from '../emulator';
import { sampleImage } from '../emulator/tests/documented-client';
import { installPinned } from '../realN8n/installation/pinned/pinnedPackages';

/** The emulator, an image, and the packages that the makers publish. */
export interface ClientStage {
	emulator: Emulator;
	image: Buffer;
	/** One of the pinned packages. */
	load<Module>(name: string): Module;
	/** The global fetch as it is. */
	liveFetch: typeof fetch;
	/** The global fetch, with the addresses of live services turned to the emulator. Nothing else leaves the machine. */
	fetch: typeof fetch;
	stop(): Promise<void>;
}

/** The addresses that the clients have built in, and where the emulator stands for them. */
function addresses(emulator: Emulator): Array<[live: string, emulated: string]> {
	return [
		// A client may take the path of an address that the emulator gave, with its mount.
		['https://queue.fal.run/fal/', `${emulator.baseUrl('fal')}/`],
		['https://queue.fal.run', emulator.baseUrl('fal')],
		['https://fal.run', emulator.baseUrl('fal')],
		['https://rest.fal.ai', emulator.uploadBaseUrl('fal')!],
		['https://api.replicate.com', emulator.baseUrl('replicate')],
		['https://api.wavespeed.ai/wavespeed/', `${emulator.baseUrl('waveSpeed')}/`],
		['https://api.wavespeed.ai', emulator.baseUrl('waveSpeed')],
		['https://api.siliconflow.cn/v1', emulator.baseUrl('siliconFlow')],
	];
}

/** Starts the emulator and installs the clients, unless they are there. */
export async function openClientStage(options: EmulatorOptions = {}): Promise<ClientStage> {
	const folder = await installPinned(__dirname, 'makers-clients');
	const emulator = await startEmulator(options);
	const load = createRequire(join(folder, 'package.json'));
	const live = globalThis.fetch;
	const turned: typeof fetch = async (input, init) => {
		const asked = input instanceof Request ? input.url : String(input);
		const found = addresses(emulator).find(([address]) => asked.startsWith(address));
		const url = found === undefined ? asked : found[1] + asked.slice(found[0].length);
		if (!/^(?:http:\/\/127\.0\.0\.1:|data:)/.test(url)) {
			throw new TypeError(`${url} would leave the machine`);
		}
		return await live(input instanceof Request ? new Request(url, input) : url, init);
	};
	globalThis.fetch = turned;
	return {
		emulator,
		image: await sampleImage(),
		load: <Module>(name: string) => load(name) as Module,
		liveFetch: live,
		fetch: turned,
		stop: async () => {
			globalThis.fetch = live;
			await emulator.stop();
		},
	};
}

/** Names the bytes of an image. */
export function sha256(bytes: Buffer | Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}

/** The bytes behind a URL of the emulator. */
export async function bytesAt(url: string): Promise<Buffer> {
	const response = await fetch(url);
	expect(response.status).toBe(200);
	return Buffer.from(await response.arrayBuffer());
}

/** Nothing was asked that the provider does not document, and no key went where it does not belong. */
export function expectCleanRecord(emulator: Emulator): void {
	expect(emulator.leaks).toEqual([]);
	expect(emulator.ledger.flatMap(({ unknownFields }) => unknownFields)).toEqual([]);
}
