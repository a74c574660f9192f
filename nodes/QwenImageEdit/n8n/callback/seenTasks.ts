import { digest } from '../runtime/digest';

/** How many tasks of a trigger are remembered, and so how long: the one seen longest ago goes first. */
const maximumRemembered = 3000;

/** How many triggers this process keeps a memory of. */
const maximumTriggers = 200;

/** The static data of a node: what n8n stores with the workflow when a call has changed it. */
export type StaticData = Record<string, unknown>;

/** Whether a call is the first about its task. */
export interface Claim {
	/** The task was emitted before. */
	isSeen: boolean;
	/** Another call about it is being answered: how that one ends. */
	underWay?: Promise<number>;
}

/** Tells tasks apart without holding them; short, because a whole list is stored with every call. */
const markOf = (taskId: string): string => digest(taskId).slice(0, 12);

/**
 * Remembers which tasks a trigger has emitted: in this process, so that calls at the same time are told apart, and in
 * n8n's static data, so that a restart does not forget. Each call stores all that the process knows, because calls
 * at the same time have each loaded the list as it was before.
 */
export class SeenTasks {
	private readonly triggers = new Map<string, Set<string>>();

	private readonly calls = new Map<string, Promise<number>>();

	/** What is known of a task. Calls about one that is under way wait for each other by {@link during}. */
	look(trigger: string, taskId: string, stored: StaticData): Claim {
		const underWay = this.calls.get(`${trigger} ${taskId}`);
		const mark = markOf(taskId);
		const isSeen = listIn(stored).includes(mark) || this.marksOf(trigger).has(mark);
		return { isSeen, ...(underWay === undefined ? {} : { underWay }) };
	}

	/** Answers a call; others about the same task learn the HTTP status that it got. */
	async during(trigger: string, taskId: string, answer: () => Promise<number>): Promise<number> {
		const name = `${trigger} ${taskId}`;
		const answering = answer();
		this.calls.set(name, answering);
		try {
			return await answering;
		} finally {
			this.calls.delete(name);
		}
	}

	/** From now on the task counts as emitted. */
	remember(trigger: string, taskId: string, stored: StaticData): void {
		const marks = this.marksOf(trigger);
		marks.add(markOf(taskId));
		const all = [...new Set([...listIn(stored), ...marks])].slice(-maximumRemembered);
		this.triggers.set(trigger, new Set(all));
		stored.tasks = all.join(' ');
	}

	private marksOf(trigger: string): Set<string> {
		const marks = this.triggers.get(trigger) ?? new Set<string>();
		this.triggers.delete(trigger);
		this.triggers.set(trigger, marks);
		const [oldest] = this.triggers.keys();
		if (this.triggers.size > maximumTriggers && oldest !== undefined) this.triggers.delete(oldest);
		return marks;
	}
}

function listIn({ tasks }: StaticData): string[] {
	return typeof tasks === 'string' ? tasks.split(' ').filter((mark) => mark !== '') : [];
}
