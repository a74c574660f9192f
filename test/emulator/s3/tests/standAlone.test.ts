import { reservePorts } from '../../../processes/reservedPorts';
import { startS3Process, type S3Process } from '../index';
import { ask } from './signedRequest';

let store: S3Process;
let port: number;
beforeAll(async () => {
	[port] = (await reservePorts(1)) as [number];
	store = await startS3Process({ buckets: ['images', 'second'], port });
}, 60_000);
afterAll(async () => await store.stop());

test('a store in a process of its own says where it is and what it holds, and is steered', async () => {
	expect(store).toMatchObject({ origin: `http://127.0.0.1:${port}`, bucket: 'images' });
	const put = async () => await ask(store, 'PUT', { key: 'a/ü.png', body: 'text' });
	await store.addFault({ kind: 'status', key: '^a/', times: 1 });
	expect(await put()).toMatchObject({ status: 503, code: 'SlowDown' });
	expect((await put()).status).toBe(200);
	expect((await store.object('a/ü.png'))!.toString()).toBe('text');
	expect(await store.object('b')).toBeUndefined();
	await store.set({ denied: ['put'], quotaBytes: 3 });
	expect((await put()).code).toBe('AccessDenied');
	expect(await store.state()).toMatchObject({
		objects: [{ key: 'a/ü.png', bytes: 4, contentType: 'binary/octet-stream' }],
		requests: [{ httpStatus: 503, code: 'SlowDown' }, { httpStatus: 200 }, { httpStatus: 403 }],
		settings: { denied: ['put'], quotaBytes: 3 },
		faults: [],
		maxInFlight: 1,
	});
	await store.set({ denied: [], quotaBytes: null });
	await store.addFault({ kind: 'hang' });
	await store.clearFaults();
	expect((await put()).status).toBe(200);
	await expect(store.set({ typo: 1 } as object)).rejects.toThrow('unknown: typo');
	await store.reset();
	expect(await store.state()).toMatchObject({ objects: [], requests: [], maxInFlight: 0 });
	await store.stop();
	await expect(put()).rejects.toThrow('ECONNREFUSED');
});
