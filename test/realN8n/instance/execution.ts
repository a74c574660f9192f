/** One item of a node's output, as `n8n execute --rawOutput` prints it. */
export interface ExecutedItem {
	json: Record<string, unknown>;
	binary?: Record<string, { mimeType: string; fileName?: string; fileSize?: string; id?: string }>;
}

/** A workflow that ran to its end. */
export interface ExecutedWorkflow {
	/** `success`, or `waiting` when the workflow parked itself. */
	status: string;
	/** What each node that ran put out, all outputs in one list, by node name. */
	itemsByNode: Record<string, ExecutedItem[]>;
	seconds: number;
}

interface RawRun {
	status?: string;
	data?: RunData;
}

/** The data of an execution, as much of it as is read here. */
export interface RunData {
	resultData?: {
		error?: { message?: string; description?: string; node?: { name?: string } };
		runData?: Record<
			string,
			Array<{ data?: { main?: Array<ExecutedItem[] | null> }; error?: { message?: string } }>
		>;
	};
}

/** The execution's JSON, whose braces alone stand at the start of a line, among n8n's log lines. */
const PRINTED_EXECUTION = /^\{\r?\n[\s\S]*?^\}/m;

/** Whether n8n got as far as running the workflow. */
export function printsExecution(printed: string): boolean {
	return PRINTED_EXECUTION.test(printed);
}

/** Reads what `n8n execute --rawOutput` printed. Throws n8n's own words when the workflow failed. */
export function readExecution(printed: string, seconds: number): ExecutedWorkflow {
	const json = PRINTED_EXECUTION.exec(printed)?.[0];
	if (json === undefined) throw new Error(`n8n printed no execution:\n${printed.slice(-2000)}`);
	const run = JSON.parse(json) as RawRun;
	return { status: run.status ?? 'unknown', itemsByNode: readRunData(run.data), seconds };
}

/** What each node put out, from an execution as n8n keeps it. Throws n8n's own words when the workflow failed. */
export function readRunData(data: RunData | undefined): Record<string, ExecutedItem[]> {
	const result = data?.resultData;
	if (!result?.runData || result.error) {
		const { node, message = 'no reason given', description } = result?.error ?? {};
		const where = node?.name === undefined ? '' : ` in "${node.name}"`;
		throw new Error(
			`The workflow failed${where}: ${[message, description].filter(Boolean).join('\n')}`,
		);
	}
	const itemsByNode: Record<string, ExecutedItem[]> = {};
	for (const [node, runs] of Object.entries(result.runData)) {
		itemsByNode[node] = runs.flatMap(
			(one) => one.data?.main?.flatMap((items) => items ?? []) ?? [],
		);
	}
	return itemsByNode;
}
