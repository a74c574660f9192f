import { requestEnds } from '../../../nodes/QwenImageEdit/edit/retry';

/** One small mistake that somebody could make in a source file. */
export interface Mutant {
	name: string;
	/** What stands in the source, exactly once behind `after`. */
	from: string;
	to: string;
	/** Where the search begins, when `from` stands in several places. */
	after?: string;
}

const decisions = ['wait', 'repeat', 'fail', 'unknownOutcome'] as const;

/** Every cell of the rule, with every wrong value. */
function cellMutants(source: string): Mutant[] {
	const blocks = { readLike: 'const readLike', submit: '\tsubmit: {', cancel: '\tcancel: {' };
	return Object.entries(blocks).flatMap(([block, after]) =>
		requestEnds.flatMap((end) => {
			const start = source.indexOf(after);
			const cell = new RegExp(`\\t${end}: '(\\w+)',`).exec(source.slice(start));
			if (start < 0 || cell === null) throw new Error(`There is no cell ${block} ${end}`);
			return decisions
				.filter((decision) => decision !== cell[1])
				.map((decision) => ({
					name: `${block}, ${end}: ${decision} for ${cell[1]}`,
					from: cell[0],
					to: `\t${end}: '${decision}',`,
					after,
				}));
		}),
	);
}

/** Mistakes in the retry rule. */
export function retryMutants(source: string): Mutant[] {
	return [
		...cellMutants(source),
		{
			name: 'reads like a cancel',
			from: '\tread: readLike,',
			to: "\tread: { ...readLike, serverError: 'fail' },",
		},
		{
			name: 'uploads like a submit',
			from: '\tupload: readLike,',
			to: "\tupload: { ...readLike, timedOut: 'unknownOutcome' },",
		},
		{
			name: 'downloads end at once',
			from: '\tdownload: readLike,',
			to: "\tdownload: { ...readLike, malformed: 'fail' },",
		},
		{
			name: 'downloads repeat a 4xx',
			from: '\tdownload: readLike,',
			to: "\tdownload: { ...readLike, clientError: 'repeat' },",
		},
		{ name: '428 for 429', from: 'httpStatus === 429', to: 'httpStatus === 428' },
		{ name: 'everything from 429 on', from: 'httpStatus === 429', to: 'httpStatus >= 429' },
		{ name: '429 is final', from: "return 'rateLimited'", to: "return 'clientError'" },
		{ name: '429 as unavailable', from: "return 'rateLimited'", to: "return 'unavailable'" },
		{ name: '502 for 503', from: 'httpStatus === 503', to: 'httpStatus === 502' },
		{ name: '503 and above', from: 'httpStatus === 503', to: 'httpStatus >= 503' },
		{ name: 'a 503 is a refusal', from: "return 'unavailable'", to: "return 'busy'" },
		{ name: 'a 503 is final', from: "return 'unavailable'", to: "return 'clientError'" },
		{ name: '302 for 303', from: 'httpStatus === 303', to: 'httpStatus === 302' },
		{ name: 'any redirect is See Other', from: 'httpStatus === 303', to: 'httpStatus >= 302' },
		{ name: 'See Other is a refusal', from: "return 'seeOther'", to: "return 'clientError'" },
		{
			name: '408 is final',
			from: 'httpStatus === 408 || httpStatus === 425',
			to: 'httpStatus === 425',
		},
		{
			name: '425 is final',
			from: 'httpStatus === 408 || httpStatus === 425',
			to: 'httpStatus === 408',
		},
		{
			name: '408 and 425 at once',
			from: 'httpStatus === 408 || httpStatus === 425',
			to: 'httpStatus === 408 && httpStatus === 425',
		},
		{ name: '409 for 408', from: 'httpStatus === 408', to: 'httpStatus === 409' },
		{ name: 'all from 408 on', from: 'httpStatus === 408', to: 'httpStatus >= 408' },
		{ name: '408 was never sent', from: "return 'timedOut'", to: "return 'neverSent'" },
		{ name: '500 is a client error', from: 'httpStatus >= 500', to: 'httpStatus > 500' },
		{ name: '499 is a server error', from: 'httpStatus >= 500', to: 'httpStatus >= 499' },
		{ name: '4xx are server errors', from: 'httpStatus >= 500', to: 'httpStatus >= 400' },
		{ name: '5xx was never sent', from: "? 'serverError' : ", to: "? 'neverSent' : " },
		{ name: '5xx is a refusal', from: "? 'serverError' : ", to: "? 'busy' : " },
		{ name: 'client errors may be repeated', from: ": 'clientError';", to: ": 'neverSent';" },
		{ name: 'one try less', from: 'maximumTries = 6', to: 'maximumTries = 5' },
		{ name: 'one try more', from: 'maximumTries = 6', to: 'maximumTries = 7' },
		{ name: 'a longer longest pause', from: 'Math.min(30,', to: 'Math.min(31,' },
		{ name: 'no longest pause', from: 'Math.min(30,', to: 'Math.max(30,' },
		{ name: 'pauses that triple', from: '2 ** (tries - 1)', to: '3 ** (tries - 1)' },
		{ name: 'pauses that grow by one', from: '2 ** (tries - 1)', to: '2 * (tries - 1)' },
		{ name: 'a first pause of two seconds', from: '2 ** (tries - 1)', to: '2 ** tries' },
		{ name: 'pauses that shrink', from: '2 ** (tries - 1)', to: '2 ** (1 - tries)' },
		{ name: 'a wider spread below', from: '0.75 + random', to: '0.5 + random' },
		{ name: 'a spread to one side', from: '0.75 + random * 0.5', to: '1 + random * 0.5' },
		{ name: 'no spread', from: '0.75 + random * 0.5', to: '1' },
		{ name: 'spread backwards', from: '0.75 + random', to: '0.75 - random' },
		{ name: 'a wide spread', from: 'random * 0.5', to: 'random * 1.5' },
	];
}

/** Mistakes in the rule of web URLs. */
export const webUrlMutants: readonly Mutant[] = [
	{ name: 'brackets stay', from: "\n\t\t.replace(/^\\[|\\]$/g, '')", to: '' },
	{ name: 'one bracket stays', from: '/^\\[|\\]$/g', to: '/^\\[|\\]$/' },
	{ name: 'the dot at the end stays', from: "\n\t\t.replace(/\\.$/, '')", to: '' },
	{ name: 'upper case stays', from: '\n\t\t.toLowerCase()', to: '' },
	{ name: 'names are private by a part', from: '/\\.(localhost|local|', to: '/(localhost|local|' },
	{ name: 'app.localhost is public', from: '(localhost|local|', to: '(local|' },
	{ name: '.local is public', from: '(localhost|local|', to: '(localhost|' },
	{ name: '.internal is public', from: '|internal|', to: '|' },
	{ name: '.intranet is public', from: '|intranet|', to: '|' },
	{ name: '.lan is public', from: '|lan|', to: '|' },
	{ name: '.home.arpa is public', from: '|home\\.arpa|', to: '|' },
	{ name: '.localdomain is public', from: '|localdomain)', to: ')' },
	{ name: 'private names need not end the host', from: ')$/.test(host)', to: ')/.test(host)' },
	{
		name: 'private names are public',
		from: ')$/.test(host)) return true',
		to: ')$/.test(host)) return false',
	},
	{ name: 'no address is looked at', from: 'ipaddr.isValid(host)', to: 'false' },
	{ name: 'mapped addresses stay wrapped', from: 'ipaddr.process(host)', to: 'ipaddr.parse(host)' },
	{
		name: 'private ranges are public',
		from: "address.range() !== 'unicast'",
		to: "address.range() === 'private'",
	},
	{
		name: 'only loopback is private',
		from: "address.range() !== 'unicast'",
		to: "address.range() === 'loopback'",
	},
	{
		name: 'link-local is public',
		from: "address.range() !== 'unicast'",
		to: "!['unicast', 'linkLocal'].includes(address.range())",
	},
	{
		name: 'public addresses are private',
		from: "address.range() !== 'unicast'",
		to: "address.range() === 'unicast'",
	},
	{
		name: 'old IPv6 forms are public',
		from: "address.kind() === 'ipv6' && ",
		to: "address.kind() === 'ipv4' && ",
	},
	{
		name: 'all IPv6 is private',
		from: '&& !/^[23][0-9a-f]{3}:/.test',
		to: '&& !/^[45][0-9a-f]{3}:/.test',
	},
	{
		name: 'names without a dot are public',
		from: "return !host.includes('.')",
		to: 'return false',
	},
	{
		name: 'names with a dot are private',
		from: "return !host.includes('.')",
		to: "return host.includes('.')",
	},
	{
		name: 'any scheme',
		from: "url.protocol !== 'http:' && url.protocol !== 'https:'",
		to: 'false',
	},
	{
		name: 'no http',
		from: "url.protocol !== 'http:' && url.protocol !== 'https:'",
		to: "url.protocol !== 'https:'",
	},
	{
		name: 'no https',
		from: "url.protocol !== 'http:' && url.protocol !== 'https:'",
		to: "url.protocol !== 'http:'",
	},
	{
		name: 'user names are taken',
		from: "url.username !== '' || url.password !== ''",
		to: "url.password !== ''",
	},
	{
		name: 'passwords are taken',
		from: "url.username !== '' || url.password !== ''",
		to: "url.username !== ''",
	},
	{
		name: 'user name and password at once',
		from: "url.username !== '' || url.password !== ''",
		to: "url.username !== '' && url.password !== ''",
	},
	{
		name: 'the same host is enough',
		from: 'const { origin } = new URL(one);',
		to: 'const { hostname: origin } = new URL(one);',
	},
	{
		name: 'host and port are enough',
		from: 'origin === new URL(other).origin',
		to: 'new URL(one).host === new URL(other).host',
	},
	{
		name: 'the start of the origin is enough',
		from: 'origin === new URL(other).origin',
		to: 'new URL(other).origin.startsWith(origin)',
	},
	{ name: 'null origins are the same', from: "origin !== 'null' && ", to: '' },
	{
		name: 'what is no URL is the same',
		from: '\t} catch {\n\t\treturn false;',
		to: '\t} catch {\n\t\treturn true;',
	},
	{ name: 'metadata names are opened', from: 'metadataNames.test(host)', to: 'false' },
	{ name: 'link-local is opened', from: "'linkLocal', 'multicast'", to: "'multicast'" },
	{ name: 'multicast is opened', from: "'linkLocal', 'multicast'", to: "'linkLocal'" },
	{ name: 'broadcast is opened', from: "'broadcast', 'unspecified'", to: "'unspecified'" },
	{ name: 'unspecified is opened', from: ", 'unspecified']", to: ']' },
	{
		name: 'other metadata addresses are opened',
		from: ' || isMetadataAddress(address)) return true;\n\tconst inner',
		to: ') return true;\n\tconst inner',
	},
	{
		name: 'wrapped addresses are opened',
		from: 'inner !== undefined && isForbiddenAddress(inner)',
		to: 'false',
	},
	{
		name: 'loopback is never opened',
		from: "if (address.range() === 'loopback') return false;",
		to: "if (address.range() === 'loopback') return true;",
	},
	{ name: 'NAT64 is not unwrapped', from: 'startsWith(0, 0x64, 0xff, 0x9b) ||', to: '' },
	{ name: '6to4 is not unwrapped', from: 'if (startsWith(0x20, 0x02))', to: 'if (false)' },
	{ name: 'Teredo is not unwrapped', from: 'if (startsWith(0x20, 0x01, 0, 0))', to: 'if (false)' },
	{
		name: 'forbidden hosts are opened',
		from: 'if (isForbiddenHost(hostname)) {',
		to: 'if (false) {',
	},
	{ name: 'the option does nothing', from: 'settings.allowPrivateNetwork ||', to: '' },
	{ name: 'private URLs for everybody', from: 'if (isAllowed) return read;', to: 'return read;' },
	{
		name: 'private URLs on no host',
		from: 'isSameHost(hostname, new URL(settings.baseUrl).hostname)',
		to: 'false',
	},
	{
		name: 'any private host is the same',
		from: 'isSameHost(hostname, new URL(settings.baseUrl).hostname)',
		to: 'isPrivateHost(new URL(settings.baseUrl).hostname)',
	},
	{
		name: 'names of this machine differ',
		from: ' || (isLoopback(one) && isLoopback(other))',
		to: '',
	},
	{
		name: 'one loopback is enough',
		from: 'isLoopback(one) && isLoopback(other)',
		to: 'isLoopback(one) || isLoopback(other)',
	},
];

/** Mistakes in how a pasted base URL is put right. */
export const baseUrlMutants: readonly Mutant[] = [
	{
		name: 'http to anybody',
		from: "url.protocol === 'http:' && !isPrivateHost(url.hostname)",
		to: 'false',
	},
	{
		name: 'http to nobody',
		from: "url.protocol === 'http:' && !isPrivateHost(url.hostname)",
		to: "url.protocol === 'http:'",
	},
	{
		name: 'http to the public only',
		from: '&& !isPrivateHost(url.hostname)',
		to: '&& isPrivateHost(url.hostname)',
	},
	{ name: 'slashes stay', from: "url.pathname.replace(/\\/+$/, '')", to: 'url.pathname' },
	{
		name: 'one slash goes',
		from: "url.pathname.replace(/\\/+$/, '')",
		to: "url.pathname.replace(/\\/$/, '')",
	},
	{
		name: 'the whole pasted path only',
		from: 'count > 0; count -= 1',
		to: 'count > segments.length - 1; count -= 1',
	},
	{ name: 'not the first step alone', from: 'count > 0;', to: 'count > 1;' },
	{
		name: 'the shortest pasted path first',
		from: 'let count = segments.length; count > 0; count -= 1',
		to: 'let count = 1; count <= segments.length; count += 1',
	},
	{ name: 'a pasted path anywhere', from: 'path.endsWith(pasted)', to: 'path.includes(pasted)' },
	{ name: 'nothing is taken off', from: 'path.endsWith(pasted)', to: 'false' },
	{
		name: 'steps are found inside of words',
		from: '`/${segments.slice(0, count)',
		to: '`${segments.slice(0, count)',
	},
	{ name: 'a version is added twice', from: '!`${path}/`.includes(`${versionPath}/`)', to: 'true' },
	{ name: 'a version is never added', from: 'versionPath !== undefined && ', to: 'false && ' },
	{
		name: 'a version that only starts alike counts',
		from: '!`${path}/`.includes(`${versionPath}/`)',
		to: '!path.includes(versionPath)',
	},
	{ name: 'the path is lost', from: '`${url.origin}${path}`', to: '`${url.origin}`' },
	{
		name: 'the port is lost',
		from: '`${url.origin}${path}`',
		to: '`${url.protocol}//${url.hostname}${path}`',
	},
	{
		name: 'query and fragment stay',
		from: '`${url.origin}${path}`',
		to: '`${url.origin}${path}${url.search}${url.hash}`',
	},
];
