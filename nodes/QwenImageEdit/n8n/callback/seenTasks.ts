import { digest } from '../runtime/digest';

/** How many tasks of a workflow are remembered, and so how long: the one seen longest ago goes first. */
const maximumRemembered = 3000;

/** How many workflows this process keeps a memory of. */
const maximumWorkflows = 200;

/** Where the list stands in the static data. */
const place = 'qwenImageEditTrigger';

/**
 * The static data of a workflow: what n8n stores with it when a call has changed it. Not that of a node: n8n stores the
 * data of all nodes as one, so that calls for two triggers at the same time would overwrite each other's lists.
 */
export type StaticData = Record<string, unknown>;

/** Whether a call is the first about its task. */
export interface Claim {
	/** The task was emitted before. */
	isSeen: boolean;
	/** Another call about it is being answered: how that one ends. */
	underWay?: Promise<number>;
}

/** Tells tasks apart without holding them; short, because a whole list is stored with every call. */
const markOf = (task: string): string => digest(task).slice(0, 12);

/**
 * Remembers which tasks the triggers of a workflow have emitted: in this process, so that calls at the same time are told apart, and in
 * n8n's static data, so that a restart does not forget. Each call stores all that the process knows, because calls
 * at the same time have each loaded the list as it was before.
 */
export class SeenTasks {
	private readonly workflows = new Map<string, Set<string>>();

	private readonly calls = new Map<string, Promise<number>>();

	/** What is known of a task. Calls about one that is under way wait for each other by {@link during}. */
	look(workflow: string, task: string, stored: StaticData): Claim {
		const underWay = this.calls.get(`${workflow} ${task}`);
		const mark = markOf(task);
		const isSeen = listIn(stored).includes(mark) || this.marksOf(workflow).has(mark);
		return { isSeen, ...(underWay === undefined ? {} : { underWay }) };
	}

	/** Answers a call; others about the same task learn the HTTP status that it got. */
	async during(workflow: string, task: string, answer: () => Promise<number>): Promise<number> {
		const name = `${workflow} ${task}`;
		const answering = answer();
		this.calls.set(name, answering);
		try {
			return await answering;
		} finally {
			this.calls.delete(name);
		}
	}

	/** From now on the task counts as emitted. */
	remember(workflow: string, task: string, stored: StaticData): void {
		const marks = this.marksOf(workflow);
		marks.add(markOf(task));
		const all = [...new Set([...listIn(stored), ...marks])].slice(-maximumRemembered);
		this.workflows.set(workflow, new Set(all));
		stored[place] = all.join(' ');
	}

	private marksOf(workflow: string): Set<string> {
		const marks = this.workflows.get(workflow) ?? new Set<string>();
		this.workflows.delete(workflow);
		this.workflows.set(workflow, marks);
		const [oldest] = this.workflows.keys();
		if (this.workflows.size > maximumWorkflows && oldest !== undefined)
			this.workflows.delete(oldest);
		return marks;
	}
}

function listIn({ [place]: tasks }: StaticData): string[] {
	return typeof tasks === 'string' ? tasks.split(' ').filter((mark) => mark !== '') : [];
}
