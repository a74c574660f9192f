import { useBinaryMode } from '../stage/workflow/engine';
import { sha256 } from '../stage/images';
import { Stage, type ImageRow, type Order } from '../stage/scenario';

let stage: Stage;

beforeAll(async () => {
	stage = await Stage.open();
});

afterEach(() => {
	expect(stage.sweep()).toEqual([]);
});

afterAll(async () => {
	await stage.close();
});

/** Runs what must be refused before anything is sent, and returns what the user reads. */
async function refused(order: Order): Promise<{ message: string; description: string }> {
	const run = await stage.run(order);
	expect(run.status).toBe('error');
	expect(stage.emulator.ledger).toEqual([]);
	expect(stage.emulator.requests).toEqual([]);
	const { message, description } = run.error!;
	return { message, description: description ?? '' };
}

describe('where n8n keeps files in memory', () => {
	beforeAll(async () => {
		await useBinaryMode('default');
	});

	afterAll(async () => {
		await useBinaryMode('filesystem');
	});

	test.each(['aiml', 'modelVerse', 'modelsLab'] as const)(
		'%s edits as elsewhere',
		async (provider) => {
			const run = await stage.succeed({ provider });
			expect(run.edited[0]!.binary!.data!.id).toBeUndefined();
			const entry = stage.emulator.ledger[0]!;
			const bytes = await run.binaryBuffer(run.edited[0]);
			expect((run.next[0]!.json.files as { data: { sha256: string } }).data.sha256).toBe(
				sha256(bytes),
			);
			expect(run.edited[0]!.json).toMatchObject({
				status: 'completed',
				image: { bytes: bytes.length },
			});
			expect(entry.billed).toBe(1);
			// The image is in the binary, where it belongs, and not in the JSON as well.
			expect(JSON.stringify(run.edited[0]!.json)).not.toContain(
				bytes.toString('base64').slice(0, 60),
			);
		},
	);

	test.each(['chainHub', 'odkkk'] as const)(
		'%s, which takes links only, is not tried',
		async (provider) => {
			const { message } = await refused({ provider });
			expect(message).toContain('memory');
		},
	);
});

describe('binaries inside the JSON (n8n setting "combined")', () => {
	const engine = { settings: { binaryMode: 'combined' as const } };

	test.each(['_files.data', '={{ $json._files.data }}'])('are found by %s', async (field) => {
		const images: ImageRow[] = [{ source: 'binary', binaryPropertyName: field }];
		const run = await stage.succeed({ provider: 'aiml', images, engine });
		expect(stage.emulator.ledger).toHaveLength(1);
		expect(run.edited[0]!.json).toMatchObject({ provider: 'aiml', status: 'completed' });
		expect(run.edited[0]!.json._files).toMatchObject({ data: { fileName: 'photo-edited.png' } });
	});

	test('that are not there are answered with those that are', async () => {
		const { message, description } = await refused({ provider: 'aiml', engine });
		expect(message).toContain("'data'");
		expect(description).toContain('_files.data');
	});
});
