/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { BlockList, isIP } from 'node:net';

/** IANA's special-purpose registries, written down once more: the witness against the address rule. */
const special = new BlockList();
for (const [network, prefix] of [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.0.0.0', 24],
	['192.0.2.0', 24],
	['192.168.0.0', 16],
	['198.18.0.0', 15],
	['198.51.100.0', 24],
	['203.0.113.0', 24],
	['224.0.0.0', 4],
	['240.0.0.0', 4],
] as const) {
	special.addSubnet(network, prefix, 'ipv4');
}

/** Everything in IPv6 that is not global unicast, and what wraps or documents other addresses inside of it. */
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');
const wrapped = new BlockList();
wrapped.addSubnet('2001:db8::', 32, 'ipv6');
wrapped.addSubnet('2002::', 16, 'ipv6');

const innerName = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa|localdomain)$/;

/** Whether a host that `URL` has put right lies in no public network, by an implementation of its own. */
export function isInside(hostname: string): boolean {
	const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
	if (isIP(host) === 4) return special.check(host, 'ipv4');
	if (isIP(host) === 6) {
		const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(host);
		if (mapped !== null) {
			const [high, low] = [parseInt(mapped[1]!, 16), parseInt(mapped[2]!, 16)];
			const bytes = [high >> 8, high & 255, low >> 8, low & 255];
			return special.check(bytes.join('.'), 'ipv4');
		}
		return !globalUnicast.check(host, 'ipv6') || wrapped.check(host, 'ipv6');
	}
	return host === '' || !host.includes('.') || innerName.test(host.toLowerCase());
}
