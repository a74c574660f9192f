/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { providers } from '../../../nodes/QwenImageEdit/providers';
import { startEmulator } from '../../emulator';
import { makeTemporaryFolder } from '../../processes/temporaryFolder';
import { PHOTO_FILE } from '../demo/examples';
import { demoCredentials } from '../demo/services/credentials';
import { Checks } from '../endToEnd/checks';
import { runScript } from '../endToEnd/runScript';
import { Executions, type SavedExecution } from '../instance/executions';
import { Session } from '../instance/session';
import { startInstance } from '../instance/start';
import {
	editNode,
	node,
	photoNodes,
	READER,
	TRIGGER,
	workflow,
	type WorkflowNode,
} from '../panel/workflows';
import { startEchoServer } from './echoServer';
import {
	NEIGHBOUR_NODE,
	NEIGHBOUR_TYPES,
	neighbourData,
	neighbourHeader,
	writeNeighbourPackage,
} from './neighbourPackage';

/**
 * Two community packages in one n8n: ours, and one that declares credential types of the names that ours had, and of
 * names that many packages use. n8n keeps all credential types in one map by name.
 *
 *     npm run neighbours
 */
async function main(): Promise<boolean> {
	const checks = new Checks();
	const stops: Array<() => unknown> = [];
	try {
		const folder = makeTemporaryFolder('neighbour');
		stops.push(folder.remove);
		writeNeighbourPackage(folder.path);
		const emulator = await startEmulator({ taskSeconds: 1 });
		stops.push(async () => await emulator.stop());
		const echo = await startEchoServer();
		stops.push(async () => await echo.stop());
		const instance = await startInstance({ furtherPackages: [folder.path], log: checks.say });
		stops.push(async () => await instance.stop());
		copyFileSync(PHOTO_FILE, join(instance.filesFolder, basename(PHOTO_FILE)));
		const session = await Session.open(instance);
		const save = async (name: string, type: string, data: object): Promise<string> => {
			const saved = await session.request('POST', '/credentials', { name, type, data });
			return (saved as { id: string }).id;
		};

		const edits: WorkflowNode[] = [];
		for (const { name, type, data } of demoCredentials(emulator)) {
			const provider = providers.find(({ credential }) => credential.type === type)!;
			const credential = { id: await save(name, type, data), name };
			const parameters = {
				prompt: 'Make it night',
				images: { image: [{ source: 'binary', binaryPropertyName: 'data' }] },
				options: { timeoutSeconds: 30 },
			};
			edits.push(editNode(provider.title, { provider, operation: 'edit', credential, parameters }));
		}
		const neighbours: WorkflowNode[] = [];
		for (const type of NEIGHBOUR_TYPES) {
			const credential = { id: await save(type, type, neighbourData(type)), name: type };
			neighbours.push({
				...node(type, NEIGHBOUR_NODE, 1, [672, 0], { type, url: echo.origin }),
				credentials: { [type]: credential },
			});
		}
		const all = [...edits, ...neighbours].map(({ name }) => name);
		const made = (await session.request(
			'POST',
			'/workflows',
			workflow('Neighbours', [...photoNodes(), ...edits, ...neighbours], { [READER]: all }),
		)) as { id: string };

		let execution: SavedExecution | undefined;
		await checks.check('a workflow with the nodes of both packages runs', async () => {
			const executions = await Executions.of(instance);
			execution = await executions.becomes('success', await executions.start(made.id, TRIGGER));
		});
		const itemOf = (name: string) => execution?.itemsByNode[name]?.[0] ?? {};
		for (const { name } of edits) {
			await checks.check(`our node edits at ${name} with its own credential`, () => {
				assert.equal(itemOf(name).status, 'completed');
			});
		}
		await checks.check('each edit was paid for once', () => {
			const billed = emulator.ledger.map((entry) => [entry.provider, entry.billed]);
			assert.equal(billed.length, edits.length);
			assert.equal(new Set(billed.map(String)).size, edits.length);
		});
		for (const type of NEIGHBOUR_TYPES) {
			await checks.check(`the neighbour gets its own ${type}`, () => {
				const { data, answer } = itemOf(type) as { data: object; answer: Record<string, string> };
				const [header, value] = neighbourHeader(type);
				// n8n adds the domains that the credential may be used for.
				assert.deepEqual({ ...data, ...neighbourData(type) }, data);
				assert.equal(answer[header], value);
				assert.equal(answer.authorization, undefined);
			});
		}
		return checks.summarise();
	} finally {
		for (const stop of stops.reverse()) await stop();
	}
}

runScript(main);
