import type { EditFault } from '../edit/fault';
import type { Bucket, Condition } from './s3/bucket';

/**
 * What a store makes of conditional writes. AWS S3, Cloudflare R2 and MinIO keep to them, DigitalOcean Spaces only if the
 * quotes of an ETag are left out; some servers write all the same, and some refuse the request.
 */
export type ConditionalWrites = 'honoured' | 'unquoted' | 'ignored' | 'refused';

/**
 * The condition for a write, as the store wants it.
 *
 * @param etag of the object that is to be written over; there must be none without it
 * @returns undefined where the store keeps to no condition
 */
export function conditionFor(writes: ConditionalWrites, etag?: string): Condition | undefined {
	if (writes === 'ignored' || writes === 'refused') return undefined;
	if (etag === undefined) return 'absent';
	// A proxy that packs an answer calls its ETag weak, and a weak one fits no condition (RFC 9110, 13.1.1).
	const strong = etag.replace(/^W\//, '');
	return { etag: writes === 'unquoted' ? withoutQuotes(strong) : strong };
}

/**
 * Finds out by writing the same small object a few times: what must fail, and what must not.
 *
 * @param name of the object, nobody else's
 * @throws EditFault when the bucket cannot be used at all
 */
export async function probeConditionalWrites(
	bucket: Bucket,
	name: string,
): Promise<ConditionalWrites> {
	const { etag = '' } = (await bucket.write(name, '{}')) ?? {};
	const isWritten = async (condition: Condition): Promise<boolean> =>
		(await bucket.write(name, '{}', condition)) !== undefined;
	try {
		if ((await isWritten('absent')) || (await isWritten({ etag: '"0"' }))) return 'ignored';
		if (await isWritten({ etag })) return 'honoured';
		return (await isWritten({ etag: withoutQuotes(etag) })) ? 'unquoted' : 'refused';
	} catch (error) {
		const { kind } = (error as EditFault).fault ?? {};
		// Whoever may write and is refused a condition does not know conditions.
		if (kind === 'input' || kind === 'credential') return 'refused';
		throw error as Error;
	} finally {
		await bucket.remove(name).catch(() => undefined);
	}
}

function withoutQuotes(etag: string): string {
	return etag.replace(/^"|"$/g, '');
}
