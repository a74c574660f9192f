import { CredentialStore } from '../stage/credentials';
import { editNodeType, facts, providerIds, Stage } from '../stage/scenario';

import { PackageDirectoryLoader } from 'n8n-core';
import type { ICredentialType, INodeType } from 'n8n-workflow';

import { builtPackage } from '../../package/tarball/builtPackage';
import { makeTemporaryFolder } from '../../processes/temporaryFolder';
import type { LoopbackServer } from '../../processes/loopbackServer';
import { startEchoServer } from '../../realN8n/neighbours/echoServer';
import {
	NEIGHBOUR_NODE,
	NEIGHBOUR_TYPES,
	neighbourData,
	neighbourHeader,
	writeNeighbourPackage,
} from '../../realN8n/neighbours/neighbourPackage';

/** What n8n knows when it has loaded several packages. */
interface Loaded {
	nodeTypes: Record<string, INodeType>;
	credentialTypes: Map<string, ICredentialType>;
	/** Nodes that may use a credential type, as the editor offers it. */
	supportedNodes: Map<string, string[]>;
}

/**
 * Loads packages one after another and merges them as n8n 2.41.1 does (`postProcessLoaders` and `getCredential` in
 * load-nodes-and-credentials.js): node types have the package's name in front, credential types have not, and of two
 * with one name the later is taken.
 */
async function loadInOrder(folders: readonly string[]): Promise<Loaded> {
	const loaded: Loaded = { nodeTypes: {}, credentialTypes: new Map(), supportedNodes: new Map() };
	for (const folder of folders) {
		const loader = new PackageDirectoryLoader(folder);
		await loader.loadAll();
		for (const name of Object.keys(loader.known.nodes)) {
			loaded.nodeTypes[`${loader.packageName}.${name}`] = loader.getNode(name).type as INodeType;
		}
		for (const [name, { supportedNodes }] of Object.entries(loader.known.credentials)) {
			loaded.credentialTypes.set(name, loader.getCredential(name).type);
			const nodes = supportedNodes?.map((node) => `${loader.packageName}.${node}`) ?? [];
			loaded.supportedNodes.set(name, nodes);
		}
	}
	return loaded;
}

const folder = makeTemporaryFolder('neighbour');
const clashing = makeTemporaryFolder('clashing-neighbour');
const ourTypes = [...providerIds.map((id) => facts[id].credential), 'qwenImageEditStorageApi'];
let ours: string;
let echo: LoopbackServer;

beforeAll(async () => {
	writeNeighbourPackage(folder.path);
	writeNeighbourPackage(clashing.path, ourTypes);
	ours = (await builtPackage()).folder;
	echo = await startEchoServer();
}, 120_000);

afterAll(async () => {
	await echo?.stop();
	folder.remove();
	clashing.remove();
});

/** The fields of each type that this node may use. */
function fieldsOf({ nodeTypes, credentialTypes }: Loaded, nodeType: string): string[][] {
	return (nodeTypes[nodeType]!.description.credentials ?? []).map(({ name }) =>
		credentialTypes.get(name)!.properties.map((property) => property.name),
	);
}

describe.each([
	['ours first', () => [ours, folder.path]],
	['the neighbour first', () => [folder.path, ours]],
])('another package declares our old credential names, %s', (_order, folders) => {
	it('each node has its own credential types', async () => {
		const loaded = await loadInOrder(folders());
		for (const type of ourTypes) expect(loaded.supportedNodes.get(type)).toContain(editNodeType);
		for (const fields of fieldsOf(loaded, editNodeType)) {
			// A bucket has a key of two parts.
			const own = fields.includes('bucket') ? ['accessKeyId', 'endpoint'] : ['apiKey', 'baseUrl'];
			expect(fields).toEqual(expect.arrayContaining(own));
		}
		for (const type of NEIGHBOUR_TYPES) {
			expect(loaded.supportedNodes.get(type)).toEqual([NEIGHBOUR_NODE]);
		}
		for (const fields of fieldsOf(loaded, NEIGHBOUR_NODE)) {
			expect(fields).toEqual(['token', 'workspace']);
		}
	});

	it('both work in one workflow', async () => {
		const { nodeTypes, credentialTypes } = await loadInOrder(folders());
		const stage = await Stage.open({ taskSeconds: 1 });
		try {
			const credentials = new CredentialStore([...credentialTypes.values()]);
			for (const id of providerIds) {
				const data = { apiKey: stage.emulator.key(id), baseUrl: stage.emulator.baseUrl(id) };
				await credentials.save(id, { type: facts[id].credential, data });
			}
			for (const type of NEIGHBOUR_TYPES) {
				await credentials.save(type, { type, data: neighbourData(type) });
			}
			const behind = NEIGHBOUR_TYPES.map((type) => ({
				name: type,
				type: NEIGHBOUR_NODE,
				parameters: { type, url: echo.origin },
				credentials: { [type]: type },
			}));
			const engine = { nodeTypes, credentials };
			const runs = await Promise.all(
				providerIds.map(async (provider) => await stage.succeed({ provider, behind, engine })),
			);
			for (const run of runs) {
				expect(run.edited[0]!.json).toMatchObject({ status: 'completed' });
				for (const type of NEIGHBOUR_TYPES) {
					const { data, answer } = run.items(type)[0]!.json as Record<string, object>;
					// n8n adds the domains that the credential may be used for.
					expect(data).toMatchObject(neighbourData(type));
					expect(answer).toMatchObject(Object.fromEntries([neighbourHeader(type)]));
					expect(answer).not.toHaveProperty('authorization');
				}
			}
			expect(stage.emulator.ledger.map(({ provider }) => provider).sort()).toEqual(
				[...providerIds].sort(),
			);
			expect(stage.sweep()).toEqual([]);
		} finally {
			await stage.close();
		}
	});
});

describe('these checks themselves', () => {
	it('see it when both packages declare the same names', async () => {
		const loaded = await loadInOrder([ours, clashing.path]);
		expect(fieldsOf(loaded, editNodeType)).toEqual(ourTypes.map(() => ['token', 'workspace']));
		for (const type of ourTypes) {
			expect(loaded.supportedNodes.get(type)).not.toContain(editNodeType);
		}
	});
});
