import { createHmac } from 'crypto';

import { equalBytes } from './equalBytes';

/** The last step of a trigger's URL, behind the ID that n8n gives the node: by it Submit Task knows such a URL. */
export const triggerPath = 'qwen-image-edit';

/** The query parameter that holds the secret. */
export const secretParameter = 'secret';

/** A MAC of the trigger's ID: only the owner of the key can make it, and it does not tell the key. */
function secretOf(webhookId: string, tail: string, key: string): string {
	return createHmac('sha256', key).update(`callback\n${webhookId}\n${tail}`).digest('hex');
}

/**
 * The URL of a trigger with the secret in it, by which the trigger knows its own calls. Any other URL is left as it is.
 *
 * @param note kept in the URL too: what the trigger must know of the task besides its ID
 */
export function withUrlSecret(text: string, note: string, key: string): string {
	if (!URL.canParse(text)) return text;
	const url = new URL(text);
	const [webhookId, last] = url.pathname.replace(/\/$/, '').split('/').slice(-2);
	if (last !== triggerPath || webhookId === undefined || webhookId === '') return text;
	const tail = Buffer.from(note, 'utf8').toString('base64url');
	const secret = secretOf(webhookId, tail, key);
	url.searchParams.set(secretParameter, tail === '' ? secret : `${secret}.${tail}`);
	return url.toString();
}

/** What stands in the place of the secret. */
export interface UrlSecret {
	state: 'right' | 'wrong' | 'absent';
	/** Empty unless the secret is right. */
	note: string;
}

/** Checks the secret of a call. */
export function readUrlSecret(said: string, webhookId: string, key: string): UrlSecret {
	if (said === '') return { state: 'absent', note: '' };
	const [secret = '', tail = ''] = said.split('.', 2);
	return equalBytes(secret, secretOf(webhookId, tail, key))
		? { state: 'right', note: Buffer.from(tail, 'base64url').toString('utf8') }
		: { state: 'wrong', note: '' };
}
