import type { INode, IWebhookFunctions } from 'n8n-workflow';

import { secretParameter } from '../signature/urlSecret';
import { readJsonText } from '../../wire/json/jsonText';

/** A call as it reached this n8n. */
export interface Call {
	/** Lower-case names. */
	headers: Readonly<Record<string, string>>;
	/** The bytes of the body, as they came. */
	body: Buffer;
	/** What the body says; undefined when it is not JSON. */
	json: unknown;
	/** The secret in the URL; empty where there is none. */
	urlSecret: string;
	/** The ID that n8n gave the trigger, which is part of its URL. */
	webhookId: string;
}

/** What stands before the last step of the trigger's URL: an ID, or the name of a node that never got one. */
function webhookIdOf({ webhookId, name }: INode): string {
	return webhookId ?? encodeURIComponent(name.toLowerCase());
}

/** Reads what was sent. Nothing of it is believed yet. */
export function readCall(context: IWebhookFunctions): Call {
	const request = context.getRequestObject();
	const { rawBody } = request as { rawBody?: unknown };
	const body = Buffer.isBuffer(rawBody) ? rawBody : Buffer.alloc(0);
	const headers = Object.fromEntries(
		Object.entries(request.headers).flatMap(([name, value]) =>
			typeof value === 'string' ? [[name.toLowerCase(), value]] : [],
		),
	);
	const secret = request.query[secretParameter];
	return {
		headers,
		body,
		json: readJsonText(body.toString('utf8'))?.json,
		urlSecret: typeof secret === 'string' ? secret : '',
		webhookId: webhookIdOf(context.getNode()),
	};
}
