import { isPrivateHost, readWebUrl } from '../../../nodes/QwenImageEdit/wire/webUrl';
import { readBaseUrl } from '../../../nodes/QwenImageEdit/wire/baseUrl';

describe('the bounds of the address rule', () => {
	it.each(['LOCALHOST', 'Wiki.Intranet', 'DB.INTERNAL.'])('%s is private in any case', (host) => {
		expect(isPrivateHost(host)).toBe(true);
	});

	it.each(['shop.notlocal', 'a.local.example.com', 'x.internal.example.com'])(
		'%s is public: a private name is a whole step, and the last',
		(host) => {
			expect(isPrivateHost(host)).toBe(false);
		},
	);

	it('refuses a password without a user name', () => {
		expect(readWebUrl('https://:secret@host.example/')).toHaveProperty('reason');
		expect(readWebUrl('https://me@host.example/')).toHaveProperty('reason');
	});

	it('takes the longest pasted path off', () => {
		expect(readBaseUrl('https://host.example/edit/do/edit', ['/edit/do/edit'])).toEqual({
			baseUrl: 'https://host.example',
		});
	});

	it.each([
		['https://host.example', '/v1', 'https://host.example/v1'],
		['https://host.example/v1', '/v1', 'https://host.example/v1'],
		['https://host.example/v1/', '/v1', 'https://host.example/v1'],
		['https://host.example/v10', '/v1', 'https://host.example/v10/v1'],
		['https://host.example/api/v1/more', '/v1', 'https://host.example/api/v1/more'],
	])('%s with the version %s is %s', (pasted, versionPath, baseUrl) => {
		expect(readBaseUrl(pasted, [], versionPath)).toEqual({ baseUrl });
	});

	it.each([
		[
			'https://host.example/v1/images/generations/proxy',
			'https://host.example/v1/images/generations/proxy',
		],
		['https://host.example/apiv1', 'https://host.example/apiv1'],
		['https://host.example///', 'https://host.example'],
	])('%s becomes %s', (pasted, baseUrl) => {
		expect(readBaseUrl(pasted, ['/v1/images/generations'])).toEqual({ baseUrl });
	});
});
