/* eslint-disable no-console -- tests never ship */
import type { Emulator } from '../emulator/types';
import { startInstance, type RunningInstance } from '../instance/start';
import { demoCredentials } from './credentials';
import { loadExamples } from './examples';
import { createWorkspace } from './workspace';

/** Starts an n8n to look at, with credentials and example workflows in it, and says where it is. */
export async function openEditor(emulator: Emulator): Promise<RunningInstance> {
	const examples = loadExamples();
	const { userFolder, workingFolder, filesFolder } = createWorkspace('editor');
	const instance = await startInstance({
		userFolder,
		workingFolder,
		credentials: demoCredentials(emulator),
		workflows: examples.map(({ workflow }) => workflow),
	});
	const lines = [
		'',
		`Open       ${instance.url}`,
		`Log in     ${instance.email}   password  ${instance.password}`,
		...examples.map(
			({ workflow }) => `Workflow   ${instance.url}/workflow/${workflow.id}   ${workflow.name}`,
		),
		`Pictures   ${filesFolder}`,
		`Providers  ${emulator.apiOrigin} (an emulator on this machine: nothing is sent out or paid)`,
		'',
		'Ctrl-C stops everything.',
	];
	console.log(lines.join('\n'));
	return instance;
}
