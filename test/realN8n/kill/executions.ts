/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */

import { setTimeout as pause } from 'node:timers/promises';
import type { RunningInstance } from '../instance/start';
import { Session } from '../panel/session';
import { readSavedData } from './savedData';

type Json = Record<string, unknown>;

/** An execution as n8n's own editor reads it. */
export interface SavedExecution {
	id: string;
	status: string;
	/** What each node has put out so far, by node name; the JSON of all its items. */
	itemsByNode: Record<string, Json[]>;
}

interface RunData {
	resultData?: {
		runData?: Record<string, Array<{ data?: { main?: Array<Array<{ json: Json }> | null> } }>>;
	};
}

/** Runs workflows in a started n8n as the editor does, and reads what became of them. */
export class Executions {
	private constructor(private readonly session: Session) {}

	static async of(instance: RunningInstance): Promise<Executions> {
		return new Executions(await Session.open(instance));
	}

	/** Runs a workflow from one of its triggers; returns the execution's id at once. */
	async start(workflowId: string, triggerName: string): Promise<string> {
		const { executionId } = (await this.session.request('POST', `/workflows/${workflowId}/run`, {
			triggerToStartFrom: { name: triggerName },
		})) as { executionId: string };
		return executionId;
	}

	/** Publishes a workflow, so that its schedule runs, now and after every start of n8n. */
	async publish(workflowId: string): Promise<void> {
		const { versionId } = (await this.session.request('GET', `/workflows/${workflowId}`)) as Json;
		await this.session.request('POST', `/workflows/${workflowId}/activate`, { versionId });
		// n8n answers first and starts the schedule afterwards.
		await until(`the schedule of ${workflowId} to run`, async () => {
			const state = await this.session.request(
				'GET',
				`/workflows/${workflowId}/publication-status`,
			);
			return JSON.stringify(state).includes('"activated"');
		});
	}

	/** The rows of a data table. */
	async tableRows(name: string): Promise<Json[]> {
		const tables = (await this.session.request('GET', '/data-tables-global')) as {
			data: Array<{ id: string; name: string; projectId: string }>;
		};
		const table = tables.data.find((one) => one.name === name);
		if (table === undefined) return [];
		const path = `/projects/${table.projectId}/data-tables/${table.id}/rows`;
		const rows = (await this.session.request('GET', path)) as { data: Json[] };
		return rows.data;
	}

	async read(id: string): Promise<SavedExecution> {
		const saved = (await this.session.request('GET', `/executions/${id}`)) as {
			status: string;
			data?: string;
		};
		// An execution that has just begun is an empty list.
		const data = readSavedData(saved.data ?? '[]') as RunData | undefined;
		const itemsByNode = Object.fromEntries(
			Object.entries(data?.resultData?.runData ?? {}).map(([node, runs]) => [
				node,
				runs.flatMap((run) =>
					(run.data?.main ?? []).flatMap((items) => (items ?? []).map(({ json }) => json)),
				),
			]),
		);
		return { id, status: saved.status, itemsByNode };
	}

	/** Waits until an execution has this status; throws when it ends otherwise. */
	async becomes(status: string, id: string): Promise<SavedExecution> {
		let execution = await this.read(id);
		await until(`execution ${id} to be ${status}`, async () => {
			execution = await this.read(id);
			if (execution.status === status) return true;
			if (['success', 'error', 'crashed', 'canceled'].includes(execution.status)) {
				throw new Error(`Execution ${id} is not ${status}: ${JSON.stringify(execution)}`);
			}
			return false;
		});
		return execution;
	}
}

/** Waits until something holds; throws what it was waiting for when it never does. */
export async function until(
	what: string,
	holds: () => boolean | Promise<boolean>,
	seconds = 120,
): Promise<void> {
	const giveUpAt = Date.now() + seconds * 1000;
	while (!(await holds())) {
		if (Date.now() > giveUpAt) throw new Error(`Waited ${seconds} s in vain: ${what}`);
		await pause(100);
	}
}
