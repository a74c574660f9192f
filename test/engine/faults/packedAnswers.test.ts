/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { expectFailedItem } from '../stage/output';
import { onStage, type Stage, type StageRun } from '../stage/scenario';
import { startRawHost, type RawHandler, type RawHost } from './hosts/rawHost';

import { gzipSync } from 'node:zlib';

import { plainPng } from '../../emulator';

/** A thousandth of it on the wire. */
const unpackedBytes = 100_000_000;

const packed = {
	json: gzipSync(Buffer.alloc(unpackedBytes, ' ')),
	image: gzipSync(
		Buffer.concat([plainPng(500, 500).subarray(0, 200), Buffer.alloc(unpackedBytes)]),
	),
	wholeImage: gzipSync(plainPng(500, 500)),
};

/** What a small answer may cost in memory; unpacked as a whole it would be more. */
const mostMemoryBytes = 60_000_000;

async function meet(
	stage: Stage,
	answers: { submit?: Buffer; result?: Buffer },
): Promise<{ run: StageRun; memoryBytes: number; host: RawHost }> {
	const handle: RawHandler = ({ method, path }, response, { origin }) => {
		const isResult = path.startsWith('/result');
		const body = isResult ? answers.result : method === 'POST' ? answers.submit : undefined;
		const type = method === 'POST' ? 'application/json' : 'image/png';
		if (body !== undefined) {
			response.writeHead(200, {
				'content-type': type,
				'content-encoding': 'gzip',
				'content-length': String(body.length),
			});
			response.end(body);
			return;
		}
		response.writeHead(200, { 'content-type': type });
		response.end(
			method === 'POST'
				? JSON.stringify({ data: [{ url: `${origin}/result.png` }] })
				: plainPng(500, 500),
		);
	};
	const host = await startRawHost(handle);
	let most = 0;
	const before = process.memoryUsage().arrayBuffers;
	const watch = setInterval(() => {
		most = Math.max(most, process.memoryUsage().arrayBuffers - before);
	}, 5);
	try {
		await stage.saveCredential('raw', 'aiml', { baseUrl: host.origin });
		const run = await stage.run({
			provider: 'aiml',
			credential: 'raw',
			images: [{ source: 'url', url: `${host.origin}/photo.png` }],
			options: { timeoutSeconds: 20, maxImageMegabytes: 1 },
			node: { onError: 'continueRegularOutput' },
		});
		return { run, memoryBytes: most, host };
	} finally {
		clearInterval(watch);
		await host.stop();
	}
}

describe('answers that are small on the wire', () => {
	onStage('and huge as JSON: given up, and never whole in memory', async (stage) => {
		const { run, memoryBytes } = await meet(stage, { submit: packed.json });
		expectFailedItem(run.edited[0], 0, { errorKind: 'unknownOutcome' });
		expect(memoryBytes).toBeLessThan(mostMemoryBytes);
	});

	onStage('and huge as an image: larger than allowed, and never whole in memory', async (stage) => {
		const { run, memoryBytes } = await meet(stage, { result: packed.image });
		const { error } = expectFailedItem(run.edited[0], 0, { errorKind: 'provider' });
		expect(error).toMatch(/larger than/);
		expect(memoryBytes).toBeLessThan(mostMemoryBytes);
	});

	onStage(
		'and an image: it is not taken for cut off, as long as it announces less',
		async (stage) => {
			const { run, host } = await meet(stage, { result: packed.wholeImage });
			const download = host.requests.find(({ path }) => path.startsWith('/result'));
			expect(download!.headers['accept-encoding']).toBe('identity');
			expect(run.edited[0]!.json).toMatchObject({ status: 'completed' });
			expect(run.edited[0]!.json.image).toMatchObject({ bytes: plainPng(500, 500).length });
		},
	);
});
