import type { S3Account } from '../../../emulator/s3/types';
import type { CredentialToImport } from '../../instance/home';

/** Where everything of the node is in the bucket of a test. */
export const BUCKET_PREFIX = 'n8n edits';

const NAMED = {
	id: 'exampleBucket',
	name: 'Bucket for edits',
	type: 'qwenImageEditStorageApi',
} as const;

/** The credentials of a node that keeps its memory in the bucket. */
export const bucketReference = { [NAMED.type]: { id: NAMED.id, name: NAMED.name } };

/** The credential of a bucket that an emulated store has. */
export function bucketCredential({
	origin,
	bucket,
	region,
	accessKeyId,
	secretAccessKey,
}: S3Account & { origin: string; bucket: string }): CredentialToImport {
	return {
		...NAMED,
		data: {
			endpoint: origin,
			bucket,
			region,
			accessKeyId,
			secretAccessKey,
			forcePathStyle: true,
			prefix: BUCKET_PREFIX,
		},
	};
}
