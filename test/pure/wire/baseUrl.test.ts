import fc from 'fast-check';

import { sameOrigin } from '../../../nodes/QwenImageEdit/wire/webUrl';
import { readBaseUrl } from '../../../nodes/QwenImageEdit/wire/baseUrl';
import { providers } from '../../../nodes/QwenImageEdit/providers';

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
