import * as ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A host name as it is compared: without brackets, the final dot, and capitals. */
function plainHost(hostname: string): string {
	return hostname
		.replace(/^\[|\]$/g, '')
		.replace(/\.$/, '')
		.toLowerCase();
}

/** The address that a host name is, if it is one. process() unwraps IPv4 mapped into IPv6. */
function addressOf(host: string): Address | undefined {
	return ipaddr.isValid(host) ? ipaddr.process(host) : undefined;
}

/**
 * Whether a host name points into a private, loopback, link-local or otherwise non-public network by
 * its text alone. `URL` has already turned decimal, octal, hexadecimal and mapped forms into plain ones.
 * A public name that resolves to a private address is left to n8n (N8N_SSRF_PROTECTION_ENABLED).
 */
export function isPrivateHost(hostname: string): boolean {
	const host = plainHost(hostname);
	if (host === '' || host === 'localhost' || metadataNames.test(host)) return true;
	if (/\.(localhost|local|internal|intranet|lan|home\.arpa|localdomain)$/.test(host)) return true;
	const address = addressOf(host);
	if (address !== undefined) {
		if (address.range() !== 'unicast') return true;
		if (isMetadataAddress(address)) return true;
		// All public IPv6 addresses are in 2000::/3; old forms that wrap IPv4 are outside.
		return address.kind() === 'ipv6' && !/^[23][0-9a-f]{3}:/.test(address.toNormalizedString());
	}
	// A name without a dot (docker-compose service, NetBIOS name) never is a public one.
	return !host.includes('.');
}

/** Metadata services of clouds, which return secrets of the machine, besides the link-local 169.254.169.254. */
const metadataAddresses = new Set([
	'100.100.100.200', // Alibaba Cloud
	'168.63.129.16', // Azure
	'192.0.0.192', // Oracle Cloud
	'fd00:ec2::254', // AWS over IPv6
	'fd20:ce::254', // Google Cloud over IPv6
]);

const metadataNames =
	/^(?:metadata(?:\.google\.internal|\.goog)?|instance-data(?:\.ec2\.internal)?)$/;

function isMetadataAddress(address: Address): boolean {
	return metadataAddresses.has(address.toString());
}

/** The IPv4 address inside an IPv6 address that leads to it (NAT64, 6to4, Teredo, IPv4-compatible). */
function innerAddress(address: Address): Address | undefined {
	if (address.kind() === 'ipv4') return undefined;
	const bytes = address.toByteArray();
	const startsWith = (...prefix: number[]): boolean =>
		prefix.every((byte, index) => bytes[index] === byte);
	const ipv4 = (part: number[]): Address => ipaddr.fromByteArray(part);
	if (startsWith(0x20, 0x02)) return ipv4(bytes.slice(2, 6));
	if (startsWith(0x20, 0x01, 0, 0)) return ipv4(bytes.slice(12).map((byte) => byte ^ 0xff));
	if (startsWith(0, 0x64, 0xff, 0x9b) || bytes.slice(0, 12).every((byte) => byte === 0)) {
		return ipv4(bytes.slice(12));
	}
	return undefined;
}

const neverRanges = new Set(['linkLocal', 'multicast', 'broadcast', 'unspecified']);

/**
 * Whether a host name is one that the node never opens: link-local addresses (metadata services of clouds), other
 * metadata addresses, multicast and unspecified addresses.
 */
export function isForbiddenHost(hostname: string): boolean {
	const host = plainHost(hostname);
	if (metadataNames.test(host)) return true;
	const address = addressOf(host);
	return address !== undefined && isForbiddenAddress(address);
}

function isForbiddenAddress(address: Address): boolean {
	// "::1" is IPv4-compatible by its form, and loopback by its meaning.
	if (address.range() === 'loopback') return false;
	if (neverRanges.has(address.range()) || isMetadataAddress(address)) return true;
	const inner = innerAddress(address);
	return inner !== undefined && isForbiddenAddress(inner);
}

/** A parsed http(s) URL without credentials in it, else why not. */
export function readWebUrl(text: string): { url: URL } | { reason: string } {
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

/** Whether two hosts are one: the same name, or both this machine. */
function isSameHost(one: string, other: string): boolean {
	const isLoopback = (hostname: string): boolean => {
		const host = plainHost(hostname);
		return host === 'localhost' || addressOf(host)?.range() === 'loopback';
	};
	return plainHost(one) === plainHost(other) || (isLoopback(one) && isLoopback(other));
}

/**
 * Whether the node may open a URL that a provider or a user gave: a web URL, never a forbidden host, and a host in a
 * private network only when it is that of the base URL (your own server) or the user allows it. `CONTRACT.md`,
 * money rule 7.
 */
export function readFetchUrl(
	text: string,
	settings: { baseUrl: string; allowPrivateNetwork: boolean },
): { url: URL } | { reason: string; advice: string } {
	const read = readWebUrl(text);
	if ('reason' in read) {
		return {
			...read,
			advice: 'Give a URL that starts with https:// and leads straight to the image',
		};
	}
	const { hostname } = read.url;
	if (isForbiddenHost(hostname)) {
		return {
			reason: `points to ${hostname}, an address that the node never opens`,
			advice: 'Give the image at another address',
		};
	}
	const isAllowed =
		settings.allowPrivateNetwork ||
		!isPrivateHost(hostname) ||
		isSameHost(hostname, new URL(settings.baseUrl).hostname);
	if (isAllowed) return read;
	return {
		reason: `points into a private network (${hostname})`,
		advice: "If you trust where the URL comes from, switch on 'Allow Private Network' in Options",
	};
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
