import fc from 'fast-check';

import {
	backOffSeconds,
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
	unavailable: { submit: 'wait', read: 'wait', upload: 'wait', download: 'wait', cancel: 'fail' },
	clientError: { submit: 'fail', read: 'fail', upload: 'fail', download: 'fail', cancel: 'fail' },
	serverError: {
		submit: 'unknownOutcome',
		read: 'repeat',
		upload: 'repeat',
		download: 'repeat',
		cancel: 'fail',
	},
	gatewayPage: {
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
		expect(repeated.sort()).toEqual(['neverSent', 'rateLimited', 'unavailable']);
	});
});

describe('endByStatus', () => {
	it.each<[number, boolean, RequestEnd]>([
		[400, true, 'clientError'],
		[401, true, 'clientError'],
		[402, true, 'clientError'],
		[403, true, 'clientError'],
		[404, false, 'clientError'],
		[408, true, 'timedOut'],
		[408, false, 'timedOut'],
		[409, true, 'clientError'],
		[413, false, 'clientError'],
		[425, true, 'timedOut'],
		[429, true, 'rateLimited'],
		[429, false, 'rateLimited'],
		[500, true, 'serverError'],
		[500, false, 'gatewayPage'],
		[502, true, 'serverError'],
		[502, false, 'gatewayPage'],
		[503, true, 'unavailable'],
		[503, false, 'gatewayPage'],
		[504, true, 'serverError'],
		[504, false, 'gatewayPage'],
		[524, false, 'gatewayPage'],
		[302, false, 'clientError'],
	])('HTTP %d, JSON %p, is %s', (httpStatus, isJson, end) => {
		expect(endByStatus(httpStatus, isJson)).toBe(end);
	});

	it('never repeats a submit after a 5xx that is not a refusal', () => {
		for (let httpStatus = 500; httpStatus < 600; httpStatus += 1) {
			for (const isJson of [true, false]) {
				const decision = retryRule.submit[endByStatus(httpStatus, isJson)];
				expect(decision).toBe(httpStatus === 503 && isJson ? 'wait' : 'unknownOutcome');
			}
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
