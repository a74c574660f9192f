import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { EditFault } from '../../edit/fault';
import { fetchImage } from '../../run/collect';
import type { OutputPlan } from '../../run/item';
import type { StoredImage } from '../../run/storedImage';
import type { ImageCarrier } from '../../storage/storedImages';
import { HeldImages, N8nImageStore } from '../files/imageStore';
import { asError } from '../runtime/asError';
import { systemClock } from '../runtime/clock';
import type { StorageCredential } from './storageCredential';

/** How much of a stored file is held at once. */
const streamChunkBytes = 256 * 1024;

/** Carries images between n8n's binary storage and the bucket, as streams. */
export function imageCarrier(
	context: IExecuteFunctions,
	{ address }: StorageCredential,
	output: OutputPlan,
	itemIndex: number,
): ImageCarrier {
	const images = new N8nImageStore(
		{
			context,
			...output,
			// The bucket may be in the user's own network.
			baseUrl: address.endpoint,
			allowPrivateNetwork: true,
			openWithKey: () => {
				throw new TypeError('links into the bucket are whole URLs');
			},
		},
		new HeldImages(context, output),
	);
	const clock = systemClock;
	return {
		put: async (bucket, key, { facts, bytes, stored }, note) => {
			const binary = stored as IBinaryData;
			const open = async (): Promise<AsyncIterable<Uint8Array>> => {
				if (binary.id !== undefined) {
					return await context.helpers.getBinaryStream(binary.id, streamChunkBytes);
				}
				// Only n8n's memory mode has no id.
				const whole = await context.helpers.getBinaryDataBuffer(itemIndex, binary);
				return (async function* () {
					yield whole;
				})();
			};
			const fileName = binary.fileName ?? '';
			await bucket.put(key, { kind: 'file', facts, bytes, fileName, open, identity: key }, note);
		},
		fetch: async (link, { index, deadline, signal }): Promise<StoredImage> =>
			await fetchImage({ clock, images, signal }, { url: link }, deadline, index).catch(
				withoutLink,
			),
	};
}

/** The link is signed: it is nobody else's business. */
function withoutLink(error: unknown): never {
	if (!(error instanceof EditFault)) throw asError(error);
	const { kind, message, httpStatus } = error.fault;
	throw new EditFault({
		kind,
		message: `The stored image could not be read: ${message}`,
		...(httpStatus === undefined ? {} : { httpStatus }),
	});
}
