import fc from 'fast-check';

import {
	backOffSeconds,
	billedOf,
	endByStatus,
	maximumTries,
	type Purpose,
	type RequestEnd,
	requestEnds,
	type RetryDecision,
	retryRule,
} from '../../../nodes/QwenImageEdit/edit/retry';

/** The rule as money wants it: what may be repeated, what never, and what nobody can know. */
const table: Record<RequestEnd, Record<Purpose, RetryDecision>> = {
	neverSent: {
		submit: 'repeat',
		read: 'repeat',
		upload: 'repeat',
		download: 'repeat',
		cancel: 'fail',
	},
	rateLimited: { submit: 'wait', read: 'wait', upload: 'wait', download: 'wait', cancel: 'fail' },
	busy: { submit: 'wait', read: 'wait', upload: 'wait', download: 'wait', cancel: 'fail' },
	unavailable: {
		submit: 'unknownOutcome',
		read: 'wait',
		upload: 'wait',
		download: 'wait',
		cancel: 'fail',
	},
	seeOther: {
		submit: 'unknownOutcome',
		read: 'fail',
		upload: 'fail',
		download: 'fail',
		cancel: 'fail',
	},
	clientError: { submit: 'fail', read: 'fail', upload: 'fail', download: 'fail', cancel: 'fail' },
	serverError: {
		submit: 'unknownOutcome',
		read: 'repeat',
		upload: 'repeat',
		download: 'repeat',
		cancel: 'fail',
	},
	connectionLost: {
		submit: 'unknownOutcome',
		read: 'repeat',
		upload: 'repeat',
		download: 'repeat',
		cancel: 'fail',
	},
	timedOut: {
		submit: 'unknownOutcome',
		read: 'repeat',
		upload: 'repeat',
		download: 'repeat',
		cancel: 'fail',
	},
	malformed: {
		submit: 'unknownOutcome',
		read: 'repeat',
		upload: 'repeat',
		download: 'repeat',
		cancel: 'fail',
	},
};

const purposes: Purpose[] = ['submit', 'read', 'upload', 'download', 'cancel'];

describe('retryRule', () => {
	it.each(purposes.flatMap((purpose) => requestEnds.map((end) => [purpose, end] as const)))(
		'a %s that ended %s',
		(purpose, end) => {
			expect(retryRule[purpose][end]).toBe(table[end][purpose]);
		},
	);

	it('covers every purpose and end, and nothing else', () => {
		expect(Object.keys(retryRule).sort()).toEqual([...purposes].sort());
		for (const purpose of purposes) {
			expect(Object.keys(retryRule[purpose]).sort()).toEqual([...requestEnds].sort());
		}
	});

	it('repeats a submit only when the provider certainly did not take it', () => {
		const repeated = requestEnds.filter((end) =>
			['repeat', 'wait'].includes(retryRule.submit[end]),
		);
		expect(repeated.sort()).toEqual(['busy', 'neverSent', 'rateLimited']);
	});
});

describe('endByStatus', () => {
	it.each<[number, RequestEnd]>([
		[302, 'clientError'],
		[303, 'seeOther'],
		[307, 'clientError'],
		[400, 'clientError'],
		[401, 'clientError'],
		[402, 'clientError'],
		[403, 'clientError'],
		[404, 'clientError'],
		[408, 'timedOut'],
		[409, 'clientError'],
		[413, 'clientError'],
		[425, 'timedOut'],
		[429, 'rateLimited'],
		[500, 'serverError'],
		[502, 'serverError'],
		[503, 'unavailable'],
		[504, 'serverError'],
		[524, 'serverError'],
	])('HTTP %d is %s', (httpStatus, end) => {
		expect(endByStatus(httpStatus)).toBe(end);
	});

	it('never repeats a submit after a 5xx or a See Other: an adapter alone can tell a refusal', () => {
		for (const httpStatus of [303, ...Array.from({ length: 100 }, (_, index) => 500 + index)]) {
			expect(retryRule.submit[endByStatus(httpStatus)]).toBe('unknownOutcome');
		}
	});
});

describe('backOffSeconds', () => {
	it('doubles from about one second to about thirty', () => {
		const middle = Array.from({ length: 8 }, (_, index) => backOffSeconds(index + 1, 0.5));
		expect(middle).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
	});

	it('is spread by a quarter and never leaves its bounds', () => {
		const random = fc.double({ min: 0, max: 1, noNaN: true });
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 1000 }), random, (tries, spread) => {
				const seconds = backOffSeconds(tries, spread);
				const middle = Math.min(30, 2 ** (tries - 1));
				expect(seconds).toBeGreaterThanOrEqual(middle * 0.75);
				expect(seconds).toBeLessThanOrEqual(middle * 1.25);
			}),
		);
	});

	it('lasts less than two minutes over all tries', () => {
		const pauses = Array.from({ length: maximumTries - 1 }, (_, index) =>
			backOffSeconds(index + 1, 1),
		);
		expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThan(120);
	});
});

describe('what a fault says of the bill', () => {
	const fault = { kind: 'provider', message: 'no' } as const;
	it.each([
		['nothing was taken', {}, 'no'],
		['a task was taken', { taskId: 't' }, 'unknown'],
		['a task has failed', { taskId: 't', taskStatus: 'failed' }, 'unknown'],
		['a task has failed that is not charged', { taskId: 't', isFree: true }, 'no'],
		['nobody knows', { isTaken: true }, 'unknown'],
		['every image was flagged', { isTaken: true, url: 'https://example.com/1.png' }, 'unknown'],
		['the image was made', { taskId: 't', url: 'https://example.com/1.png' }, 'yes'],
	] as const)('%s', (_name, known, billed) => {
		expect(billedOf({ ...fault, ...known })).toBe(billed);
	});
});
