import { EmulatorClient, sampleImage } from './documented-client';
import { startEmulator } from '../index';
import type { Emulator, EmulatorOptions } from '../index';

/** An emulator for one test file, clean before each test. Read the members inside tests only. */
export interface EmulatorInTest {
	emulator: Emulator;
	client: EmulatorClient;
	image: Buffer;
}

/** Starts an emulator before a file's tests and stops it after them; settings are put back in between. */
export function useEmulator(options: EmulatorOptions = { taskSeconds: 30 }): EmulatorInTest {
	const inTest = {} as EmulatorInTest;
	let settings: string;
	beforeAll(async () => {
		inTest.emulator = await startEmulator(options);
		inTest.image = await sampleImage();
		inTest.client = new EmulatorClient(inTest.emulator, inTest.image);
		settings = JSON.stringify(inTest.emulator.settings);
	});
	beforeEach(() => {
		inTest.emulator.reset();
		Object.assign(inTest.emulator.settings, JSON.parse(settings));
		inTest.client.publishAll();
	});
	afterAll(async () => {
		await inTest.emulator.stop();
	});
	return inTest;
}
