import { createHash } from 'crypto';

/** A short digest that names a content without holding it. */
export function fingerprint(content: string | Uint8Array): string {
	return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/**
 * A key that is the same for the same item of the same run, and for nothing else; in the form of a UUID,
 * which every host accepts.
 */
export function idempotencyKey(parts: readonly string[]): string {
	const digest = fingerprint(parts.join('\u0000'));
	return [
		digest.slice(0, 8),
		digest.slice(8, 12),
		`5${digest.slice(13, 16)}`,
		`a${digest.slice(17, 20)}`,
		digest.slice(20, 32),
	].join('-');
}
