/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { join } from 'node:path';
import { makeTemporaryFolder } from '../../../processes/temporaryFolder';
import { startForeignServer } from '../../thirdParty/servers/foreignServer';
import { installPinned } from '../../installation/pinned/pinnedPackages';

/** The bucket that the example workflow names. */
const BUCKET = 'edited-photos';
/** The one account s3rver has; it checks who signs. */
const ACCESS_KEY = 'S3RVER';

/** An S3-compatible server on loopback: s3rver from npm, which keeps its objects in a folder. */
export interface StorageServer {
	/** What n8n's S3 credential needs. */
	credentialData: Record<string, unknown>;
	bucket: string;
	/** Where a browser sees what is in the bucket. */
	bucketUrl: string;
	/** Keys of all objects. */
	keys(): Promise<string[]>;
	/** An object with the type it was stored as. */
	read(key: string): Promise<{ bytes: Buffer; mimeType: string }>;
	stop(): Promise<void>;
}

/** Installs the server if it is missing, and starts it with an empty bucket. */
export async function startStorageServer(): Promise<StorageServer> {
	const installed = await installPinned(join(__dirname, 'storage'), 'storage');
	const directory = makeTemporaryFolder('storage');
	const server = await startForeignServer(
		join(installed, 'node_modules/s3rver/bin/s3rver.js'),
		['--directory', directory.path, '--configure-bucket', BUCKET],
		// Of a library that it uses; there is nothing to migrate here.
		{ AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1' },
	);
	const bucketUrl = `${server.origin}/${BUCKET}`;
	const get = async (url: string): Promise<Response> => {
		const reply = await fetch(url);
		if (!reply.ok) throw new Error(`The storage answers ${reply.status}: ${await reply.text()}`);
		return reply;
	};
	return {
		credentialData: {
			endpoint: server.origin,
			region: 'us-east-1',
			accessKeyId: ACCESS_KEY,
			secretAccessKey: ACCESS_KEY,
			forcePathStyle: true,
		},
		bucket: BUCKET,
		bucketUrl,
		keys: async () => {
			const list = await (await get(`${bucketUrl}?list-type=2`)).text();
			return [...list.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key!);
		},
		read: async (key) => {
			const reply = await get(`${bucketUrl}/${key}`);
			return {
				bytes: Buffer.from(await reply.arrayBuffer()),
				mimeType: reply.headers.get('content-type') ?? '',
			};
		},
		stop: async () => {
			await server.stop();
			directory.remove();
		},
	};
}
