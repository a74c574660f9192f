import { onBucket, prefix } from '../stage/bucket';
import { testCredential, type TestResult } from '../stage/credentialTest';
import { credentialTypes } from '../stage/scenario';
import type { BucketStage } from '../stage/bucket';

import { QwenImageEdit } from '../../../nodes/QwenImageEdit/QwenImageEdit.node';

/** What a person may have pasted instead of the secret. */
const wrong0815 = ['wrong', '0815'].join('-');

async function press(
	{ stage, s3 }: BucketStage,
	data: Record<string, unknown> = {},
): Promise<TestResult> {
	const type = credentialTypes().find(({ name }) => name === 'qwenImageEditStorageApi')!;
	const { origin: endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
	return await testCredential(stage.credentials, type, new QwenImageEdit(), {
		...{ endpoint, region, bucket, accessKeyId, secretAccessKey, prefix, forcePathStyle: true },
		...data,
	} as never);
}

describe('the test of the storage credential', () => {
	onBucket('writes, reads and removes one object, and leaves nothing', async (bucket) => {
		expect(await press(bucket)).toMatchObject({ status: 'OK' });
		const kinds = bucket.s3.requests.map(({ method, httpStatus }) => `${method} ${httpStatus}`);
		expect(kinds).toEqual(['PUT 200', 'GET 200', 'DELETE 204', 'GET 404']);
		expect(bucket.s3.objects.size).toBe(0);
	});

	const permissions = [
		['put', 's3:PutObject'],
		['get', 's3:GetObject'],
		['delete', 's3:DeleteObject'],
		['list', 's3:ListBucket'],
	] as const;
	for (const [denied, name] of permissions) {
		onBucket(`names ${name} where that is missing`, async (bucket) => {
			bucket.s3.settings.denied.add(denied);
			const { status, message } = await press(bucket);
			expect(status).toBe('Error');
			expect(message).toContain(name);
			expect(message).toContain('AccessDenied');
		});
	}

	onBucket('tells what is wrong, and never the secret', async (bucket) => {
		const wrong: Array<[Record<string, unknown>, RegExp]> = [
			[{ bucket: 'no-such-bucket' }, /NoSuchBucket/],
			[{ secretAccessKey: wrong0815 }, /SignatureDoesNotMatch/],
			[{ accessKeyId: 'AKIANOBODY' }, /InvalidAccessKeyId/],
			[{ region: 'eu-nowhere-1' }, /AuthorizationHeaderMalformed/],
			[{ bucket: '' }, /has no bucket/],
		];
		for (const [data, words] of wrong) {
			const { status, message } = await press(bucket, data);
			expect(status).toBe('Error');
			expect(message).toMatch(words);
			for (const secret of [bucket.s3.secretAccessKey, wrong0815]) {
				expect(message).not.toContain(secret);
			}
		}
	});
});
