import * as ipaddr from 'ipaddr.js';

/**
 * Whether a host name points into a private, loopback, link-local or otherwise non-public network by
 * its text alone. `URL` has already turned decimal, octal, hexadecimal and mapped forms into plain ones.
 * A public name that resolves to a private address is n8n's business (N8N_SSRF_PROTECTION_ENABLED).
 */
export function isPrivateHost(hostname: string): boolean {
	const host = hostname
		.replace(/^\[|\]$/g, '')
		.replace(/\.$/, '')
		.toLowerCase();
	if (host === '' || host === 'localhost') return true;
	if (/\.(localhost|local|internal|intranet|lan|home\.arpa|localdomain)$/.test(host)) return true;
	if (ipaddr.isValid(host)) {
		// process() unwraps IPv4 mapped into IPv6, which otherwise would count as "ipv4Mapped".
		const address = ipaddr.process(host);
		if (address.range() !== 'unicast') return true;
		// All of the public IPv6 internet lies in 2000::/3; old forms that wrap IPv4 lie outside.
		return address.kind() === 'ipv6' && !/^[23][0-9a-f]{3}:/.test(address.toNormalizedString());
	}
	// A name without a dot (docker-compose service, NetBIOS name) never is a public one.
	return !host.includes('.');
}

/** A parsed http(s) URL without credentials in it, else why not. */
export function readWebAddress(text: string): { url: URL } | { reason: string } {
	let url: URL;
	try {
		url = new URL(text);
	} catch {
		return { reason: 'is not a complete URL' };
	}
	if (url.protocol !== 'http:' && url.protocol !== 'https:') {
		return { reason: `uses ${url.protocol}// where only http:// and https:// are possible` };
	}
	if (url.username !== '' || url.password !== '') {
		return { reason: 'holds a user name or password' };
	}
	return { url };
}

/**
 * Whether a URL that a provider sent may be fetched: a web address, and inside a private network only
 * when the credential's own base URL is in one (a self-hosted server). `CONTRACT.md`, money rule 6.
 */
export function resultAddress(text: string, baseUrl: string): { url: URL } | { reason: string } {
	const read = readWebAddress(text);
	if ('reason' in read) return read;
	if (isPrivateHost(read.url.hostname) && !isPrivateHost(new URL(baseUrl).hostname)) {
		return { reason: 'points into a private network' };
	}
	return read;
}

/** Whether two URLs have the same scheme, host and port, so that a key may go to both. */
export function sameOrigin(one: string, other: string): boolean {
	try {
		const { origin } = new URL(one);
		// Schemes without hosts all have the origin "null".
		return origin !== 'null' && origin === new URL(other).origin;
	} catch {
		return false;
	}
}

/**
 * Puts a base URL right as users paste it: spaces, trailing slashes, and a path that the adapter adds
 * itself (`/v1`, or a whole endpoint) are taken off.
 *
 * @param wirePaths the paths that will be added, such as `/v1/images/generations`
 * @param versionPath added when no such step is there yet, such as `/v1`
 */
export function readBaseUrl(
	text: string,
	wirePaths: readonly string[],
	versionPath?: string,
): { baseUrl: string } | { reason: string } {
	const read = readWebAddress(text.trim());
	if ('reason' in read) return read;
	const { url } = read;
	if (url.protocol === 'http:' && !isPrivateHost(url.hostname)) {
		return {
			reason:
				'uses http://, which would send the key in the clear; use https:// (http:// is for servers in your own network)',
		};
	}
	let path = url.pathname.replace(/\/+$/, '');
	for (const wirePath of wirePaths) {
		const segments = wirePath.split('/').filter((segment) => segment !== '');
		for (let count = segments.length; count > 0; count -= 1) {
			const pasted = `/${segments.slice(0, count).join('/')}`;
			if (path.endsWith(pasted)) {
				path = path.slice(0, -pasted.length).replace(/\/+$/, '');
				break;
			}
		}
	}
	if (versionPath !== undefined && !`${path}/`.includes(`${versionPath}/`)) path += versionPath;
	return { baseUrl: `${url.origin}${path}` };
}
