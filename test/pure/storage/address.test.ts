import { objectUrl, readBucketAddress } from '../../../nodes/QwenImageEdit/storage/s3/address';

const right = { endpoint: 'https://s3.example.com', bucket: 'edits', region: 'eu-1', prefix: '' };

function urlOf(typed: Record<string, unknown>, key = 'a/b.json'): string {
	const read = readBucketAddress({ ...right, ...typed });
	return 'reason' in read ? read.reason : objectUrl(read.address, key);
}

describe('the address of a bucket', () => {
	it.each([
		['as it should be', {}, 'https://s3.example.com/edits/a/b.json'],
		['in front of the host', { forcePathStyle: false }, 'https://edits.s3.example.com/a/b.json'],
		['without a scheme', { endpoint: 's3.example.com' }, 'https://s3.example.com/edits/a/b.json'],
		[
			'with a slash behind',
			{ endpoint: 'https://s3.example.com/' },
			'https://s3.example.com/edits/a/b.json',
		],
		[
			'on a server behind a path',
			{ endpoint: 'https://example.com/s3' },
			'https://example.com/s3/edits/a/b.json',
		],
		[
			'with the bucket behind it, as consoles show it',
			{ endpoint: 'https://s3.example.com/edits' },
			'https://s3.example.com/edits/a/b.json',
		],
		[
			'with the bucket in front of it',
			{ endpoint: 'https://edits.s3.example.com' },
			'https://s3.example.com/edits/a/b.json',
		],
		[
			'with the bucket in front of it, in host style',
			{ endpoint: 'https://edits.s3.example.com', forcePathStyle: false },
			'https://edits.s3.example.com/a/b.json',
		],
		[
			'with a prefix',
			{ prefix: '/my edits//' },
			'https://s3.example.com/edits/my%20edits/a/b.json',
		],
		[
			'with an odd prefix',
			{ prefix: "ü+(1)'" },
			'https://s3.example.com/edits/%C3%BC%2B%281%29%27/a/b.json',
		],
		['in the own network', { endpoint: 'http://minio:9000' }, 'http://minio:9000/edits/a/b.json'],
	])('%s', (_name, typed, url) => {
		expect(urlOf(typed)).toBe(url);
	});

	it.each([
		['no endpoint', { endpoint: ' ' }, /no endpoint/],
		['no URL', { endpoint: 'https://' }, /endpoint that is not/],
		['another scheme', { endpoint: 'ftp://s3.example.com' }, /ftp/],
		['in the clear over the internet', { endpoint: 'http://s3.example.com' }, /in the clear/],
		['no bucket', { bucket: '' }, /no bucket/],
		['a bucket that is a path', { bucket: 'a/b' }, /cannot be one/],
		['a prefix that leads out', { prefix: 'a/../..' }, /prefix/],
		['a prefix with a dot', { prefix: './a' }, /prefix/],
		['no text', { bucket: 7 }, /no bucket/],
	])('refuses %s', (_name, typed, reason) => {
		expect(urlOf(typed)).toMatch(reason);
	});

	it('has a region also when none was typed', () => {
		const read = readBucketAddress({ ...right, region: '' });
		expect(read).toMatchObject({ address: { region: 'us-east-1' } });
	});
});
