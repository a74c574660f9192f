import fc from 'fast-check';

import {
	isForbiddenHost,
	isPrivateHost,
	readFetchUrl,
	readWebUrl,
	sameOrigin,
} from '../../../nodes/QwenImageEdit/wire/webUrl';

/** As the code meets a host: `URL` has put its text right already. */
function hostOf(written: string): string {
	return new URL(`http://${written}/`).hostname;
}

describe('isPrivateHost', () => {
	it.each([
		// Loopback, however it is written.
		'localhost',
		'LOCALHOST',
		'localhost.',
		'localhost%2e',
		'app.localhost',
		'localhost.localdomain',
		'127.0.0.1',
		'127.0.0.1.',
		'127.1',
		'127.0.1',
		'127.255.255.254',
		'2130706433',
		'0x7f000001',
		'0x7f.1',
		'0x7f.0.0.0x1',
		'017700000001',
		'0177.0.0.1',
		'①②⑦.⓪.⓪.①',
		'127。0。0。1',
		'[::1]',
		'[0:0:0:0:0:0:0:1]',
		'[::ffff:127.0.0.1]',
		'[::ffff:7f00:1]',
		'[::ffff:0:127.0.0.1]',
		'[64:ff9b::127.0.0.1]',
		'[64:ff9b::7f00:1]',
		'[2002:7f00:1::]',
		// Nowhere and everywhere.
		'0.0.0.0',
		'0',
		'0.1.2.3',
		'[::]',
		'255.255.255.255',
		'224.0.0.1',
		'239.1.1.1',
		'[ff02::1]',
		// Private networks.
		'10.0.0.1',
		'10.255.255.255',
		'172.16.0.1',
		'172.31.255.255',
		'192.168.0.1',
		'192.168.255.255',
		'3232235521',
		'0xc0a80001',
		'0300.0250.0.1',
		'[fc00::1]',
		'[fd12:3456::1]',
		'[::ffff:10.0.0.1]',
		'[::ffff:192.168.0.1]',
		'100.64.0.1',
		'100.127.255.255',
		'[fec0::1]',
		// Link-local, and the addresses at which clouds hand out credentials.
		'169.254.0.1',
		'169.254.169.254',
		'[fe80::1]',
		'[::ffff:169.254.169.254]',
		'2852039166',
		'0xa9fea9fe',
		'[fd00:ec2::254]',
		'100.100.100.200',
		'metadata.google.internal',
		'metadata',
		'instance-data.ec2.internal',
		// Reserved, documentation, measurements.
		'192.0.0.1',
		'192.0.2.1',
		'198.18.0.1',
		'198.51.100.1',
		'203.0.113.1',
		'240.0.0.1',
		'[2001:db8::1]',
		'[100::1]',
		// Names of inner networks.
		'n8n',
		'minio',
		'host.docker.internal',
		'printer.local',
		'nas.lan',
		'router.home.arpa',
		'wiki.intranet',
		'db.internal.',
		'a.b.localdomain',
	])('%s is private', (written) => {
		expect(isPrivateHost(hostOf(written))).toBe(true);
	});

	it.each([
		// IPv4 inside IPv6 in forms that few systems route, but some networks do.
		'[::127.0.0.1]',
		'[::10.0.0.1]',
		'[64:ff9b:1::7f00:1]',
	])('%s holds a private address', (written) => {
		expect(isPrivateHost(hostOf(written))).toBe(true);
	});

	it.each([
		'example.com',
		'EXAMPLE.com',
		'example.com.',
		'api.chainhub.tech',
		'modelslab.com',
		'ai.odkkk.com',
		'api.umodelverse.ai',
		'api.aimlapi.com',
		'dashscope-result-sgp.oss-ap-southeast-1.aliyuncs.com',
		'8.8.8.8',
		'1.1.1.1',
		'134744072',
		'9.255.255.255',
		'11.0.0.1',
		'126.255.255.255',
		'128.0.0.1',
		'172.15.255.255',
		'172.32.0.1',
		'192.167.255.255',
		'192.169.0.1',
		'100.63.255.255',
		'100.128.0.1',
		'169.253.255.255',
		'169.255.0.1',
		'223.255.255.255',
		'[2606:4700:4700::1111]',
		'[2001:4860:4860::8888]',
		'[::ffff:8.8.8.8]',
		'xn--bcher-kva.example',
		'local.example.com',
		'localhost.example.com',
		'internal.example.com',
		'mylocal.com',
		'127.0.0.1.example.com',
	])('%s is public', (written) => {
		expect(isPrivateHost(hostOf(written))).toBe(false);
	});

	it('takes a host with and without brackets', () => {
		expect(isPrivateHost('::1')).toBe(true);
		expect(isPrivateHost('[::1]')).toBe(true);
		expect(isPrivateHost('')).toBe(true);
	});

	it('knows every address of the private ranges, in every notation', () => {
		const byte = fc.nat(255);
		const address = fc.oneof(
			fc.tuple(fc.constant(10), byte, byte, byte),
			fc.tuple(fc.constant(127), byte, byte, byte),
			fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
			fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
			fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
		);
		fc.assert(
			fc.property(address, fc.nat(5), ([a, b, c, d], form) => {
				const number = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
				const hex = (one: number, two: number) => (one * 256 + two).toString(16);
				const written = [
					`${a}.${b}.${c}.${d}`,
					String(number),
					`0x${number.toString(16)}`,
					`0${number.toString(8)}`,
					`[::ffff:${hex(a, b)}:${hex(c, d)}]`,
					`${a}.${b}.${c * 256 + d}`,
				][form]!;
				expect(isPrivateHost(hostOf(written))).toBe(true);
			}),
		);
	});

	it('never throws', () => {
		fc.assert(fc.property(fc.string({ unit: 'binary' }), (host) => void isPrivateHost(host)));
		fc.assert(fc.property(fc.domain(), (host) => void isPrivateHost(host)));
	});
});

describe('readWebUrl', () => {
	it.each(['https://example.com/a.png?x=%2F', 'http://localhost:3000', 'HTTPS://EXAMPLE.com'])(
		'takes %s',
		(text) => {
			expect(readWebUrl(text)).toEqual({ url: new URL(text) });
		},
	);

	it.each([
		['', 'is not a complete URL'],
		['example.com/a.png', 'is not a complete URL'],
		['/a.png', 'is not a complete URL'],
		['//example.com/a.png', 'is not a complete URL'],
		['https://', 'is not a complete URL'],
		['ftp://example.com/', 'ftp://'],
		['file:///etc/passwd', 'file://'],
		['javascript:alert(1)', 'javascript://'],
		['data:image/png;base64,AAAA', 'data://'],
		['https://me@example.com/', 'user name or password'],
		['https://me:secret@example.com/', 'user name or password'],
	])('refuses %p', (text, why) => {
		const read = readWebUrl(text);
		expect('reason' in read && read.reason).toContain(why);
		// A reason goes into messages: a password must not.
		expect(JSON.stringify(read)).not.toContain('secret');
	});
});

describe('isForbiddenHost', () => {
	it.each([
		'169.254.169.254',
		'169.254.0.1',
		'2852039166',
		'0xa9fea9fe',
		'0251.0376.0251.0376',
		'[::ffff:169.254.169.254]',
		'[64:ff9b::a9fe:a9fe]',
		'[2002:a9fe:a9fe::]',
		'[::169.254.169.254]',
		'[2001:0:0:0:0:0:5601:5601]',
		'[fe80::1]',
		'[fd00:ec2::254]',
		'[fd20:ce::254]',
		'100.100.100.200',
		'168.63.129.16',
		'192.0.0.192',
		'0.0.0.0',
		'0.1.2.3',
		'[::]',
		'224.0.0.1',
		'239.255.255.250',
		'255.255.255.255',
		'[ff02::1]',
		'metadata',
		'metadata.google.internal',
		'METADATA.google.internal.',
		'metadata.goog',
		'instance-data.ec2.internal',
	])('%s is never opened', (written) => {
		expect(isForbiddenHost(hostOf(written))).toBe(true);
		expect(isPrivateHost(hostOf(written))).toBe(true);
	});

	it.each([
		'127.0.0.1',
		'localhost',
		'[::1]',
		'10.0.0.1',
		'192.168.1.5',
		'[fd12::1]',
		'n8n',
		'nas.local',
		'example.com',
		'1.2.3.4',
		'[2606:4700::1111]',
		'[64:ff9b::a00:1]',
		'169.253.0.1',
		'mymetadata.google.internal',
		'instance-data.example.com',
	])('%s may be opened by those who may', (written) => {
		expect(isForbiddenHost(hostOf(written))).toBe(false);
	});
});

describe('readFetchUrl', () => {
	const base = 'https://api.aimlapi.com';
	const read = (url: string, baseUrl = base, allowPrivateNetwork = false) =>
		readFetchUrl(url, { baseUrl, allowPrivateNetwork });

	it('takes a public URL, untouched', () => {
		const url = 'https://example.com/r.png?Signature=a%2Fb%3D&x=+';
		const taken = read(url);
		expect('url' in taken && taken.url.href).toBe(url);
	});

	it.each([
		'http://127.0.0.1:5678/rest/login',
		'http://2130706433/',
		'http://[::1]/',
		'https://n8n/',
		'http://10.0.0.5/r.png',
	])('refuses %s for a public provider, and takes it where the user allows it', (url) => {
		const refused = read(url);
		expect('reason' in refused && refused.reason).toContain('private network');
		expect('advice' in refused && refused.advice).toContain('Allow Private Network');
		expect(read(url, base, true)).toHaveProperty('url');
	});

	it('takes a private address on the host of the base URL, and on no other', () => {
		expect(read('http://10.0.0.5:9000/r.png', 'http://10.0.0.5:8000')).toHaveProperty('url');
		expect(read('http://comfy.local/r.png', 'http://Comfy.local:8188/api')).toHaveProperty('url');
		expect(read('http://10.0.0.6/r.png', 'http://10.0.0.5:8000')).toHaveProperty('reason');
		expect(read('http://127.0.0.1/r.png', 'http://10.0.0.5:8000')).toHaveProperty('reason');
		// All names of this machine are one.
		expect(read('http://localhost:9000/r.png', 'http://127.0.0.1:8000')).toHaveProperty('url');
		expect(read('http://[::1]:9000/r.png', 'http://localhost:8000')).toHaveProperty('url');
	});

	it.each([
		'http://169.254.169.254/latest/meta-data/',
		'http://metadata.google.internal/',
		'http://[fe80::1]/',
	])('refuses %s whoever asks', (url) => {
		for (const baseUrl of [base, 'http://10.0.0.5', new URL(url).origin]) {
			const refused = read(url, baseUrl, true);
			expect('reason' in refused && refused.reason).toContain('never opens');
		}
	});

	it.each([
		'data:image/png;base64,AA',
		'file:///r.png',
		'ftp://10.0.0.1/r.png',
		'http://me:word@10.0.0.1/',
		'r.png',
		'',
	])('refuses %p', (url) => {
		expect(read(url)).toHaveProperty('reason');
		expect(read(url, 'http://10.0.0.1', true)).toHaveProperty('reason');
	});
});

describe('sameOrigin', () => {
	it.each([
		['https://a.example/x', 'https://a.example/y?z#w', true],
		['https://a.example', 'https://a.example:443/', true],
		['HTTPS://A.example/', 'https://a.example', true],
		['http://a.example', 'https://a.example', false],
		['https://a.example', 'https://a.example:8443', false],
		['https://a.example', 'https://b.a.example', false],
		['https://a.example', 'https://a.example.evil.example', false],
		['https://a.example', 'https://a.example@evil.example', false],
		['https://a.example', 'https://a.example.', false],
		['/x', 'https://a.example', false],
		['', '', false],
		['data:text/plain,a', 'data:text/plain,b', false],
		['file:///a', 'file:///b', false],
	])('%s and %s: %p', (one, other, same) => {
		expect(sameOrigin(one, other)).toBe(same);
		expect(sameOrigin(other, one)).toBe(same);
	});
});
