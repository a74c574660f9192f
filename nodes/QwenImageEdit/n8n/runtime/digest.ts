import { createHash } from 'crypto';

/** A short digest that names a content without holding it. */
export function digest(content: string | Uint8Array): string {
	return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/** The digest of a content that is read piece by piece. */
export async function digestOfChunks(chunks: AsyncIterable<Uint8Array>): Promise<string> {
	const hash = createHash('sha256');
	for await (const chunk of chunks) hash.update(chunk);
	return hash.digest('hex').slice(0, 32);
}

/**
 * A key that is the same for the same item of the same run, and for nothing else; in the form of a UUID,
 * which every provider accepts.
 */
export function idempotencyKey(parts: readonly string[]): string {
	const name = digest(parts.join('\u0000'));
	return [
		name.slice(0, 8),
		name.slice(8, 12),
		`5${name.slice(13, 16)}`,
		`a${name.slice(17, 20)}`,
		name.slice(20, 32),
	].join('-');
}
