/* eslint-disable @n8n/community-nodes/require-node-api-error -- tests never ship */
import { parse } from 'flatted';

import type { RunningInstance } from '../instance/start';

/** An execution as n8n's own editor reads it. */
export interface SavedExecution {
	id: string;
	status: string;
	/** What each node has put out so far, by node name; the JSON of all its items. */
	itemsByNode: Record<string, Array<Record<string, unknown>>>;
}

interface RunData {
	resultData?: {
		runData?: Record<
			string,
			Array<{ data?: { main?: Array<Array<{ json: Record<string, unknown> }> | null> } }>
		>;
	};
}

/** The owner, logged in at a running n8n. */
export class Session {
	private constructor(
		private readonly url: string,
		private readonly cookie: string,
	) {}

	static async open({ url, email, password }: RunningInstance): Promise<Session> {
		const reply = await fetch(`${url}/rest/login`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'browser-id': 'kill-test' },
			body: JSON.stringify({ emailOrLdapLoginId: email, password }),
		});
		if (!reply.ok) throw new Error(`n8n refused the login: ${reply.status} ${await reply.text()}`);
		const cookie = reply.headers
			.getSetCookie()
			.map((line) => line.split(';')[0]!)
			.join('; ');
		return new Session(url, cookie);
	}

	/** Runs a workflow as the editor's button does; returns the execution's id at once. */
	async run(workflowId: string, triggerName: string): Promise<string> {
		const { executionId } = (await this.ask('POST', `/rest/workflows/${workflowId}/run`, {
			triggerToStartFrom: { name: triggerName },
		})) as { executionId: string };
		return executionId;
	}

	async execution(id: string): Promise<SavedExecution> {
		const saved = (await this.ask('GET', `/rest/executions/${id}`)) as {
			status: string;
			data?: string;
		};
		const data = saved.data === undefined ? {} : (parse(saved.data) as RunData);
		const itemsByNode = Object.fromEntries(
			Object.entries(data.resultData?.runData ?? {}).map(([node, runs]) => [
				node,
				runs.flatMap(({ data: out }) =>
					(out?.main ?? []).flatMap((items) => (items ?? []).map(({ json }) => json)),
				),
			]),
		);
		return { id, status: saved.status, itemsByNode };
	}

	private async ask(method: string, path: string, body?: unknown): Promise<unknown> {
		const reply = await fetch(`${this.url}${path}`, {
			method,
			headers: {
				'content-type': 'application/json',
				'browser-id': 'kill-test',
				cookie: this.cookie,
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
		return ((await reply.json()) as { data: unknown }).data;
	}
}
