/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import dns from 'node:dns';

/**
 * Lets names under `localhost` lead to this machine, as RFC 6761 section 6.3 wants and not every resolver does, for every connection of this process that
 * looks names up in the usual way. Returns what ends it.
 */
export function resolveLocalhostNames(): () => void {
	const { lookup } = dns;
	const turned = (name: string, ...rest: unknown[]): void => {
		const asked = /\.localhost$/i.test(name) ? '127.0.0.1' : name;
		(lookup as (...all: unknown[]) => void)(asked, ...rest);
	};
	dns.lookup = Object.assign(turned, lookup) as typeof dns.lookup;
	return () => {
		dns.lookup = lookup;
	};
}
