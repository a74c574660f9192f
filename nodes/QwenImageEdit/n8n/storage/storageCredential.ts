import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';

import { EditFault } from '../../edit/fault';
import { type BucketAddress, readBucketAddress } from '../../storage/s3/address';
import type { AccessKey } from '../../storage/s3/signing';

/** The credential type of the bucket. */
export const storageCredentialType = 'qwenImageEditStorageApi';

/** The bucket and who may use it. */
export interface StorageCredential {
	address: BucketAddress;
	key: AccessKey;
	data: ICredentialDataDecryptedObject;
}

function storageFault(message: string): EditFault {
	return new EditFault({
		kind: 'credential',
		message,
		advice: "Open the storage credential of this node and put it right, or set 'Storage' to 'None'",
	});
}

/** @throws EditFault of kind `credential` that says which field is wrong */
export function readStorageFields(data: ICredentialDataDecryptedObject): StorageCredential {
	const read = readBucketAddress(data);
	if ('reason' in read) throw storageFault(`The storage credential ${read.reason}`);
	const { region } = read.address;
	const [accessKeyId = '', secretAccessKey = ''] = [data.accessKeyId, data.secretAccessKey].map(
		(typed) => (typeof typed === 'string' ? typed.trim() : ''),
	);
	if (accessKeyId === '' || secretAccessKey === '') {
		throw storageFault('The storage credential has no access key');
	}
	// Anything else could not be sent in a header.
	if (!/^[\x21-\x7e]+$/.test(accessKeyId)) {
		throw storageFault(
			'The access key ID in the storage credential holds a space or a foreign character',
		);
	}
	return { address: read.address, key: { accessKeyId, secretAccessKey, region }, data };
}

/** @throws EditFault of kind `credential` */
export async function readStorageCredential(
	context: IExecuteFunctions,
): Promise<StorageCredential> {
	let data: ICredentialDataDecryptedObject;
	try {
		data = await context.getCredentials(storageCredentialType, 0);
	} catch (error) {
		throw storageFault(error instanceof Error ? error.message : String(error));
	}
	return readStorageFields(data);
}
