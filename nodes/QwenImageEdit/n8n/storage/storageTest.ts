import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { Bucket, type StoreAnswer, type StoreTransport } from '../../storage/s3/bucket';
import { Redaction } from '../../wire/text/redaction';
import { systemClock } from '../runtime/clock';
import { digest } from '../runtime/digest';
import { readNetworkFailure } from '../http/networkFailure';
import { readStorageFields } from './storageCredential';

/** Over the one function that n8n gives to a credential test. */
function testTransport({ helpers }: ICredentialTestFunctions): StoreTransport {
	return {
		send: async ({ method, url, headers, body }): Promise<StoreAnswer> => {
			try {
				const {
					statusCode,
					headers: answered,
					body: text,
				} = (await helpers.request({
					method,
					uri: url,
					headers,
					...(typeof body === 'string' ? { body } : {}),
					simple: false,
					resolveWithFullResponse: true,
					followRedirect: false,
					timeout: 10_000,
				})) as { statusCode: number; headers: Record<string, string>; body: unknown };
				return {
					kind: 'reply',
					reply: {
						httpStatus: statusCode,
						headers: answered,
						text: typeof text === 'string' ? text : '',
					},
				};
			} catch (error) {
				return { kind: 'failed', message: readNetworkFailure(error, new URL(url).host).message };
			}
		},
	};
}

/** Writes, reads and deletes one small object, and names what the key may not do. */
export async function storageCredentialTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	let step = '';
	let secrets: string[] = [];
	try {
		const { address, key } = readStorageFields(credential.data ?? {});
		secrets = [key.accessKeyId, key.secretAccessKey];
		const bucket = new Bucket(address, key, {
			clock: systemClock,
			transport: testTransport(this),
		});
		const name = `tests/${digest(`${Date.now()} ${Math.random()}`)}.json`;
		const text = JSON.stringify({ test: 'of the storage credential' });
		step = 'Writing an object (s3:PutObject)';
		await bucket.write(name, text);
		step = 'Reading an object (s3:GetObject)';
		const read = await bucket.read(name);
		if (read?.text !== text) throw new Error('what was read is not what was written');
		step = 'Deleting an object (s3:DeleteObject)';
		await bucket.remove(name);
		// Without it a missing object is refused instead of missing, and each new edit would fail.
		step = 'Looking for an object that is not there (s3:ListBucket)';
		await bucket.read(name);
		return { status: 'OK', message: 'The bucket can be written, read and cleared' };
	} catch (error) {
		const said = error instanceof Error ? error.message : String(error);
		const message = step === '' ? said : `${step} failed: ${said}`;
		return { status: 'Error', message: new Redaction(secrets).text(message) };
	}
}
