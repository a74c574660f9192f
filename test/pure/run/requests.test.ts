import fc from 'fast-check';

import { EditFault, type Fault } from '../../../nodes/QwenImageEdit/edit/fault';
import type { Outcome } from '../../../nodes/QwenImageEdit/edit/outcome';
import { readMalformed, readRefusal } from '../../../nodes/QwenImageEdit/wire/answer/refusal';
import type { Purpose } from '../../../nodes/QwenImageEdit/edit/retry';
import type { Reply, Wire } from '../../../nodes/QwenImageEdit/wire/wire';
import { type RequestPorts, Requests } from '../../../nodes/QwenImageEdit/run/requests';
import type { Provider } from '../../../nodes/QwenImageEdit/adapter/provider';
import { RateGate } from '../../../nodes/QwenImageEdit/run/pace/rateGate';
import type { Answer, Transport } from '../../../nodes/QwenImageEdit/run/ports';
import { seededRandom, VirtualClock } from './virtual/virtualClock';
import { editAll, VirtualHost } from './virtual/virtualHost';

/** One answer of a script: what comes, and after how many seconds. */
interface Step {
	answer: Answer;
	seconds?: number;
}

/** Gives the answers of a script in turn, the last one again and again, and notes when it was asked. */
class ScriptedTransport implements Transport {
	/** Seconds of the clock at which each request was sent. */
	readonly sentAt: number[] = [];

	constructor(
		private readonly clock: VirtualClock,
		private readonly script: readonly Step[],
	) {}

	async send(_wire: Wire, { signal }: { signal: AbortSignal }): Promise<Answer> {
		const step = this.script[Math.min(this.sentAt.length, this.script.length - 1)]!;
		this.sentAt.push(this.clock.now() / 1000);
		await this.clock.sleep((step.seconds ?? 0) * 1000, signal);
		return signal.aborted ? { kind: 'cancelled' } : step.answer;
	}
}

function reply(httpStatus: number, json: unknown, headers: Record<string, string> = {}): Answer {
	const text = typeof json === 'string' ? json : JSON.stringify(json);
	return {
		kind: 'reply',
		reply: {
			httpStatus,
			headers,
			text,
			...(typeof json === 'string' ? {} : { json }),
		},
	};
}

const html = (status: number): Answer => reply(status, '<html><title>Bad Gateway</title></html>');
const error = (status: number, message = 'no'): Answer => reply(status, { error: { message } });
const lost = (end: 'neverSent' | 'connectionLost' | 'timedOut'): Answer => ({
	kind: 'failed',
	end,
	message: 'the line is dead',
});
const busy503 = reply(503, { error: { type: 'busy', message: 'no' } });
const slow503 = reply(503, { message: 'Service Unavailable' }, { 'retry-after': '1' });
const done = reply(200, { id: 'task-1', status: 'completed' });

/** As an adapter does it. */
function decode(answer: Reply): Outcome {
	if (answer.httpStatus >= 400) return readRefusal(answer, { provider: 'Host' });
	const { json } = answer;
	if (answer.httpStatus >= 300 || typeof json !== 'object' || json === null)
		return readMalformed(answer, 'Host sent no JSON');
	return { state: 'completed', taskId: 'task-1', images: [] };
}

function wire(purpose: Exclude<Purpose, 'download'>): Wire {
	return { purpose, method: 'POST', path: '/edit', json: {} };
}

/** A provider that documents what its refusal looks like. */
const host = {
	title: 'Host',
	busy: {
		says: '',
		source: '',
		when: (json: unknown) => (json as { error?: { type?: string } })?.error?.type === 'busy',
	},
} as Provider;

/** A clock at zero, a gate, and so many seconds for the item. */
function setUp(script: readonly Step[], seconds = 600) {
	const clock = new VirtualClock({ startsAt: 0 });
	const gate = new RateGate(clock);
	const cancel = new AbortController();
	const transport = new ScriptedTransport(clock, script);
	const ports: RequestPorts = { clock, gate, transport, signal: cancel.signal };
	const requests = new Requests(ports, host, seconds * 1000);
	return { clock, gate, cancel, transport, ports, requests };
}

/** The fault with which an exchange ends, or undefined when it ends well. */
async function faultOf(work: Promise<unknown>): Promise<Fault | undefined> {
	return await work.then(
		() => undefined,
		(thrown: unknown) => {
			if (thrown instanceof EditFault) return thrown.fault;
			throw new Error('not a fault', { cause: thrown });
		},
	);
}

/** Written from the contract's money rules 2 and 3, not from the table in the code. */
const ends: Array<
	[string, Answer, submit: 'again' | 'final' | 'unknown', read: 'again' | 'final']
> = [
	['a connection that was never made', lost('neverSent'), 'again', 'again'],
	['HTTP 429', error(429), 'again', 'again'],
	['HTTP 503 in the form of a refusal', busy503, 'again', 'again'],
	['HTTP 503 in any other JSON', error(503), 'unknown', 'again'],
	['HTTP 503 with Retry-After in any other JSON', slow503, 'unknown', 'again'],
	['HTTP 303', reply(303, ''), 'unknown', 'final'],
	['HTTP 302', reply(302, ''), 'final', 'final'],
	['HTTP 307', reply(307, ''), 'final', 'final'],
	['HTTP 400', error(400), 'final', 'final'],
	['HTTP 401', error(401), 'final', 'final'],
	['HTTP 404', error(404), 'final', 'final'],
	['HTTP 500 in the words of the provider', error(500), 'unknown', 'again'],
	['HTTP 502 of a gateway', html(502), 'unknown', 'again'],
	['HTTP 503 of a gateway', html(503), 'unknown', 'again'],
	['HTTP 504 of a gateway', html(504), 'unknown', 'again'],
	['HTTP 408', error(408), 'unknown', 'again'],
	['HTTP 425', error(425), 'unknown', 'again'],
	['a connection that broke', lost('connectionLost'), 'unknown', 'again'],
	['no answer in time', lost('timedOut'), 'unknown', 'again'],
	['HTTP 200 with nonsense', reply(200, 'OK'), 'unknown', 'again'],
];

describe('the retry rule, request by request', () => {
	it.each(ends)('after %s', async (_name, answer, submitted, read) => {
		for (const purpose of ['submit', 'read', 'upload'] as const) {
			const { clock, transport, requests } = setUp([{ answer }, { answer: done }]);
			const fault = await faultOf(clock.run(requests.send(wire(purpose), decode)));
			const expected = purpose === 'submit' ? submitted : read;
			expect(transport.sentAt).toHaveLength(expected === 'again' ? 2 : 1);
			if (expected === 'again') expect(fault).toBeUndefined();
			else if (expected === 'unknown') expect(fault?.kind).toBe('unknownOutcome');
			else expect(fault?.kind).not.toBe('unknownOutcome');
			// A second try at once would meet the same trouble.
			if (expected === 'again') expect(transport.sentAt[1]).toBeGreaterThanOrEqual(0.75);
		}
	});

	it('tries a read six times at most, ever more seldom', async () => {
		const { clock, transport, requests } = setUp([{ answer: html(502) }]);
		expect(await faultOf(clock.run(requests.send(wire('read'), decode)))).toMatchObject({
			kind: 'provider',
		});
		expect(transport.sentAt).toHaveLength(6);
		const gaps = transport.sentAt.slice(1).map((at, index) => at - transport.sentAt[index]!);
		expect(gaps).toEqual([...gaps].sort((one, other) => one - other));
	});
});

describe('a pause that the provider names', () => {
	const inSixty = new Date(60_000).toUTCString();
	it.each([
		['Retry-After in seconds', error429({}, { 'retry-after': '60' })],
		['Retry-After as a date', error429({}, { 'retry-after': inSixty })],
		['retry_after in the body', error429({ retry_after: 60 })],
		['retry_after inside error', error429({ error: { message: 'busy', retry_after: '60' } })],
		[
			'words in fallback_suggestion (seed 002)',
			error429({
				error: { message: 'Rate limited', fallback_suggestion: 'retry after 60 seconds' },
			}),
		],
	])('is obeyed: %s', async (_name, answer) => {
		for (const purpose of ['submit', 'read', 'upload'] as const) {
			const { clock, transport, requests } = setUp([{ answer }, { answer: done }]);
			expect(await faultOf(clock.run(requests.send(wire(purpose), decode)))).toBeUndefined();
			expect(transport.sentAt).toEqual([0, 60]);
			expect(requests.waitedSeconds).toBeCloseTo(60);
		}
	});

	it('counts for every request with the same credential', async () => {
		const busy = { answer: error429({ retry_after: 30 }) };
		const one = setUp([busy, { answer: done }]);
		const other = new ScriptedTransport(one.clock, [{ answer: done }]);
		const otherRequests = new Requests({ ...one.ports, transport: other }, host, 600_000);
		const later = async (): Promise<void> => {
			await one.clock.sleep(10_000);
			await otherRequests.send(wire('read'), decode);
		};
		await one.clock.run(Promise.all([one.requests.send(wire('submit'), decode), later()]));
		expect(one.transport.sentAt).toEqual([0, 30]);
		expect(other.sentAt).toEqual([30]);
		expect(otherRequests.waitedSeconds).toBeCloseTo(20);
	});

	it('that is longer than the time of the item ends it at once, and holds for the others', async () => {
		const { clock, gate, cancel, transport, requests } = setUp(
			[{ answer: error429({ retry_after: 90 }) }],
			60,
		);
		const fault = await faultOf(clock.run(requests.send(wire('submit'), decode)));
		expect(fault?.kind).toBe('rateLimit');
		expect(clock.now()).toBe(0);
		expect(transport.sentAt).toEqual([0]);
		const entry = await clock.run(gate.enter({ signal: cancel.signal, deadline: 600_000 }));
		expect(entry).toMatchObject({ kind: 'entered', waitedSeconds: 90 });
	});

	it('is told to the user', async () => {
		const clock = new VirtualClock();
		const host = new VirtualHost(clock, {
			answers: 'atOnce',
			editSeconds: () => 12,
			limit: 1,
			retryAfterSeconds: 20,
		});
		const settled = await clock.run(editAll(clock, host, { count: 2, width: 2 }));
		const warnings = settled.map((result) => (result as { result: { warnings: string[] } }).result);
		expect(warnings.map((result) => result.warnings)).toEqual([
			[],
			['Waited 20 s because AI/ML API asked to slow down'],
		]);
	});
});

describe('the end of the run', () => {
	it.each([
		['while it waits for its turn', [{ answer: error429({ retry_after: 50 }) }]],
		['while it waits before another try', [{ answer: lost('neverSent') }]],
		['while the request is under way', [{ answer: done, seconds: 50 }]],
	])('ends an exchange within the same instant, %s', async (_name, script: Step[]) => {
		const { clock, cancel, transport, requests } = setUp(script);
		clock.after(500, () => cancel.abort());
		const fault = await faultOf(clock.run(requests.send(wire('submit'), decode)));
		expect(fault?.kind).toBe('cancelled');
		expect(clock.now()).toBe(500);
		expect(transport.sentAt).toEqual([0]);
		expect(clock.sleepersLeft).toBe(0);
	});

	it('sends nothing when it came before', async () => {
		const { clock, cancel, transport, requests } = setUp([{ answer: done }]);
		cancel.abort();
		const fault = await faultOf(clock.run(requests.send(wire('submit'), decode)));
		expect(fault?.kind).toBe('cancelled');
		// Nothing was sent, so nothing can have been billed.
		expect(fault?.message).not.toMatch(/billed/);
		expect(transport.sentAt).toEqual([]);
	});
});

describe('whole batches against a host with a limit', () => {
	it('send nothing inside a window, lose no item and pay for each once', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.nat(1_000_000),
				fc.integer({ min: 1, max: 40 }),
				fc.integer({ min: 1, max: 20 }),
				fc.integer({ min: 1, max: 8 }),
				fc.integer({ min: 1, max: 90 }),
				fc.constantFrom<'task' | 'atOnce'>('task', 'atOnce'),
				async (seed, count, width, limit, retryAfterSeconds, answers) => {
					const clock = new VirtualClock({ seed });
					const random = seededRandom(seed);
					const host = new VirtualHost(clock, {
						answers,
						editSeconds: () => 1 + 30 * random(),
						limit,
						retryAfterSeconds,
					});
					const plan = { timeoutSeconds: 100_000 };
					const settled = await clock.run(editAll(clock, host, { count, width, plan }));
					expect(settled.map(({ state }) => state)).toEqual(settled.map(() => 'done'));
					expect(host.edits).toHaveLength(count);
					for (const { from, until } of host.windows) {
						// What was on its way when the window opened arrived in the same instant. A microsecond at
						// each end: seconds and milliseconds do not round alike.
						const inside = host.arrivals.filter((at) => at > from + 1e-6 && at < until - 1e-6);
						expect(inside).toEqual([]);
					}
				},
			),
			{ numRuns: 100 },
		);
	}, 60_000);
});

function error429(json: object, headers: Record<string, string> = {}): Answer {
	return reply(429, json, headers);
}
