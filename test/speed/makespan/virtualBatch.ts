/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { setMaxListeners } from 'node:events';

import type { Provider } from '../../../nodes/QwenImageEdit/adapter/provider';
import { logNormal, seededRandom, VirtualClock } from '../../pure/run/virtual/virtualClock';
import { editAll, VirtualHost, type HostedEdit } from '../../pure/run/virtual/virtualHost';
import { idealMakespan } from './idealMakespan';

/** Seconds of an edit: always the same, or log-normal around a median. */
export type Duration = number | { median: number; sigma: number };

/** A function that draws such seconds, the same ones for the same seed. */
export function drawer(duration: Duration, seed = 1): () => number {
	if (typeof duration === 'number') return () => duration;
	return logNormal(duration.median, duration.sigma, seededRandom(seed));
}

/** A batch on a virtual clock: pool, gate and schedule of the node, without n8n, sockets or files. */
export interface VirtualBatch {
	answers: 'task' | 'atOnce';
	editSeconds: Duration;
	count: number;
	width: number;
	seed?: number;
	/** What the node is told of the usual time; default: what the provider's adapter declares. */
	typicalSeconds?: number;
	/** Whether the host names the time that a task will take. */
	estimates?: boolean;
}

/** Runs it, and gives what the host has seen beside the shortest time that there is. */
export async function runVirtualBatch(
	batch: VirtualBatch,
): Promise<{ seconds: number; idealSeconds: number; edits: readonly HostedEdit[] }> {
	const { answers, editSeconds, count, width, seed = 1, typicalSeconds } = batch;
	const clock = new VirtualClock({ seed });
	const host = new VirtualHost(clock, {
		answers,
		editSeconds: drawer(editSeconds, 1000 + seed),
		...(batch.estimates === true ? { estimatedSeconds: (seconds: number) => seconds } : {}),
	});
	const provider: Provider =
		typicalSeconds === undefined ? host.provider : { ...host.provider, typicalSeconds };
	const { signal } = new AbortController();
	// One for all items here, where n8n's node gives each its own.
	setMaxListeners(0, signal);
	const settled = await clock.run(
		editAll(clock, host, { count, width, plan: { provider }, signal }),
	);
	const undone = settled.filter(({ state }) => state !== 'done').length;
	if (undone > 0) throw new Error(`${undone} of ${count} virtual edits were not done`);
	const draws = host.edits.map(({ submittedAt, readyAt }) => readyAt - submittedAt);
	return {
		seconds: Math.max(...host.edits.map(({ handedOutAt }) => handedOutAt!)),
		idealSeconds: idealMakespan(draws, width),
		edits: host.edits,
	};
}

/** How late tasks were noticed, and how often they were looked at. */
export interface LookFigures {
	meanLagSeconds: number;
	meanLooks: number;
}

export function lookFigures(edits: readonly HostedEdit[]): LookFigures {
	const mean = (values: number[]): number =>
		values.reduce((sum, value) => sum + value, 0) / values.length;
	return {
		meanLagSeconds: mean(edits.map(({ handedOutAt, readyAt }) => handedOutAt! - readyAt)),
		meanLooks: mean(edits.map(({ looksAt }) => looksAt.length)),
	};
}

/** The tasks at certain places in many processes, each of which has seen nothing at its start. */
export async function watchTasks(
	processes: number,
	[from, to]: readonly [from: number, to: number],
	batch: Omit<VirtualBatch, 'answers' | 'count' | 'width' | 'seed'>,
): Promise<LookFigures> {
	const edits: HostedEdit[] = [];
	for (let seed = 1; seed <= processes; seed += 1) {
		const run = await runVirtualBatch({ ...batch, answers: 'task', count: to, width: 1, seed });
		edits.push(...run.edits.slice(from, to));
	}
	return lookFigures(edits);
}

/** The same for polls at fixed intervals, the first at once, as other nodes look. */
export function fixedIntervalFigures(
	draws: readonly number[],
	intervalSeconds: number,
): LookFigures {
	const lookCounts = draws.map((seconds) => Math.ceil(seconds / intervalSeconds));
	const mean = (values: number[]): number =>
		values.reduce((sum, value) => sum + value, 0) / values.length;
	return {
		meanLagSeconds: mean(
			draws.map((seconds, index) => lookCounts[index]! * intervalSeconds - seconds),
		),
		meanLooks: mean(lookCounts.map((polls) => polls + 1)),
	};
}
