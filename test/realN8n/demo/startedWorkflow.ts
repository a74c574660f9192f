/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'flatted';
import { secondsSince } from '../instance/command';
import { readRunData, type ExecutedWorkflow, type RunData } from '../instance/execution';
import type { Session } from '../panel/session';

const FINISHED_WITHIN_SECONDS = 120;
const PUBLISHED_WITHIN_SECONDS = 30;
const LOOK_EVERY_MILLISECONDS = 200;
/** States in which an execution has not come to its end. */
const UNFINISHED = ['new', 'running', 'waiting'];

interface SavedExecution {
	status: string;
	/** What the nodes put out, in n8n's packed form. */
	data?: string;
}

/** Runs a workflow in a started n8n as its button does. Throws n8n's own words when the workflow fails. */
export async function executeInEditor(
	session: Session,
	workflowId: string,
	trigger: string,
): Promise<ExecutedWorkflow> {
	const startedAt = Date.now();
	const { executionId } = (await session.request('POST', `/workflows/${workflowId}/run`, {
		triggerToStartFrom: { name: trigger },
	})) as { executionId: string };
	const read = async (): Promise<SavedExecution> =>
		(await session.request('GET', `/executions/${executionId}`)) as SavedExecution;
	const finished = await until(
		read,
		({ status }) => !UNFINISHED.includes(status),
		FINISHED_WITHIN_SECONDS,
		'the workflow has ended',
	);
	const { status, data } = finished;
	const itemsByNode = readRunData(data === undefined ? undefined : (parse(data) as RunData));
	return { status, itemsByNode, seconds: secondsSince(startedAt) };
}

/** Publishes a workflow and waits until its trigger listens. */
export async function publishWorkflow(session: Session, workflowId: string): Promise<void> {
	const { versionId } = (await session.request('GET', `/workflows/${workflowId}`)) as {
		versionId: string;
	};
	await session.request('POST', `/workflows/${workflowId}/activate`, { versionId });
	await until(
		async () =>
			JSON.stringify(await session.request('GET', `/workflows/${workflowId}/publication-status`)),
		(state) => state.includes('"activated"'),
		PUBLISHED_WITHIN_SECONDS,
		'the workflow is published',
	);
}

/** Looks until it is as wanted, and returns what was seen then. */
async function until<Seen>(
	look: () => Promise<Seen>,
	wanted: (seen: Seen) => boolean,
	seconds: number,
	what: string,
): Promise<Seen> {
	const giveUpAt = Date.now() + seconds * 1000;
	for (;;) {
		const seen = await look();
		if (wanted(seen)) return seen;
		if (Date.now() > giveUpAt) throw new Error(`Not within ${seconds} s: ${what}`);
		await sleep(LOOK_EVERY_MILLISECONDS);
	}
}
