import type { EditFault } from '../edit/fault';
import type { Bucket } from './s3/bucket';

/**
 * What a store makes of conditional writes. AWS S3, Cloudflare R2 and MinIO keep to them; some servers write all the
 * same, and some refuse the request.
 */
export type ConditionalWrites = 'honoured' | 'ignored' | 'refused';

/**
 * Finds out by writing the same small object three times.
 *
 * @param name of the object, nobody else's
 * @throws EditFault when the bucket cannot be used at all
 */
export async function probeConditionalWrites(
	bucket: Bucket,
	name: string,
): Promise<ConditionalWrites> {
	await bucket.write(name, '{}');
	try {
		const isWritten = [
			await bucket.write(name, '{}', 'absent'),
			await bucket.write(name, '{}', { etag: '"0"' }),
		].some((headers) => headers !== undefined);
		return isWritten ? 'ignored' : 'honoured';
	} catch (error) {
		const { kind } = (error as EditFault).fault ?? {};
		// Whoever may write and is refused a condition does not know conditions.
		if (kind === 'input' || kind === 'credential') return 'refused';
		throw error as Error;
	} finally {
		await bucket.remove(name).catch(() => undefined);
	}
}
