import { backOffSeconds, endByStatus, maximumTries } from '../../../nodes/QwenImageEdit/edit/retry';

describe('the bounds of the retry rule', () => {
	it('tries six times in all, as docs/retry.md says', () => {
		expect(maximumTries).toBe(6);
	});

	it.each([
		[1, 0, 0.75],
		[1, 1, 1.25],
		[2, 0, 1.5],
		[5, 1, 20],
		[6, 0, 22.5],
		[6, 1, 37.5],
		[100, 0.5, 30],
	])('try %d with %d pauses %d s', (tries, random, seconds) => {
		expect(backOffSeconds(tries, random)).toBeCloseTo(seconds, 9);
	});

	it('calls no 4xx an error of the server, and no 5xx one of the client', () => {
		for (let httpStatus = 300; httpStatus < 600; httpStatus += 1) {
			const special: Record<number, string | undefined> = {
				303: 'seeOther',
				408: 'timedOut',
				425: 'timedOut',
				429: 'rateLimited',
				503: 'unavailable',
			};
			const plain = httpStatus < 500 ? 'clientError' : 'serverError';
			expect(endByStatus(httpStatus)).toBe(special[httpStatus] ?? plain);
		}
	});
});
