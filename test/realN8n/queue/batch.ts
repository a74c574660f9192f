/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { plainPng, type Emulator, type LedgerEntry } from '../../emulator';
import { until } from '../../processes/until';
import { publishWorkflow, readExecutionData } from '../instance/executions';
import type { Cluster } from './cluster/cluster';

const ENDED = ['success', 'error', 'crashed', 'canceled'];
const PHOTO_SIDE_PIXELS = 500;

/** An image that no other item of the test has: its hash in the ledger says how often it was sent. */
export interface Photo {
	url: string;
	sha256: string;
}

/** An execution as the list of executions shows it. */
export interface Execution {
	id: string;
	workflowId: string;
	status: string;
	createdAt: string;
	startedAt: string;
	stoppedAt?: string;
}

/** An item as n8n keeps it; its files are elsewhere. */
export interface Item {
	json: { image?: { url?: string }; [field: string]: unknown };
	binary?: Record<string, { id?: string; mimeType: string }>;
	pairedItem?: { item: number };
}

interface RunData {
	resultData: {
		error?: { message: string };
		runData: Record<string, Array<{ data?: { main?: Array<Item[] | null> } }>>;
	};
}

let photosMade = 0;

/** New images, each of another colour, behind URLs of the emulator. */
export function newPhotos(emulator: Emulator, count: number): Photo[] {
	return Array.from({ length: count }, () => {
		photosMade += 1;
		const colour = [photosMade % 256, Math.floor(photosMade / 256), 77];
		const bytes = plainPng(PHOTO_SIDE_PIXELS, PHOTO_SIDE_PIXELS, colour);
		const url = emulator.hostImage(bytes, `photo-${photosMade}.png`);
		return { url, sha256: sha256(bytes) };
	});
}

/** The list in equal parts, one for each execution. */
export function split<T>(list: readonly T[], size: number): T[][] {
	const parts = Math.ceil(list.length / size);
	return Array.from({ length: parts }, (_, part) => list.slice(part * size, (part + 1) * size));
}

/** Calls a workflow's production webhook; resolves with its answer. */
export async function call(
	cluster: Cluster,
	workflowId: string,
	body: unknown,
): Promise<{ status: number; text: string }> {
	const reply = await fetch(`${cluster.main.url}/webhook/${workflowId}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
	return { status: reply.status, text: await reply.text() };
}

/** Publishes workflows, and waits until their webhooks listen. */
export async function publish(cluster: Cluster, workflowIds: readonly string[]): Promise<void> {
	for (const id of workflowIds) await publishWorkflow(cluster.session, id);
}

/** A workflow's executions so far, oldest first. */
export async function executionsOf(cluster: Cluster, workflowId: string): Promise<Execution[]> {
	const filter = encodeURIComponent(JSON.stringify({ workflowId }));
	const { results } = (await cluster.session.request(
		'GET',
		`/executions?limit=100&filter=${filter}`,
	)) as { results: Execution[] };
	// n8n asks for those under way and for those that have ended one after the other: one may be in both lists.
	const byId = new Map(results.map((execution) => [execution.id, execution]));
	return [...byId.values()].sort((one, other) => Number(one.id) - Number(other.id));
}

/** Waits until so many executions of a workflow that began after `since`, in milliseconds, have ended, however. */
export async function ended(
	cluster: Cluster,
	workflowId: string,
	count: number,
	{ since = 0, seconds = 180 }: { since?: number; seconds?: number } = {},
): Promise<Execution[]> {
	let mine: Execution[] = [];
	await until(
		`${count} executions of ${workflowId} to end`,
		async () => {
			mine = (await executionsOf(cluster, workflowId)).filter(
				({ createdAt }) => Date.parse(createdAt) >= since,
			);
			return mine.filter(({ status }) => ENDED.includes(status)).length >= count;
		},
		seconds,
	);
	assert.equal(mine.length, count, `${mine.length} executions of ${workflowId}, not ${count}`);
	return mine;
}

/** What an execution has put out at a node, and how it failed. */
export async function readExecution(
	cluster: Cluster,
	id: string,
	nodeName: string,
): Promise<{ items: Item[]; error?: string; nodesRun: string[] }> {
	const { data } = await readExecutionData(cluster.session, id);
	const { resultData } = data as RunData;
	const runs = resultData.runData[nodeName] ?? [];
	const items = runs.flatMap((run) => (run.data?.main ?? []).flatMap((list) => list ?? []));
	return { items, error: resultData.error?.message, nodesRun: Object.keys(resultData.runData) };
}

/** Throws unless the image of an item is the one at the provider. */
export async function checkImage(cluster: Cluster, item: Item): Promise<void> {
	const stored = await storedImage(cluster, item);
	const made = await bytesOf(item.json.image!.url!);
	assert.equal(sha256(stored), sha256(made));
}

/** The image of an item, fetched through the main as its editor does. */
export async function storedImage(cluster: Cluster, { binary }: Item): Promise<Buffer> {
	const { id, mimeType } = binary!.data!;
	assert.match(id!, /^database:/, 'images are not in the database');
	const query = new URLSearchParams({ action: 'view', id: id!, mimeType });
	const { name, value } = cluster.session.browserState.cookies[0]!;
	return await bytesOf(`${cluster.main.url}/rest/binary-data?${query}`, `${name}=${value}`);
}

async function bytesOf(url: string, cookie?: string): Promise<Buffer> {
	const reply = await fetch(url, cookie === undefined ? {} : { headers: { cookie } });
	assert.equal(reply.status, 200, `${url} answers ${reply.status}`);
	return Buffer.from(await reply.arrayBuffer());
}

/** How often each photo was paid for, by its hash. */
export function paymentsOf(ledger: readonly LedgerEntry[]): Map<string, number> {
	const times = new Map<string, number>();
	for (const { inputSha256, billed } of ledger) {
		for (const hash of inputSha256) times.set(hash, (times.get(hash) ?? 0) + billed);
	}
	return times;
}

/** Throws unless each of these photos was edited, and paid for, exactly once. */
export function checkLedger(ledger: readonly LedgerEntry[], photos: readonly Photo[]): void {
	const times = paymentsOf(ledger);
	const wrong = photos.filter(({ sha256: hash }) => times.get(hash) !== 1);
	assert.deepEqual(wrong, [], 'photos that were not paid for exactly once');
	assert.equal(
		ledger.reduce((sum, { billed }) => sum + billed, 0),
		photos.length,
		'edits that nobody wanted were billed',
	);
}

export function sha256(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}
