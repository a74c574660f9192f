import { startEmulatorProcess, type EmulatorProcess } from '../emulatorProcess';
import { measureMemory } from './memory';

/** So large that one copy of it is far more than what sockets, files and the collector hold. */
const megabytes = 96;

const image = { megabytes, count: 1, width: 1 };

let emulator: EmulatorProcess;

beforeAll(async () => {
	emulator = await startEmulatorProcess();
}, 60_000);

afterAll(async () => await emulator?.stop());

// A stream costs the same whatever the size; whoever holds the image once, or its base64, is above its size.
it.each(['upAsBase64', 'upAsForm', 'downByLink', 'downAsBase64'] as const)(
	'a large image is never held whole: %s',
	async (direction) => {
		const { peak } = await measureMemory(emulator, { ...image, direction, route: 'streams' });
		expect(peak).toBeGreaterThan(1);
		expect(peak).toBeLessThan(0.9 * megabytes);
	},
	120_000,
);

it('and the measure would notice: the same as a Buffer costs several times as much', async () => {
	const { peak } = await measureMemory(emulator, {
		...image,
		direction: 'upAsBase64',
		route: 'buffers',
	});
	expect(peak).toBeGreaterThan(1.5 * megabytes);
}, 120_000);
