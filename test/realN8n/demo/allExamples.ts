/* eslint-disable @n8n/community-nodes/no-restricted-imports, no-console -- tests never ship */
import { basename } from 'node:path';
import type { Emulator } from '../../emulator/types';
import { secondsSince } from '../../processes/command';
import { startInstance, type RunningInstance } from '../instance/start';
import { Session } from '../instance/session';
import { checkOf, findOrphanedChecks } from './checks/exampleChecks';
import type { ExampleRun } from './exampleRun';
import { loadExamples, manualTriggerOf, type Example } from './examples';
import { furnishPublicWorld } from './services/publicWorld';
import { startServices, type DemoServices } from './services/services';
import { executeInEditor } from '../instance/executeInEditor';
import { changeNode, publishWorkflow } from '../instance/executions';
import { createWorkspace, type Workspace } from './workspace';

/** What all examples share: one n8n, one emulator, one set of servers. */
interface Stage {
	emulator: Emulator;
	services: DemoServices;
	workspace: Workspace;
	instance: RunningInstance;
	session: Session;
	images: string[];
}

/**
 * Runs every example in one started n8n and checks what each promises; one that fails does not keep the next from running.
 * Prints one line per example; the last line but one counts them, the last is an image's path with the seconds of the whole run.
 *
 * @param only - names of the examples to run; all of them when not given
 * @returns whether every example held
 */
export async function runAllExamples(
	emulator: Emulator,
	startedAt: number,
	only?: readonly string[],
): Promise<boolean> {
	const all = loadExamples();
	const names = all.map(({ name }) => name);
	const unknown = [
		...findOrphanedChecks(names),
		...(only ?? []).filter((name) => !names.includes(name)),
	];
	if (unknown.length > 0) throw new Error(`There is no example ${unknown.join(', ')}`);
	const examples = all.filter(({ name }) => only === undefined || only.includes(name));
	furnishPublicWorld(emulator);
	const workspace = await createWorkspace('headless');
	const services = await startServices(emulator, examples);
	let instance: RunningInstance | undefined;
	try {
		instance = await startInstance({
			userFolder: workspace.userFolder,
			workingFolder: workspace.workingFolder,
			credentials: services.credentials,
			workflows: examples.map(({ workflow }) => workflow),
		});
		const session = await Session.open(instance);
		const stage: Stage = { emulator, services, workspace, instance, session, images: [] };
		const failed: string[] = [];
		for (const example of examples) {
			if (!(await holds(stage, example))) failed.push(example.name);
		}
		summarise(stage, { startedAt, failed, total: examples.length });
		return failed.length === 0;
	} finally {
		await instance?.stop();
		await services.stop();
	}
}

async function holds(stage: Stage, example: Example): Promise<boolean> {
	const { emulator, services, workspace, instance, session, images } = stage;
	const paidBefore = emulator.ledger.length;
	const startedAt = Date.now();
	const run: ExampleRun = {
		example,
		emulator,
		services,
		workingFolder: workspace.workingFolder,
		filesFolder: workspace.filesFolder,
		execute: async () =>
			await executeInEditor(session, example.workflow.id, manualTriggerOf(example)),
		change: async (node, parameters) =>
			await changeNode(session, example.workflow.id, node, parameters),
		publish: async () => {
			await publishWorkflow(session, example.workflow.id);
			return instance.url;
		},
		readBinary: async ({ id }) => await session.readBinary(id),
		paid: () => emulator.ledger.slice(paidBefore),
		say: (line) => console.log(`      ${line}`),
		found: (file) => images.push(file),
	};
	try {
		await checkOf(example.name)(run);
		const paid = run.paid().length;
		console.log(`ok    ${example.name}: ${paid} paid edit(s), ${secondsSince(startedAt)} s`);
		return true;
	} catch (error) {
		const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
		console.log(`FAIL  ${example.name}\n${words.replace(/^/gm, '      ')}`);
		return false;
	}
}

function summarise(
	{ emulator, images }: Stage,
	{ startedAt, failed, total }: { startedAt: number; failed: string[]; total: number },
): void {
	const { ledger, requests } = emulator;
	console.log(`emulator: ${ledger.length} paid edit(s), ${requests.length} requests`);
	const shortest = images.find((file) => basename(file).startsWith('coffee-edited'));
	for (const file of images.filter((image) => image !== shortest)) console.log(file);
	console.log(`Tests: ${failed.length} failed, ${total - failed.length} passed, ${total} total`);
	console.log(`${shortest ?? images[0]} (${secondsSince(startedAt)} s)`);
}
