import { expiryOf } from '../../../nodes/QwenImageEdit/edit/expiry';

const now = Date.parse('2025-09-02T17:00:00Z');

describe('expiryOf', () => {
	it('reads the link of the sample in seed 004', () => {
		const url =
			'https://dashscope-result-sgp.oss-ap-southeast-1.aliyuncs.com/7d/06/20250903/1955eee6/ac748d89-d6b1-4d4e-bc65-eea543098bb9-1.png?Expires=1757438140&OSSAccessKeyId=LTAI5tRcsWJEymQaTsKbKqGf&Signature=aDhUphXV84V1nPMmdRl49ShSKxY%3D';
		expect(expiryOf(url, 24 * 3600, now)).toBe('2025-09-09T17:15:40.000Z');
	});

	it('reads links that S3 has signed', () => {
		const url =
			'https://bucket.s3.amazonaws.com/r.png?X-Amz-Date=20250902T165900Z&X-Amz-Expires=3600';
		expect(expiryOf(url, undefined, now)).toBe('2025-09-02T17:59:00.000Z');
	});

	it.each([
		'https://example.com/r.png',
		'https://example.com/r.png?Expires=soon',
		'https://example.com/r.png?Expires=',
		'https://example.com/r.png?Expires=0',
		'https://example.com/r.png?Expires=99999999999999',
		'https://example.com/r.png?X-Amz-Date=20250902T165900Z',
		'https://example.com/r.png?X-Amz-Date=today&X-Amz-Expires=3600',
	])('falls back on what the provider documents for %s', (url) => {
		expect(expiryOf(url, 3600, now)).toBe('2025-09-02T18:00:00.000Z');
		expect(expiryOf(url, undefined, now)).toBeUndefined();
	});

	it.each(['', 'not a url', '/relative.png'])('says nothing of %p', (url) => {
		expect(expiryOf(url, 3600, now)).toBeUndefined();
	});
});
