import { readCounts } from './counts';

it.each([
	['12 passed, 0 failed', true, { passed: 12, failed: 0 }],
	['1 passed, 2 failed\nsome words\n12 passed, 3 failed\n', false, { passed: 12, failed: 3 }],
	['Tests:       1 failed, 11 passed, 12 total\n', false, { passed: 11, failed: 1 }],
	['Tests:       18 passed, 18 total', true, { passed: 18, failed: 0 }],
	['nothing is counted', true, { passed: 1, failed: 0 }],
	['nothing is counted', false, { passed: 0, failed: 1 }],
	// It held all its checks and then did not end well.
	['12 passed, 0 failed', false, { passed: 12, failed: 1 }],
])('counts %j', (output, succeeded, counts) => {
	expect(readCounts(output, succeeded)).toEqual(counts);
});
