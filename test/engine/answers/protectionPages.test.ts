import { meet, withImages } from '../faults/hosts/meetHost';
import { expectFailedItem } from '../stage/output';
import { onStage } from '../stage/scenario';

const page = (title: string, body = '') =>
	`<!DOCTYPE html><html><head><title>${title}</title></head><body>${body}</body></html>`;

/** From what the services document and send. */
const pages: Array<[name: string, headers: Record<string, string>, body: string]> = [
	['Cloudflare, by its header', { 'cf-mitigated': 'challenge' }, page('Just a moment...')],
	['Cloudflare, by its page', {}, page('Just a moment...')],
	[
		'Cloudflare, blocked',
		{},
		page('Attention Required! | Cloudflare', 'Sorry, you have been blocked'),
	],
	['AWS WAF', { 'x-amzn-waf-action': 'challenge' }, ''],
	[
		'Akamai',
		{},
		page('Access Denied', "You don't have permission. Reference&#32;&#35;18.1 Reference #18.1"),
	],
	['Imperva', {}, page('', '<iframe src="/_Incapsula_Resource?x=1"></iframe>')],
	['DataDome', { 'x-datadome': 'protected' }, page('blocked')],
	['Vercel', { 'x-vercel-mitigated': 'challenge' }, page('Vercel Security Checkpoint')],
];

describe('a protection in front of the provider is not taken for a wrong key', () => {
	for (const [name, headers, body] of pages) {
		onStage(`${name}, as 403: nothing was billed`, async (stage) => {
			const { run, host } = await meet(
				stage,
				withImages((_request, response) => {
					response.writeHead(403, { 'content-type': 'text/html', ...headers }).end(body);
				}),
				{ provider: 'aiml' },
			);
			const { error } = expectFailedItem(run.edited[0], 0, {
				errorKind: 'network',
				httpStatus: 403,
			});
			expect(error).toMatch(/protection in front of AI\/ML API/);
			expect(error).toContain('Nothing was billed');
			expect(error).not.toMatch(/check the api key/i);
			expect(host.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
		});

		onStage(`${name}, as 200: nobody knows`, async (stage) => {
			const { run, host } = await meet(
				stage,
				withImages((_request, response) => {
					response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(body);
				}),
				{ provider: 'aiml' },
			);
			const { error } = expectFailedItem(run.edited[0], 0, { errorKind: 'unknownOutcome' });
			expect(error).toMatch(/protection in front of/);
			expect(host.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
		});
	}

	onStage('a 403 of the provider itself still asks to check the key', async (stage) => {
		const { run } = await meet(
			stage,
			withImages((_request, response) => {
				response
					.writeHead(403, { 'content-type': 'application/json' })
					.end('{"message":"Forbidden"}');
			}),
			{ provider: 'aiml' },
		);
		const { error } = expectFailedItem(run.edited[0], 0, { errorKind: 'credential' });
		expect(error).toContain('Check the API key');
	});
});
