/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { BlockList, isIP } from 'node:net';

const LONGEST_CALLBACK_URL = 2048;

/** Internal addresses: those seed 002 names, and what its "etc." must mean. */
const INTERNAL = new BlockList();
for (const [network, prefix] of [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.168.0.0', 16],
] as const) {
	INTERNAL.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
	['::1', 128],
	['fc00::', 7],
	['fe80::', 10],
] as const) {
	INTERNAL.addSubnet(network, prefix, 'ipv6');
}

/** Why odkkk would not take a callback URL (seed 002, "Security Restrictions"). */
export function callbackProblem(value: unknown): string | undefined {
	if (typeof value !== 'string') return 'callback_url must be a string';
	if (value.length > LONGEST_CALLBACK_URL)
		return `callback_url must not exceed ${LONGEST_CALLBACK_URL} characters`;
	let url: URL;
	try {
		url = new URL(value);
	} catch {
		return 'callback_url must be a valid URL';
	}
	if (url.protocol !== 'https:') return 'callback_url: only HTTPS is supported';
	const host = url.hostname.replace(/^\[|\]$/g, '');
	const version = isIP(host);
	const internal = version
		? INTERNAL.check(host, version === 4 ? 'ipv4' : 'ipv6')
		: /^localhost$|\.localhost$|\.internal$/.test(host);
	return internal ? 'callback_url: internal addresses are prohibited' : undefined;
}
