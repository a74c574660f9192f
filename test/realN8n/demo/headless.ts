/* eslint-disable no-console -- tests never ship */
import type { Emulator } from '../../emulator/types';
import { secondsSince } from '../../processes/command';
import { InstanceHome } from '../instance/home';
import { checkWrittenImages } from './checks/writtenImages';
import { loadExamples } from './examples';
import { startServices } from './services/services';
import { createWorkspace } from './workspace';

/** The example that is the demo: photo file, Qwen Image Edit, file on disk. */
const SHORTEST_EXAMPLE = 'edit-a-photo';

/**
 * Runs the shortest example by n8n's command line and checks the image it writes.
 * The last line printed is the image's path with the seconds the whole run took.
 */
export async function runHeadless(emulator: Emulator, startedAt: number): Promise<void> {
	const example = loadExamples().find(({ name }) => name === SHORTEST_EXAMPLE);
	if (!example) throw new Error(`There is no examples/${SHORTEST_EXAMPLE}.json`);
	const workspace = await createWorkspace('headless');
	const services = await startServices(emulator, [example]);
	const home = await InstanceHome.create({
		userFolder: workspace.userFolder,
		workingFolder: workspace.workingFolder,
		credentials: services.credentials,
		workflows: [example.workflow],
	});
	const images: string[] = [];
	const say = (line: string): void => console.log(`${example.name}: ${line}`);
	await checkWrittenImages({
		example,
		emulator,
		services,
		...workspace,
		execute: async () => {
			const executed = await home.executeWorkflow(example.workflow.id);
			if (executed.status !== 'success') throw new Error(`It ended as "${executed.status}"`);
			say(`n8n execute took ${executed.seconds} s`);
			return executed;
		},
		publish: async () => {
			throw new Error('Nothing can be published without a started n8n');
		},
		change: async () => {
			throw new Error('Nothing can be changed without a started n8n');
		},
		readBinary: async () => {
			throw new Error('Files are handed out by a started n8n alone');
		},
		paid: () => emulator.ledger,
		say,
		found: (file) => images.push(file),
	});
	console.log(
		`emulator: ${emulator.ledger.length} paid edit(s), ${emulator.requests.length} requests`,
	);
	console.log(`${images[0]} (${secondsSince(startedAt)} s)`);
}
