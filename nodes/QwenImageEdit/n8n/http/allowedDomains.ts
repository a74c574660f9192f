import * as workflow from 'n8n-workflow';
import type { FunctionsBase, ICredentialDataDecryptedObject } from 'n8n-workflow';

import { EditFault } from '../../edit/fault';

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
function readFields(data: ICredentialDataDecryptedObject, ownHost: string): string | undefined {
	const { allowedHttpRequestDomains: mode, allowedDomains: typed } = data;
	if (mode !== 'domains') return undefined;
	return [ownHost, typeof typed === 'string' ? typed.trim() : '']
		.filter((part) => part !== '')
		.join(', ');
}

/**
 * The list of domains that a credential is restricted to, if it is. Looked at here as well as by n8n: older
 * versions enforce it in their HTTP Request node alone.
 *
 * @param defaultUrl the service's own address, which is allowed without being listed; empty where there is none
 * @throws an error when `url` is not on the list
 */
export function allowedDomains(
	url: string,
	context: Pick<FunctionsBase, 'getNode'>,
	defaultUrl: string,
	data: ICredentialDataDecryptedObject,
): string | undefined {
	const read = (
		workflow as { getCredentialAllowedDomains?: typeof workflow.getCredentialAllowedDomains }
	).getCredentialAllowedDomains;
	const domains =
		read === undefined
			? readFields(data, hostOf(defaultUrl))
			: read({
					node: context.getNode(),
					credentialData: data,
					credentialOwnedSurface: true,
					nodeEndpointUrl: defaultUrl,
				});
	if (domains !== undefined && !isListed(hostOf(url), domains)) {
		throw new EditFault({ kind: 'credential', message: `Domain not allowed: ${hostOf(url)}` });
	}
	return domains;
}
