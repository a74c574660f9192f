/**
 * The node's memory in s3rver, a store from npm that nobody here wrote: see the README beside this file.
 */
import { saveStorage, withStorage } from '../../engine/stage/bucket';
import { makeImage } from '../../engine/stage/images';
import { Stage, type Order, type StageRun } from '../../engine/stage/scenario';
import { startStorageServer, type StorageServer } from '../demo/services/storageServer';

/** An n8n that nobody outside can reach: without a bucket a local image would be refused. */
const unreachable = { instanceUrl: 'http://localhost:5678' };
const noConditions = /The bucket knows no conditional writes/;

let server: StorageServer;
let stage: Stage;

const run = async (order: Order): Promise<StageRun> =>
	await stage.succeed(withStorage({ engine: unreachable, ...order }));

const inputs = async (): Promise<string[]> =>
	(await server.keys()).filter((key) => key.includes('/inputs/'));

beforeAll(async () => {
	server = await startStorageServer();
	stage = await Stage.open();
	await saveStorage(stage, { ...server.credentialData, bucket: server.bucket });
});

afterEach(() => expect(stage.sweep()).toEqual([]));

afterAll(async () => {
	await stage?.close();
	await server?.stop();
});

test('an edit is remembered, delivered, paid for again, and reused', async () => {
	const { emulator } = stage;
	const first = await run({ provider: 'aiml' });
	expect(first.edited[0]!.json).toMatchObject({ status: 'completed' });
	// It writes whatever the condition says: whoever uses it is told.
	expect(first.edited[0]!.json.warnings).toEqual([expect.stringMatching(noConditions)]);
	const second = await run({ provider: 'aiml' });
	expect(second.edited[0]!.json).not.toHaveProperty('reused');
	expect(emulator.ledger).toHaveLength(2);
	const third = await run({ provider: 'aiml', options: { reusePaidEdits: 7 } });
	expect(third.edited[0]!.json).toMatchObject({ reused: true, status: 'completed' });
	expect(emulator.ledger).toHaveLength(2);
	expect(third.next.map(({ json }) => json.files)).toEqual(
		second.next.map(({ json }) => json.files),
	);
});

test('a run that was stopped leaves its task to the next', async () => {
	const { emulator } = stage;
	stage.set({ taskSeconds: 3 });
	const order: Order = {
		provider: 'odkkk',
		prompt: 'Stop me',
		options: { timeoutSeconds: 1 },
		node: { onError: 'continueRegularOutput' },
	};
	const first = await run(order);
	expect(first.edited[0]!.json.details).toMatchObject({ errorKind: 'timeout' });
	const second = await run({ ...order, options: {} });
	expect(second.edited[0]!.json).toMatchObject({ reused: true, status: 'completed' });
	expect(emulator.ledger).toHaveLength(1);
});

test.each(['odkkk', 'chainHub'] as const)('%s reads a local image through it', async (provider) => {
	const bytes = await makeImage();
	// The run that was stopped has left its file to its task.
	const before = await inputs();
	const { edited } = await run({ provider, items: [stage.item({}, bytes)] });
	expect(edited[0]!.json.status).toBe('completed');
	expect(stage.emulator.ledger).toEqual([expect.objectContaining({ provider, imageCount: 1 })]);
	expect(await inputs()).toEqual(before);
});
