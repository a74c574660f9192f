/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { demoCredentials } from '../demo/services/credentials';
import { checkEditedImage } from '../demo/checks/editedImage';
import type { Emulator } from '../../emulator';
import { runCommand } from '../../processes/command';
import type { ExecutedItem, ExecutedWorkflow } from '../instance/execution';
import type { WorkflowToImport } from '../instance/home';
import type { InstalledInstance } from '../installation/install';
import { startInstance, type RunningInstance } from '../instance/start';
import { NODE_TYPE, type WorkflowNode } from '../panel/workflows';
import { Session } from '../instance/session';
import type { Checks } from '../endToEnd/checks';
import { example, failures, FAILURES, names, signedLink, SIGNED_LINK } from './workflows';

const PHOTO_FILE = resolve(__dirname, '../../../examples/photos/coffee.jpg');
const EXAMPLES = ['edit-a-photo', 'submit-then-get'];

/** Runs the package in one n8n: everything here is new code of n8n's in some version. */
export async function checkVersion(
	version: string,
	installed: InstalledInstance,
	emulator: Emulator,
	checks: Checks,
): Promise<void> {
	const credentials = demoCredentials(emulator);
	const aiml = credentials.find(({ type }) => type === 'qwenImageEditAimlApi')!;
	const odkkk = credentials.find(({ type }) => type === 'qwenImageEditOdkkkApi')!;
	const restricted = {
		...aiml,
		id: 'restrictedAimlApi',
		name: 'AI/ML, for another host',
		data: { ...aiml.data, allowedHttpRequestDomains: 'domains', allowedDomains: 'example.com' },
	};
	emulator.reset();
	const examples = EXAMPLES.map((name) => ({ name, workflow: example(name) }));
	const instance = await startInstance({
		installed,
		credentials: [...credentials, restricted],
		workflows: [
			...examples.map(({ workflow }) => workflow),
			failures(aiml, restricted),
			signedLink(odkkk),
		],
		log: checks.say,
	});
	try {
		copyFileSync(PHOTO_FILE, join(instance.filesFolder, basename(PHOTO_FILE)));
		const named = (what: string): string => `n8n ${version}: ${what}`;
		await checks.check(named('is that version'), async () => await versionOf(installed, version));
		await checks.check(named('knows the node and its credentials'), async () => {
			await checkTypes(await Session.open(instance));
		});
		await checks.check(
			named('the test of a credential tells a right key from a wrong one'),
			async () => {
				const session = await Session.open(instance);
				assert.equal(await testCredential(session, aiml), 'OK');
				const wrong = { ...aiml, data: { ...aiml.data, apiKey: 'not the key' } };
				assert.equal(await testCredential(session, wrong), 'Error');
			},
		);
		for (const { name, workflow } of examples) {
			await checks.check(named(`example ${name} edits a photo`), async () => {
				const before = emulator.ledger.length;
				await checkWritten(instance, workflow, await instance.executeWorkflow(workflow.id));
				assert.equal(emulator.ledger.length - before, 1);
			});
		}
		await checks.check(named('a local photo reaches a provider that takes links'), async () => {
			const { itemsByNode } = await instance.executeWorkflow(SIGNED_LINK);
			assert.equal(itemsByNode[names.signed]![0]!.json.status, 'completed');
			const photo = createHash('sha256').update(readFileSync(PHOTO_FILE)).digest('hex');
			assert.deepEqual(emulator.ledger.at(-1)!.inputSha256, [photo]);
		});
		await checkFailures(version, instance, emulator, checks, named);
	} finally {
		await instance.stop();
	}
}

/**
 * Whether n8n takes an item with `error` and `details` for a failed one, and sends it down the error output: from 2.36
 * on. Before, it knew `error` and `message` alone, and leaves the item among the edited ones (n8n-core,
 * `handleNodeErrorOutput` in 2.35.0 and 2.36.0).
 */
function routesDetails(version: string): boolean {
	const [major = 0, minor = 0] = version.split('.').map(Number);
	return major > 2 || minor >= 36;
}

/** Items that fail, each where n8n has a place for it. */
async function checkFailures(
	version: string,
	instance: RunningInstance,
	emulator: Emulator,
	checks: Checks,
	named: (what: string) => string,
): Promise<void> {
	const before = emulator.ledger.length;
	let itemsByNode: Record<string, ExecutedItem[]> = {};
	await checks.check(named('a workflow whose items fail goes on'), async () => {
		({ itemsByNode } = await instance.executeWorkflow(FAILURES));
	});
	await checks.check(named('Continue On Fail: an edited item and a failed one'), () => {
		const [edited, failed, ...more] = itemsByNode[names.regular]!;
		assert.equal(edited!.json.status, 'completed');
		checkFailed(failed, 'input');
		assert.deepEqual(more, []);
	});
	const [leavesBy, other] = routesDetails(version)
		? [names.failed, names.succeeded]
		: [names.succeeded, names.failed];
	await checks.check(named(`by the error output: the failed one is at "${leavesBy}"`), () => {
		const all = [leavesBy, other].flatMap((name) => itemsByNode[name] ?? []);
		assert.equal(all.length, 2);
		const completed = itemsByNode[names.succeeded]!.filter(({ json }) => json.status);
		assert.deepEqual(
			completed.map(({ json }) => json.status),
			['completed'],
		);
		checkFailed(
			itemsByNode[leavesBy]!.find((item) => !completed.includes(item)),
			'input',
		);
	});
	await checks.check(named('a credential for other hosts is not used'), () => {
		const failed = itemsByNode[names.restricted]![0];
		assert.match(String(failed!.json.error), /does not allow/);
		// The two edited items above, and nothing of this one.
		assert.equal(emulator.ledger.length - before, 2);
	});
}

function checkFailed(item: ExecutedItem | undefined, errorKind: string): void {
	const { error, details } = item!.json as { error: string; details: { errorKind: string } };
	assert.match(error, /no binary field 'data'/);
	assert.equal(details.errorKind, errorKind);
	assert.equal(item!.binary, undefined);
}

async function versionOf(
	{ nodeBinary, n8nBinary }: InstalledInstance,
	version: string,
): Promise<string> {
	const options = { workingDirectory: resolve(n8nBinary, '..') };
	const { stdout } = await runCommand(nodeBinary, [n8nBinary, '--version'], options);
	assert.ok(stdout.trim().endsWith(version), `it is ${stdout}`);
	return `on Node.js ${(await runCommand(nodeBinary, ['--version'], options)).stdout.trim()}`;
}

async function checkTypes(session: Session): Promise<void> {
	const { cookies } = session.browserState;
	const read = async <T>(file: string): Promise<T[]> => {
		const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
		const reply = await fetch(`${session.url}/types/${file}.json`, { headers: { cookie } });
		assert.equal(reply.status, 200, `types/${file}.json answers ${reply.status}`);
		return (await reply.json()) as T[];
	};
	const nodes = await read<{ name: string; credentials?: Array<{ name: string }> }>('nodes');
	const ours = nodes.find(({ name }) => name === NODE_TYPE);
	assert.ok(ours, `${NODE_TYPE} is not among ${nodes.length} nodes`);
	const credentials = await read<{ name: string }>('credentials');
	const known = new Set(credentials.map(({ name }) => name));
	assert.ok(ours.credentials!.length > 0);
	assert.deepEqual(
		ours.credentials!.filter(({ name }) => !known.has(name)),
		[],
	);
}

async function testCredential(session: Session, credential: object): Promise<string> {
	const { status } = (await session.request('POST', '/credentials/test', {
		credentials: credential,
	})) as { status: string };
	return status;
}

/** The image that the workflow wrote to disk. */
async function checkWritten(
	instance: RunningInstance,
	{ nodes }: WorkflowToImport<WorkflowNode>,
	{ itemsByNode }: ExecutedWorkflow,
): Promise<void> {
	const writer = nodes.find(({ parameters }) => parameters.operation === 'write')!;
	const [item] = itemsByNode[writer.name] ?? [];
	const file = join(instance.filesFolder, basename(String(item?.json.fileName)));
	await checkEditedImage(file, PHOTO_FILE);
}
