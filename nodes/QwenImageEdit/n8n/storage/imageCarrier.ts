import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { EditFault } from '../../edit/fault';
import type { OutputPlan } from '../../run/item';
import type { Fetched } from '../../run/ports';
import { cancelledFault } from '../../run/requests';
import { type ImageNote, readNote } from '../../storage/record';
import type { ImageCarrier, NotedImage } from '../../storage/storedImages';
import { numbered } from '../files/imageStore';
import { storeImage } from '../files/storeImage';
import type { Readable } from '../http/streams';

/** How much of a stored file is held at once. */
const streamChunkBytes = 256 * 1024;

/** Carries images between n8n's binary storage and the bucket, as streams. */
export function imageCarrier(
	context: IExecuteFunctions,
	{ fileName, maximumBytes }: OutputPlan,
	itemIndex: number,
): ImageCarrier {
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
			const name = binary.fileName ?? '';
			await bucket.put(
				key,
				{ kind: 'file', facts, bytes, fileName: name, open, identity: key },
				note,
			);
		},
		fetch: async (bucket, key, { index, seconds, isWanted }) => {
			let found = 'none' as NotedImage | 'none' | 'unreadable' | EditFault;
			const place = { fileName: numbered(fileName, index), maximumBytes };
			const receive = async (
				body: AsyncIterable<Uint8Array>,
				headers: Readonly<Record<string, string>>,
			): Promise<void> => {
				const note = readNote(headers['x-amz-meta-edit']);
				const stream = body as Readable;
				if (note === undefined || !isWanted(note)) {
					found = 'none';
					stream.destroy();
					return;
				}
				const announcedBytes = Number(headers['content-length'] ?? NaN);
				const fetched = await storeImage(context, place, body, stream, {
					...(Number.isFinite(announcedBytes) ? { announcedBytes } : {}),
				});
				found = readingOf(fetched, note);
			};
			await bucket.open(key, receive, seconds);
			if (found instanceof EditFault) throw found;
			return found;
		},
	};
}

/**
 * What was made of an image of the bucket. One that may be incomplete was so when it was put there.
 *
 * @throws EditFault when its bytes broke off, so that it is read again
 */
function readingOf(fetched: Fetched, note: ImageNote): NotedImage | 'unreadable' | EditFault {
	if (fetched.kind === 'stored') return { image: fetched.image, note };
	if (fetched.kind === 'cancelled') return cancelledFault();
	const { end, doubtful } = fetched;
	if (doubtful !== undefined) return { image: doubtful, note };
	if (end === 'malformed') return 'unreadable';
	const message = `The stored image could not be read: ${fetched.fault.message}`;
	const fault = new EditFault({ ...fetched.fault, message });
	if (end === 'connectionLost') throw fault;
	return fault;
}
