/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { parseArgs } from 'node:util';

import { reservePorts } from '../../processes/reservedPorts';
import { startS3Server } from './s3Server';

const { values } = parseArgs({
	options: {
		port: { type: 'string' },
		bucket: { type: 'string', multiple: true },
	},
});

async function main(): Promise<void> {
	const port = values.port === undefined ? (await reservePorts(1))[0]! : Number(values.port);
	const server = await startS3Server({ port, buckets: values.bucket });
	const { origin, virtualHostOrigin, bucket, region, accessKeyId, secretAccessKey } = server;
	process.stdout.write(
		`${JSON.stringify({ pid: process.pid, origin, virtualHostOrigin, bucket, region, accessKeyId, secretAccessKey })}\n`,
	);
	const stop = () => {
		void server.stop().then(() => process.exit(0));
	};
	process.once('SIGTERM', stop);
	process.once('SIGINT', stop);
}

main().catch((error: Error) => {
	process.stderr.write(`${error.message}\n`);
	process.exit(1);
});
