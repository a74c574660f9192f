import * as workflow from 'n8n-workflow';
import type { FunctionsBase } from 'n8n-workflow';

import { EditFault } from '../../edit/fault';
import type { Provider } from '../../adapter/provider';
import type { ReadCredential } from './credential';

function hostOf(url: string): string {
	return URL.canParse(url) ? new URL(url).hostname.toLowerCase().replace(/\.$/, '') : '';
}

/** `*.example.com` means hosts below it, never example.com itself: the same as in n8n. */
function isListed(host: string, domains: string): boolean {
	return domains
		.split(',')
		.map((domain) => domain.trim().toLowerCase().replace(/\.$/, ''))
		.some((domain) =>
			/^\*\../.test(domain) ? host.endsWith(domain.slice(1)) : domain !== '' && host === domain,
		);
}

/** What n8n's own reader makes of the fields, for versions that have the fields but no reader (2.0 and 2.8). */
function readFields(credential: ReadCredential, ownHost: string): string | undefined {
	const { allowedHttpRequestDomains: mode, allowedDomains: typed } = credential.data;
	if (mode !== 'domains') return undefined;
	return [ownHost, typeof typed === 'string' ? typed.trim() : '']
		.filter((part) => part !== '')
		.join(', ');
}

/**
 * The list of domains that a credential is restricted to, if it is. Looked at here as well as by n8n: older
 * versions enforce it in their HTTP Request node alone.
 *
 * @throws an error when `url` is not on the list
 */
export function allowedDomains(
	url: string,
	context: Pick<FunctionsBase, 'getNode'>,
	provider: Provider,
	credential: ReadCredential,
): string | undefined {
	const { defaultBaseUrl } = provider.credential;
	const read = (
		workflow as { getCredentialAllowedDomains?: typeof workflow.getCredentialAllowedDomains }
	).getCredentialAllowedDomains;
	const domains =
		read === undefined
			? readFields(credential, hostOf(defaultBaseUrl))
			: read({
					node: context.getNode(),
					credentialData: credential.data,
					credentialOwnedSurface: true,
					nodeEndpointUrl: defaultBaseUrl,
				});
	if (domains !== undefined && !isListed(hostOf(url), domains)) {
		throw new EditFault({ kind: 'credential', message: `Domain not allowed: ${hostOf(url)}` });
	}
	return domains;
}
