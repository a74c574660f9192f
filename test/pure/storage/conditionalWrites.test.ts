import { conditionFor } from '../../../nodes/QwenImageEdit/storage/conditionalWrites';

describe('the condition of a write', () => {
	it.each([
		['honoured', '"a"', { etag: '"a"' }],
		// As a proxy writes it that packs answers; no weak ETag fits a condition.
		['honoured', 'W/"a"', { etag: '"a"' }],
		['unquoted', '"a"', { etag: 'a' }],
		['unquoted', 'W/"a"', { etag: 'a' }],
		['honoured', undefined, 'absent'],
		['ignored', '"a"', undefined],
		['refused', undefined, undefined],
	] as const)('where they are %s, of %s', (writes, etag, condition) => {
		expect(conditionFor(writes, etag)).toEqual(condition);
	});
});
