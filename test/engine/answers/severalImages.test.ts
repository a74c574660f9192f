import { plainPng } from '../../emulator';
import { meet, withImages } from '../faults/hosts/meetHost';
import { sendJson } from '../faults/hosts/rawHost';
import { expectFailedItem } from '../stage/output';
import { onStage, type Stage } from '../stage/scenario';

const good = plainPng(30, 30).toString('base64');

async function meetImages(stage: Stage, data: (origin: string) => object[]) {
	return await meet(
		stage,
		withImages((request, response, { origin }) => {
			if (request.path.startsWith('/gone')) sendJson(response, { message: 'gone' }, 410);
			else sendJson(response, { data: data(origin) });
		}),
		{ provider: 'openAiCompatible' },
	);
}

const bad: Array<[string, (origin: string) => object]> = [
	['text instead of base64', () => ({ b64_json: 'the image could not be written!' })],
	[
		'base64 of something else',
		() => ({ b64_json: Buffer.from('no image '.repeat(30)).toString('base64') }),
	],
	['a URL that is gone', (origin) => ({ url: `${origin}/gone.png` })],
	['a URL that the node never opens', () => ({ url: 'http://169.254.169.254/latest.png' })],
];

describe('one bad image of four does not take the others with it', () => {
	for (const [name, entry] of bad) {
		onStage(name, async (stage) => {
			const { run } = await meetImages(stage, (origin) => [
				{ b64_json: good },
				{ b64_json: good },
				entry(origin),
				{ b64_json: good },
			]);
			expect(run.edited.map(({ json }) => json.index)).toEqual([0, 1, 3]);
			for (const { json, binary, pairedItem } of run.edited) {
				expect(json).toMatchObject({ status: 'completed', count: 4 });
				expect(json.warnings).toEqual([expect.stringMatching(/^Image 3 of 4 is missing: /)]);
				expect(binary!.data).toBeDefined();
				expect(pairedItem).toEqual({ item: 0 });
			}
			expect(JSON.stringify(run.edited.map(({ json }) => json))).not.toContain(good);
		});
	}

	onStage('each has a name of its own', async (stage) => {
		const { run } = await meetImages(stage, () => [
			{ b64_json: good },
			{ b64_json: good },
			{ b64_json: good },
		]);
		expect(run.edited.map(({ json }) => (json.image as { fileName: string }).fileName)).toEqual([
			'photo-edited.png',
			'photo-edited-2.png',
			'photo-edited-3.png',
		]);
	});

	onStage('only when none can be had the item fails', async (stage) => {
		const { run } = await meetImages(stage, (origin) => bad.map(([, entry]) => entry(origin)));
		const { error } = expectFailedItem(run.edited[0], 0, { errorKind: 'provider' });
		expect(error).toContain('/gone.png');
	});
});

onStage('an image that stops early comes out with a warning, the others without', async (stage) => {
	const cut = plainPng(300, 300).subarray(0, 500).toString('base64');
	const { run } = await meetImages(stage, () => [{ b64_json: good }, { b64_json: cut }]);
	expect(run.edited.map(({ json }) => json.warnings)).toEqual([
		[],
		[expect.stringContaining('may be incomplete')],
	]);
});
