import fc from 'fast-check';

import {
	isPrivateHost,
	readBaseUrl,
	readWebAddress,
	resultAddress,
	sameOrigin,
} from '../../../nodes/QwenImageEdit/wire/address';
import { providers } from '../../../nodes/QwenImageEdit/providers';

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

describe('readWebAddress', () => {
	it.each(['https://example.com/a.png?x=%2F', 'http://localhost:3000', 'HTTPS://EXAMPLE.com'])(
		'takes %s',
		(text) => {
			expect(readWebAddress(text)).toEqual({ url: new URL(text) });
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
		const read = readWebAddress(text);
		expect('reason' in read && read.reason).toContain(why);
		// A reason goes into messages: a password must not.
		expect(JSON.stringify(read)).not.toContain('secret');
	});
});

describe('resultAddress', () => {
	const base = 'https://api.aimlapi.com';
	it('takes a public address, untouched', () => {
		const link = 'https://example.com/r.png?Signature=a%2Fb%3D&x=+';
		const read = resultAddress(link, base);
		expect('url' in read && read.url.href).toBe(link);
	});

	it.each([
		'http://169.254.169.254/latest/meta-data/',
		'http://127.0.0.1:5678/rest/login',
		'http://2130706433/',
		'http://[::1]/',
		'https://n8n/',
		'http://metadata.google.internal/',
	])('refuses %s for a public provider', (link) => {
		const read = resultAddress(link, base);
		expect('reason' in read && read.reason).toContain('private network');
	});

	it('takes a private address for a provider in a private network', () => {
		expect(resultAddress('http://127.0.0.1:9000/r.png', 'http://127.0.0.1:8000')).toHaveProperty(
			'url',
		);
		expect(resultAddress('http://10.0.0.5/r.png', 'http://comfy.local/api')).toHaveProperty('url');
	});

	it.each(['data:image/png;base64,AA', 'file:///r.png', 'r.png', ''])('refuses %p', (link) => {
		expect(resultAddress(link, base)).toHaveProperty('reason');
		expect(resultAddress(link, 'http://127.0.0.1')).toHaveProperty('reason');
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

describe('readBaseUrl', () => {
	const paths = ['/v1/images/generations', '/v1/tasks'];
	it.each([
		['https://api.aimlapi.com', 'https://api.aimlapi.com'],
		['https://api.aimlapi.com/', 'https://api.aimlapi.com'],
		['  https://api.aimlapi.com//  ', 'https://api.aimlapi.com'],
		['HTTPS://API.aimlapi.com', 'https://api.aimlapi.com'],
		['https://api.aimlapi.com/v1', 'https://api.aimlapi.com'],
		['https://api.aimlapi.com/v1/', 'https://api.aimlapi.com'],
		['https://api.aimlapi.com/v1/images', 'https://api.aimlapi.com'],
		['https://api.aimlapi.com/v1/images/generations', 'https://api.aimlapi.com'],
		['https://api.aimlapi.com/v1/images/generations/', 'https://api.aimlapi.com'],
		['https://api.aimlapi.com/v1/tasks', 'https://api.aimlapi.com'],
		['https://api.aimlapi.com/?utm=1#top', 'https://api.aimlapi.com'],
		['https://api.aimlapi.com:443', 'https://api.aimlapi.com'],
		['https://gateway.example:8443/qwen/v1', 'https://gateway.example:8443/qwen'],
		['https://ai.odkkk.com/apiv1', 'https://ai.odkkk.com/apiv1'],
		['https://ai.odkkk.com/apiv1/', 'https://ai.odkkk.com/apiv1'],
		['https://ai.odkkk.com/apiv1/v1/images/generations', 'https://ai.odkkk.com/apiv1'],
		['https://modelslab.com/api/v6', 'https://modelslab.com/api/v6'],
		['http://localhost:8000/v1', 'http://localhost:8000'],
		['http://192.168.0.5:8000', 'http://192.168.0.5:8000'],
	])('%p becomes %s', (pasted, baseUrl) => {
		expect(readBaseUrl(pasted, paths)).toEqual({ baseUrl });
	});

	it.each([
		['', 'complete URL'],
		['api.aimlapi.com', 'complete URL'],
		['ftp://api.aimlapi.com', 'ftp://'],
		['http://api.aimlapi.com', 'in the clear'],
		['https://key@api.aimlapi.com', 'user name or password'],
	])('refuses %p', (pasted, why) => {
		const read = readBaseUrl(pasted, paths);
		expect('reason' in read && read.reason).toContain(why);
	});

	it.each(providers.map((provider) => [provider.id, provider] as const))(
		'leaves the addresses of %s as they are, pasted with any part of its path',
		(_id, { credential, submitPath }) => {
			const { defaultBaseUrl, regions = [], versionPath } = credential;
			const addresses = [defaultBaseUrl, ...regions.map(({ baseUrl }) => baseUrl)];
			const steps = submitPath.split('/').slice(1);
			for (const baseUrl of addresses.filter((address) => address !== '')) {
				for (let count = 0; count <= steps.length; count += 1) {
					for (const end of ['', '/']) {
						const pasted = [baseUrl, ...steps.slice(0, count)].join('/') + end;
						expect(readBaseUrl(pasted, [submitPath], versionPath)).toEqual({ baseUrl });
					}
				}
			}
		},
	);

	it('adds the version where it is missing, and only there', () => {
		const base = (text: string) => readBaseUrl(text, ['/images/edits'], '/v1');
		for (const pasted of [
			'',
			'/',
			'/v1',
			'/v1/',
			'/v1/images',
			'/v1/images/edits',
			'/images/edits',
		]) {
			expect(base(`http://localhost:8000${pasted}`)).toEqual({
				baseUrl: 'http://localhost:8000/v1',
			});
		}
		expect(base('https://gateway.example/v1/team')).toEqual({
			baseUrl: 'https://gateway.example/v1/team',
		});
		expect(base('https://gateway.example/v10')).toEqual({
			baseUrl: 'https://gateway.example/v10/v1',
		});
	});

	it('is the same when read twice', () => {
		fc.assert(
			fc.property(fc.webUrl({ validSchemes: ['https'] }), (url) => {
				const once = readBaseUrl(url, paths);
				if (!('baseUrl' in once)) return;
				expect(once.baseUrl).not.toMatch(/\/$|[?#]/);
				expect(sameOrigin(once.baseUrl, url)).toBe(true);
			}),
		);
	});
});
