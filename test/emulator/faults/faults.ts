import { FAULTS } from './fault-kinds';
import type { FaultKind, FaultPhase, FaultRule, FaultTraits } from './fault-kinds';
import type { ProviderId, RouteKind } from '../types';

/** A fault that was added: how often it has struck, and the way to end it. */
export interface ActiveFault {
	readonly id: number;
	readonly rule: FaultRule;
	readonly fired: number;
	remove(): void;
}

export interface FaultControl {
	/** Throws when the kind is unknown or cannot strike on that route: such a rule would prove nothing. */
	add(rule: FaultRule): ActiveFault;
	clear(): void;
	list(): Array<FaultRule & { id: number; fired: number }>;
}

/** What is known of a call when faults are looked up. */
export interface FaultTarget {
	provider: ProviderId;
	route: RouteKind;
	prompt?: string;
}

interface StoredFault {
	id: number;
	rule: FaultRule;
	route: RouteKind;
	seen: number;
	fired: number;
	firstFiredAt?: number;
}

/** A fault taken for one call. Given back when the call turned out not to be one it can strike. */
export interface FaultStrike {
	kind: FaultKind;
	rule: FaultRule;
	release(): void;
}

/** Keeps the rules and decides which of them strikes. */
export class FaultStore implements FaultControl {
	private stored: StoredFault[] = [];

	private nextId = 1;

	constructor(private readonly now: () => number) {}

	add(rule: FaultRule): ActiveFault {
		const traits: FaultTraits | undefined = FAULTS[rule.kind];
		if (!traits) throw new Error(`There is no fault "${rule.kind}"`);
		const route = rule.route ?? traits.routes[0]!;
		if (!traits.routes.includes(route)) {
			throw new Error(
				`"${rule.kind}" cannot strike on "${route}", only on ${traits.routes.join(', ')}`,
			);
		}
		if (traits.phase === 'connection' && rule.prompt !== undefined) {
			throw new Error(`"${rule.kind}" strikes before the prompt is read`);
		}
		if (rule.billed === false && traits.phase === 'answer') {
			throw new Error(`"${rule.kind}" is the answer to a job that was taken`);
		}
		const fault: StoredFault = { id: this.nextId++, rule: { ...rule }, route, seen: 0, fired: 0 };
		this.stored.push(fault);
		return {
			id: fault.id,
			rule: fault.rule,
			get fired() {
				return fault.fired;
			},
			remove: () => {
				this.stored = this.stored.filter((other) => other !== fault);
			},
		};
	}

	clear(): void {
		this.stored = [];
	}

	list(): Array<FaultRule & { id: number; fired: number }> {
		return this.stored.map(({ id, rule, route, fired }) => ({ ...rule, route, id, fired }));
	}

	/** The first rule that strikes here, if any. Rules that mark a link strike wherever that link is made. */
	take(phases: FaultPhase[], target: FaultTarget): FaultStrike | undefined {
		for (const fault of this.stored) {
			const { phase } = FAULTS[fault.rule.kind];
			if (!phases.includes(phase)) continue;
			if (phase !== 'link' && fault.route !== target.route) continue;
			if (fault.rule.provider && fault.rule.provider !== target.provider) continue;
			if (fault.rule.prompt !== undefined && !target.prompt?.includes(fault.rule.prompt)) continue;
			fault.seen += 1;
			if (fault.seen <= (fault.rule.after ?? 0) || !this.isAlive(fault)) continue;
			fault.fired += 1;
			const first = fault.firstFiredAt === undefined;
			fault.firstFiredAt ??= this.now();
			return {
				kind: fault.rule.kind,
				rule: fault.rule,
				release: () => {
					fault.fired -= 1;
					fault.seen -= 1;
					if (first) fault.firstFiredAt = undefined;
				},
			};
		}
		return undefined;
	}

	private isAlive(fault: StoredFault): boolean {
		if (fault.fired >= (fault.rule.times ?? Infinity)) return false;
		if (fault.rule.forSeconds === undefined || fault.firstFiredAt === undefined) return true;
		return this.now() - fault.firstFiredAt < fault.rule.forSeconds * 1000;
	}
}

/** Whether the provider takes the job before this fault shows. */
export function takesTheJob(rule: FaultRule): boolean {
	return FAULTS[rule.kind].phase === 'answer' || rule.billed === true;
}
