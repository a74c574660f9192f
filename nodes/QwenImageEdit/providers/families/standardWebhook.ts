import type { HmacSignature } from '../../wire/callback';

/** What Standard Webhooks fixes, and its relatives keep: the headers, and what is signed. */
export function standardWebhook(
	own: Pick<HmacSignature, 'version' | 'encoding' | 'secretIs' | 'told'>,
): HmacSignature {
	return {
		kind: 'hmac',
		headers: {
			id: 'webhook-id',
			timestamp: 'webhook-timestamp',
			signature: 'webhook-signature',
		},
		signs: ['id', 'timestamp', 'body'],
		...own,
	};
}
