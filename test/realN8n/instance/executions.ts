/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { parse } from 'flatted';
import { until } from '../../processes/until';
import type { RunningInstance } from './start';
import { Session } from './session';

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

/** Runs a workflow from one of its triggers, as its button does; returns the execution's id at once. */
export async function startExecution(
	session: Session,
	workflowId: string,
	triggerName: string,
): Promise<string> {
	const { executionId } = (await session.request('POST', `/workflows/${workflowId}/run`, {
		triggerToStartFrom: { name: triggerName },
	})) as { executionId: string };
	return executionId;
}

/** Changes parameters of a node of a stored workflow. */
export async function changeNode(
	session: Session,
	workflowId: string,
	nodeName: string,
	parameters: Json,
): Promise<void> {
	const workflow = (await session.request('GET', `/workflows/${workflowId}`)) as {
		versionId: string;
		nodes: Array<{ name: string; parameters: Json }>;
	};
	const { versionId, nodes } = workflow;
	const node = nodes.find(({ name }) => name === nodeName);
	if (node === undefined) throw new Error(`${workflowId} has no node "${nodeName}"`);
	Object.assign(node.parameters, parameters);
	await session.request('PATCH', `/workflows/${workflowId}`, { versionId, nodes });
}

/** Publishes a workflow, so that its trigger works now and after every start of n8n, and waits until it does. */
export async function publishWorkflow(session: Session, workflowId: string): Promise<void> {
	const { versionId } = (await session.request('GET', `/workflows/${workflowId}`)) as Json;
	await session.request('POST', `/workflows/${workflowId}/activate`, { versionId });
	// n8n answers first and starts the trigger afterwards.
	await until(`workflow ${workflowId} to be published`, async () => {
		const state = await session.request('GET', `/workflows/${workflowId}/publication-status`);
		return JSON.stringify(state).includes('"activated"');
	});
}

/** The data of an execution as n8n's REST interface hands it out; `undefined` when it has just begun. */
export async function readExecutionData(
	session: Session,
	id: string,
): Promise<{ status: string; data: unknown }> {
	const saved = (await session.request('GET', `/executions/${id}`)) as {
		status: string;
		data?: string;
	};
	// An execution that has just begun is an empty list.
	return { status: saved.status, data: parse(saved.data ?? '[]') as unknown };
}

/** Runs workflows in a started n8n as the editor does, and reads what became of them. */
export class Executions {
	private constructor(private readonly session: Session) {}

	static async of(instance: RunningInstance): Promise<Executions> {
		return new Executions(await Session.open(instance));
	}

	/** Runs a workflow from one of its triggers; returns the execution's id at once. */
	async start(workflowId: string, triggerName: string): Promise<string> {
		return await startExecution(this.session, workflowId, triggerName);
	}

	/** Publishes a workflow, and waits until its schedule runs. */
	async publish(workflowId: string): Promise<void> {
		await publishWorkflow(this.session, workflowId);
	}

	/** The rows of a data table. */
	async tableRows(name: string): Promise<Json[]> {
		const tables = (await this.session.request('GET', '/data-tables-global?take=100')) as {
			data: Array<{ id: string; name: string; projectId: string }>;
		};
		const table = tables.data.find((one) => one.name === name);
		if (table === undefined) return [];
		const path = `/projects/${table.projectId}/data-tables/${table.id}/rows`;
		const rows = (await this.session.request('GET', path)) as { data: Json[] };
		return rows.data;
	}

	/** The executions of a workflow so far, at most 100, with their states. */
	async list(workflowId: string): Promise<Array<{ id: string; status: string }>> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const { results } = (await this.session.request(
			'GET',
			`/executions?limit=100&filter=${filter}`,
		)) as { results: Array<{ id: string; status: string }> };
		// Those under way and those that have ended are two lists; one may be in both.
		return [...new Map(results.map((one) => [one.id, one])).values()];
	}

	/** Lets a trigger listen for one call at its test URL, as the button of its panel does. */
	async listen(workflowId: string, triggerName: string): Promise<void> {
		const answer = await this.session.request('POST', `/workflows/${workflowId}/run`, {
			triggerToStartFrom: { name: triggerName },
		});
		if (JSON.stringify(answer) !== '{"waitingForWebhook":true}') {
			throw new Error(`n8n does not listen: ${JSON.stringify(answer)}`);
		}
	}

	async read(id: string): Promise<SavedExecution> {
		const { status, data } = await readExecutionData(this.session, id);
		const itemsByNode = Object.fromEntries(
			Object.entries((data as RunData | undefined)?.resultData?.runData ?? {}).map(
				([node, runs]) => [
					node,
					runs.flatMap((run) =>
						(run.data?.main ?? []).flatMap((items) => (items ?? []).map(({ json }) => json)),
					),
				],
			),
		);
		return { id, status, itemsByNode };
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
