import type {
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
	IWebhookFunctions,
} from 'n8n-workflow';

import type { Provider } from '../../adapter/provider';
import { allowedDomains } from './allowedDomains';
import type { ReadCredential } from './credential';

/** What may send requests in n8n: a run of a node, a list of its panel, a call from outside. */
export type RequestContext = IExecuteFunctions | ILoadOptionsFunctions | IWebhookFunctions;

/**
 * The one way a key leaves n8n: to a host that the credential may be used for, and never after a redirect. A
 * server without keys is sent no header for one, not even an empty header.
 *
 * @param options written into by n8n, so they must be fresh; the body holds the key already where it belongs there
 * @param signal ends the request; n8n by itself takes the execution's own, which ends a cancel call before it is sent
 * @throws EditFault of kind `credential` when the host is not allowed
 */
export async function keyedRequest(
	context: RequestContext,
	provider: Provider,
	credential: ReadCredential,
	options: IHttpRequestOptions,
	signal?: AbortSignal,
): Promise<IN8nHttpFullResponse> {
	const domains = allowedDomains(
		options.url,
		context,
		provider.credential.defaultBaseUrl,
		credential.data,
	);
	const guarded: IHttpRequestOptions & { allowedDomains?: string } = {
		...options,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		...(domains === undefined ? {} : { allowedDomains: domains }),
	};
	const { helpers } = context;
	if (credential.key === '') {
		return (await helpers.httpRequest({
			...guarded,
			...(signal === undefined ? {} : { abortSignal: signal }),
		})) as IN8nHttpFullResponse;
	}
	return (await helpers.httpRequestWithAuthentication.call(
		withSignal(context, signal),
		provider.credential.type,
		guarded,
	)) as IN8nHttpFullResponse;
}

/** The context, with our signal where n8n's helper asks it for one. */
function withSignal<Context extends object>(context: Context, signal?: AbortSignal): Context {
	if (signal === undefined) return context;
	return Object.create(context, { getExecutionCancelSignal: { value: () => signal } }) as Context;
}
