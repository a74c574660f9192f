/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { expectFailedItem } from '../stage/output';
import { makeBitmap } from '../stage/images';
import { onStage, providerIds } from '../stage/scenario';
import { meet, withImages } from './hosts/meetHost';
import { sendJson } from './hosts/rawHost';

import { setTimeout as pause } from 'node:timers/promises';

import { findProvider } from '../../../nodes/QwenImageEdit/providers';
import { plainPng, type ProviderId } from '../../emulator';

/** An image whose base64 is longer than what is held back of a text. */
const largeImage = makeBitmap();

describe('task ids that a provider makes up', () => {
	const taskIds: Array<[string, string]> = [
		['two dots', '..'],
		['a way up', '../../v1/credits'],
		['slashes, query and fragment', 'a/b?c=d#e'],
		['an encoded way up', '%2e%2e%2fcredits'],
		['a header', 'id\r\nX-Injected: yes'],
		['a NUL', 'id\u0000'],
		['half a character', 'id\ud800'],
		['5000 characters', 'x'.repeat(5000)],
	];
	for (const [name, id] of taskIds) {
		onStage(`never lead elsewhere: ${name}`, async (stage) => {
			const { run, host } = await meet(
				stage,
				withImages((request, response, { origin }) => {
					if (request.method === 'POST') {
						const submitted = { id, status: 'pending', task_info: { estimated_time: 0 } };
						sendJson(response, submitted);
					} else {
						sendJson(response, { id, status: 'completed', results: [`${origin}/result.png`] });
					}
				}),
				{ provider: 'odkkk' },
			);
			const reads = host.requests.filter(
				({ method, path }) => method === 'GET' && !/^\/(photo|result)/.test(path),
			);
			expect(reads.length).toBeGreaterThan(0);
			for (const { path, headers } of reads) {
				expect(path).toMatch(/^\/v1\/tasks\/[^/?#]+$/);
				expect(new URL(path, 'http://host.example').pathname).toBe(path);
				expect(headers['x-injected']).toBeUndefined();
			}
			const [item] = run.edited;
			const told =
				item!.json.taskId ?? (item!.json.details as { taskId?: string } | undefined)?.taskId;
			expect(told).toBe(id);
		});
	}
});

describe('answers that are too much', () => {
	const sync: ProviderId = 'aiml';

	onStage('20 MB of JSON', async (stage) => {
		const { run, seconds } = await meet(
			stage,
			withImages((_request, response) => {
				sendJson(
					response,
					JSON.stringify({ data: Array.from({ length: 500_000 }, () => 'x'.repeat(40)) }),
				);
			}),
			{ provider: sync },
		);
		expectFailedItem(run.edited[0], 0, { errorKind: 'unknownOutcome' });
		expect(seconds).toBeLessThan(9);
	});

	onStage('a million brackets', async (stage) => {
		const { run } = await meet(
			stage,
			withImages((_request, response) => sendJson(response, '['.repeat(1_000_000))),
			{ provider: sync },
		);
		expectFailedItem(run.edited[0], 0, { errorKind: 'unknownOutcome' });
	});

	onStage('a usage that is nested deeper than any stack', async (stage) => {
		const depth = 100_000;
		const usage = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
		const { run } = await meet(
			stage,
			withImages((_request, response, { origin }) =>
				sendJson(response, `{"data":[{"url":"${origin}/result.png"}],"usage":${usage}}`),
			),
			{ provider: sync },
		);
		expect(run.edited[0]!.json).toMatchObject({ status: 'completed' });
		expect(JSON.stringify(run.edited[0]!.json).length).toBeLessThan(5000);
	});

	onStage('JSON that never ends', async (stage) => {
		let sent = 0;
		const { run, seconds } = await meet(
			stage,
			withImages(async (_request, response) => {
				response.writeHead(200, { 'content-type': 'application/json' });
				response.write('{"data":[');
				while (!response.destroyed && sent < 200_000_000) {
					sent += 64_000;
					if (!response.write(`${'"xxxxxx",'.repeat(7000)}\n`)) await pause(1);
				}
				response.destroy();
			}),
			{ provider: sync },
		);
		expectFailedItem(run.edited[0], 0, { errorKind: 'unknownOutcome' });
		// It hangs up long before the host is tired.
		expect(sent).toBeLessThan(100_000_000);
		expect(seconds).toBeLessThan(12);
	});

	onStage('an image in the answer that never ends', async (stage) => {
		const { run, seconds } = await meet(
			stage,
			withImages(async (_request, response) => {
				response.writeHead(200, { 'content-type': 'application/json' });
				response.write(
					`{"data":[{"b64_json":"${plainPng(500, 500).subarray(0, 600).toString('base64')}`,
				);
				while (!response.destroyed) {
					if (!response.write('AAAA'.repeat(16_000))) await pause(1);
				}
			}),
			{ provider: sync, options: { timeoutSeconds: 3, maxImageMegabytes: 1 } },
		);
		const { error } = expectFailedItem(run.edited[0], 0, {});
		expect(error).toMatch(/may have been billed/);
		expect(seconds).toBeLessThan(8);
	});

	onStage('40 images in one answer', async (stage) => {
		const image = largeImage.toString('base64');
		const { run } = await meet(
			stage,
			withImages((_request, response) =>
				sendJson(response, { data: Array.from({ length: 40 }, () => ({ b64_json: image })) }),
			),
			{ provider: sync },
		);
		// Sixteen come out, because they were paid for; the others are named.
		expect(run.edited).toHaveLength(16);
		expect(run.edited[15]!.json).toMatchObject({ index: 15, count: 40 });
		const warnings = run.edited[0]!.json.warnings as string[];
		expect(warnings).toHaveLength(24);
		expect(warnings[0]).toMatch(/^Image 17 of 40 is missing: .*more than 16 images/);
	});

	onStage('an image in the answer that is larger than allowed', async (stage) => {
		const { run } = await meet(
			stage,
			withImages((_request, response) =>
				sendJson(response, { data: [{ b64_json: largeImage.toString('base64') }] }),
			),
			{ provider: sync, options: { maxImageMegabytes: 0.1 } },
		);
		const { error } = expectFailedItem(run.edited[0], 0, { errorKind: 'provider' });
		expect(error).toMatch(/larger than.*may have been billed/);
	});

	onStage(
		'an image in the answer that stops early: put out at once, with a warning',
		async (stage) => {
			const cut = plainPng(500, 500).subarray(0, 700).toString('base64');
			const { run, seconds } = await meet(
				stage,
				withImages((_request, response) => sendJson(response, { data: [{ b64_json: cut }] })),
				{ provider: sync },
			);
			expect(run.edited[0]!.json).toMatchObject({
				status: 'completed',
				warnings: [expect.stringMatching(/may be incomplete/)],
			});
			// What was in the answer does not get better by waiting.
			expect(seconds).toBeLessThan(5);
		},
	);

	onStage('names of the prototype', async (stage) => {
		const { run } = await meet(
			stage,
			withImages((_request, response, { origin }) =>
				sendJson(
					response,
					`{"__proto__":{"polluted":true},"data":[{"url":"${origin}/result.png","__proto__":{"polluted":true}}],"usage":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}`,
				),
			),
			{ provider: sync },
		);
		expect(run.edited[0]!.json.status).toBe('completed');
		expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
	});

	onStage('words with control characters and without end', async (stage) => {
		const words = `\u001b[31mred\u0000\r\n\u202e${'long '.repeat(100_000)}`;
		const { run } = await meet(
			stage,
			withImages((_request, response) =>
				sendJson(response, { message: words, error: { message: words, code: words } }, 400),
			),
			{ provider: sync },
		);
		const { error } = expectFailedItem(run.edited[0], 0, { errorKind: 'input' });
		expect(error.length).toBeLessThan(2000);
		// eslint-disable-next-line no-control-regex
		expect(error).not.toMatch(/[\u0000-\u001f\u202e]/);
	});
});

describe('HTTP 200 with a limit inside (ModelsLab sends its errors so)', () => {
	const busy = {
		kind: 'errorInside200',
		provider: 'modelsLab',
		message: 'Rate limit exceeded. Maximum 5 queued requests allowed. Retry after 1 seconds.',
		times: 1,
	} as const;

	for (const route of ['submit', 'read'] as const) {
		onStage(
			`of a ${route} is waited out, and no other item goes in between`,
			async (stage) => {
				stage.emulator.faults.add({ ...busy, route });
				const run = await stage.succeed({
					provider: 'modelsLab',
					items: [stage.item(), stage.item()],
					images: [{ source: 'url', url: stage.emulator.hostImage(plainPng(500, 500)) }],
					options: { maxConcurrency: 1 },
				});
				expect(run.edited.map(({ json }) => json.status)).toEqual(['completed', 'completed']);
				expect(stage.emulator.ledger).toHaveLength(2);
				const requests = stage.emulator.requests.filter(({ server }) => server === 'api');
				const at = requests.findIndex(({ fault }) => fault === 'errorInside200');
				expect(requests[at + 1]!.at - requests[at]!.at).toBeGreaterThanOrEqual(998);
			},
			{ editImages: false, taskSeconds: 0.2 },
		);
	}
});

describe.each(providerIds)('the credential of %s', (provider) => {
	const key = 'key-of-the-hostile-tests';
	const wrong: Array<[string, Record<string, string>, RegExp]> = [
		['a line break in the key', { apiKey: `${key}\r\nX-Injected: yes` }, /API key/],
		['a space in the key', { apiKey: `${key} ${key}` }, /API key/],
		['an invisible character in the key', { apiKey: `${key}\u200b${key}` }, /API key/],
		['a foreign letter in the key', { apiKey: `${key}ключ` }, /API key/],
		['http:// to a public host', { baseUrl: 'http://api.example.com/v1' }, /in the clear/],
		['http:// to a public address', { baseUrl: 'http://8.8.8.8' }, /in the clear/],
		['another scheme', { baseUrl: 'ftp://api.example.com' }, /ftp:/],
		['a password in the base URL', { baseUrl: 'https://me:secret@api.example.com' }, /password/],
		['no URL as base URL', { baseUrl: 'api.example.com' }, /complete URL/],
	];
	for (const [name, data, words] of wrong) {
		onStage(`${name} is told, and nothing is sent`, async (stage) => {
			await stage.saveCredential('wrong', provider, data);
			const run = await stage.run({ provider, credential: 'wrong' });
			expect(run.status).toBe('error');
			expect(run.error!.message).toMatch(words);
			expect(run.error).toMatchObject({ context: { errorKind: 'credential' } });
			expect(stage.emulator.requests).toEqual([]);
			expect(run.stored()).not.toContain('secret@');
		});
	}

	onStage('may be restricted to domains, and the node obeys', async (stage) => {
		const restricted = { allowedHttpRequestDomains: 'domains', allowedDomains: 'example.com' };
		await stage.saveCredential('restricted', provider, restricted);
		const run = await stage.run({
			provider,
			credential: 'restricted',
			options: { timeoutSeconds: 1 },
			images: [{ source: 'url', url: stage.emulator.hostImage(plainPng(500, 500)) }],
		});
		expect(run.status).toBe('error');
		expect(run.error!.message).toContain('does not allow');
		expect(stage.emulator.requests.filter(({ server }) => server === 'api')).toEqual([]);

		// Restricted, but to nothing: n8n's own check throws before anything is sent.
		await stage.saveCredential('nowhere', provider, { ...restricted, allowedDomains: '' });
		const nowhere = await stage.run({
			provider,
			credential: 'nowhere',
			options: { timeoutSeconds: 1 },
			images: [{ source: 'url', url: stage.emulator.hostImage(plainPng(500, 500)) }],
		});
		expect(nowhere.error!.message).toContain('does not allow');
		expect(stage.emulator.requests.filter(({ server }) => server === 'api')).toEqual([]);

		await stage.saveCredential('allowed', provider, { ...restricted, allowedDomains: '127.0.0.1' });
		const allowed = await stage.succeed({ provider, credential: 'allowed' });
		expect(allowed.edited[0]!.json.status).toBe('completed');
		expect(stage.emulator.ledger).toHaveLength(1);
	});

	onStage('goes nowhere after a redirect, not even on its own origin', async (stage) => {
		const apiKey = stage.emulator.key(provider);
		const { run, host } = await meet(
			stage,
			withImages((_request, response, { origin }) => {
				response.writeHead(307, { location: `${origin}/elsewhere` }).end();
			}),
			{ provider },
		);
		expectFailedItem(run.edited[0], 0, { errorKind: 'provider' });
		expect(host.requests.filter(({ path }) => path.includes('elsewhere'))).toEqual([]);
		const place = findProvider(provider)!.credential.key.kind;
		const sent = host.requests.filter(({ method }) => method === 'POST');
		expect(sent).toHaveLength(1);
		expect(sent[0]!.path).not.toContain(apiKey);
		if (place === 'body') expect(sent[0]!.headers.authorization).toBeUndefined();
	});
});
