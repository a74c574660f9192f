/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { plainPng, type ProviderId } from '../../emulator';
import { meet } from '../faults/hosts/meetHost';
import { sendJson } from '../faults/hosts/rawHost';
import { expectFailedItem } from '../stage/output';
import { onStage, providerIds, type Stage } from '../stage/scenario';

const caseFile = (name: string): Buffer =>
	readFileSync(join(__dirname, '../../pure/image/cases', name));

const withFile = (stage: Stage, bytes: Buffer, fileName: string) => [
	stage.item({}, bytes) && {
		json: {},
		binary: { data: { bytes, mimeType: 'application/octet-stream', fileName } },
	},
];

describe.each(providerIds)('%s', (provider) => {
	onStage('is not sent a photo that no provider takes', async (stage) => {
		const run = await stage.run({
			provider,
			items: withFile(stage, caseFile('phone.heic'), 'phone.heic'),
			node: { onError: 'continueRegularOutput' },
		});
		const { error } = expectFailedItem(run.edited[0], 0, { errorKind: 'input' });
		expect(error).toMatch(/HEIC file/);
		expect(error).toMatch(/Edit Image node/);
		expect(error).toMatch(/Most Compatible/);
		expect(stage.emulator.requests.filter(({ server }) => server === 'api')).toEqual([]);
	});
});

/** A provider that takes files, and gives back what it was sent by URL or as base64. */
async function roundTrip(stage: Stage, file: string, way: 'url' | 'base64', announces: boolean) {
	const bytes = caseFile(file);
	return await meet(
		stage,
		({ path, method }, response, { origin }) => {
			if (path.startsWith('/photo') || path.startsWith('/result')) {
				response.writeHead(200, {
					'content-type': 'image/jpeg',
					...(announces ? { 'content-length': bytes.length } : {}),
				});
				response.end(bytes);
				return;
			}
			expect(method).toBe('POST');
			const entry =
				way === 'url' ? { url: `${origin}/result` } : { b64_json: bytes.toString('base64') };
			sendJson(response, { data: [entry] });
		},
		{ provider: 'openAiCompatible' },
	);
}

describe('bytes behind the end of an image are legal', () => {
	for (const file of ['trailing-spaces.jpg', 'motion-photo.jpg', 'trailing.png']) {
		for (const way of ['url', 'base64'] as const) {
			for (const announces of [true, false]) {
				onStage(
					`${file} as input by URL and as result by ${way}, ${announces ? 'with' : 'without'} a length`,
					async (stage) => {
						const { run, host, seconds } = await roundTrip(stage, file, way, announces);
						expect(run.edited[0]!.json).toMatchObject({
							status: 'completed',
							image: { bytes: caseFile(file).length },
							warnings: [],
						});
						expect(await run.binaryBuffer(run.edited[0])).toEqual(caseFile(file));
						// Nothing was read twice.
						expect(host.requests.filter(({ method }) => method === 'GET')).toHaveLength(
							way === 'url' ? 2 : 1,
						);
						expect(seconds).toBeLessThan(4);
					},
				);
			}
		}
	}
});

onStage('a result that is stored on its side is measured as people see it', async (stage) => {
	const { run } = await roundTrip(stage, 'rotated-by-exif.jpg', 'url', true);
	expect(run.edited[0]!.json.image).toMatchObject({ width: 600, height: 800 });
});

onStage('a result that browsers cannot show is put out, with a warning', async (stage) => {
	const { run } = await meet(
		stage,
		({ path }, response) => {
			if (path.startsWith('/photo')) {
				response.writeHead(200, { 'content-type': 'image/png' }).end(plainPng(60, 60));
				return;
			}
			sendJson(response, { data: [{ b64_json: caseFile('phone.heic').toString('base64') }] });
		},
		{ provider: 'openAiCompatible' },
	);
	expect(run.edited[0]!.json).toMatchObject({
		status: 'completed',
		warnings: [expect.stringContaining('HEIC')],
	});
});

describe('the name of the output file', () => {
	const named = (run: { edited: Array<{ json: object; binary?: unknown }> }) =>
		run.edited.map(({ json }) => (json as { image: { fileName: string } }).image.fileName);

	onStage('is that of the input, so that a folder of photos keeps its names', async (stage) => {
		const items = ['coffee.jpg', 'tea.png', 'Ägypten 鹅.PNG'].map((fileName) => ({
			json: {},
			binary: { data: { bytes: plainPng(60, 60), mimeType: 'image/png', fileName } },
		}));
		const run = await stage.succeed({ provider: 'aiml', items });
		expect(named(run)).toEqual(['coffee-edited.png', 'tea-edited.png', 'Ägypten 鹅-edited.png']);
	});

	onStage('is the last step of a URL', async (stage) => {
		const url = stage.emulator.hostImage(plainPng(500, 500), 'red%20mug.png');
		const run = await stage.succeed({ provider: 'aiml', images: [{ source: 'url', url }] });
		expect(named(run)[0]).toMatch(/-edited\.png$/);
	});

	onStage('is what the user says', async (stage) => {
		const run = await stage.succeed({ provider: 'aiml', options: { fileName: 'front.jpg' } });
		expect(named(run)).toEqual(['front.png']);
	});

	for (const [provider, parameters] of [
		['aiml', {}],
		['odkkk', {}],
	] as Array<[ProviderId, object]>) {
		onStage(`is edited where the input has none: ${provider}`, async (stage) => {
			const base64 = plainPng(500, 500).toString('base64');
			const run = await stage.succeed({
				provider,
				images: [{ source: 'base64', base64 }],
				...parameters,
			});
			expect(named(run)).toEqual(['edited.png']);
		});
	}
});
