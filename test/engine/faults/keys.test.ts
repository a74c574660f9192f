/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { engineLog } from '../stage/workflow/log';
import { onStage, providerIds, taskProviderIds } from '../stage/scenario';
import { type RawHandler, sendJson, startRawHost } from './hosts/rawHost';
import { keyForms, keyIn } from './hosts/keyForms';
import { Redaction } from '../../../nodes/QwenImageEdit/wire/text/redaction';
import { plainPng, type ProviderId } from '../../emulator';

import { inspect } from 'node:util';

/** With what is written differently in URLs, JSON, HTML and base64. */
const key = 'sk-Hostile+/=&%.~_key-4711-0815-tail';

/** Ways in which a host may hand the key back. */
type Place = (
	said: string,
	origin: string,
) => Parameters<typeof sendJson>[1] | { headers: Record<string, string> };

const places: Record<string, { status: number; answer: Place }> = {
	'the message of a refusal': {
		status: 400,
		answer: (said) => ({ message: said, error: { message: said, code: said, type: said } }),
	},
	'the suggestion of a refusal': {
		status: 400,
		answer: (said) => ({ error: { message: 'no', fallback_suggestion: said, suggestion: said } }),
	},
	'a list of details': {
		status: 422,
		answer: (said) => ({ detail: [{ loc: ['body', said], msg: said }] }),
	},
	'the request id': {
		status: 500,
		answer: (said) => ({
			message: 'no',
			requestId: said,
			request_id: said,
			error: { message: 'no', param: said },
		}),
	},
	'the page of a gateway': {
		status: 502,
		answer: (said) => `<html><title>${said}</title>${said}</html>`,
	},
	'a text that is no JSON': { status: 200, answer: (said) => `upstream said: ${said}` },
	'an error inside 200': {
		status: 200,
		answer: (said) => ({ status: 'error', message: said, error: { message: said } }),
	},
	'usage, model, task id and unknown fields of a success': {
		status: 200,
		answer: (said, origin) => ({
			id: said,
			status: 'completed',
			model: said,
			usage: { [said]: said, nested: [{ said }] },
			results: [`${origin}/result/${encodeURIComponent(said)}.png`],
			output: [`${origin}/result/${encodeURIComponent(said)}.png`],
			data: [{ url: `${origin}/result/${encodeURIComponent(said)}.png` }],
			[said]: said,
		}),
	},
	'a result that is no link': {
		status: 200,
		answer: (said) => ({
			status: 'success',
			output: [said],
			data: [{ url: said, b64_json: said }],
			results: [said],
		}),
	},
};

function handler(
	provider: ProviderId,
	form: (sent: string) => string,
	place: keyof typeof places,
): RawHandler {
	return (request, response, { origin }) => {
		// Whatever it is told to download is gone: nothing is waited for.
		if (request.method === 'GET') return void response.writeHead(403).end();
		// As it was sent: in the header, or in the body.
		const sent =
			/^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ??
			/"key":("(?:[^"\\]|\\.)*")/.exec(request.body)?.[1] ??
			'""';
		const plain = sent.startsWith('"') ? (JSON.parse(sent) as string) : sent;
		expect([provider, plain]).toEqual([provider, key]);
		const { status, answer } = places[place]!;
		const said = `Incorrect API key provided: ${form(plain)}. Check it.`;
		sendJson(response, answer(said, origin), status, { 'x-request-id': form(plain) });
	};
}

describe.each(providerIds)('%s echoes the key it was sent', (provider) => {
	for (const place of Object.keys(places)) {
		onStage(`in ${place}: it is nowhere in the execution or the log`, async (stage) => {
			const found: string[] = [];
			for (const [name, form] of Object.entries(keyForms)) {
				const host = await startRawHost(handler(provider, form, place));
				try {
					await stage.saveCredential('echo', provider, {
						apiKey: ` Bearer ${key} `,
						baseUrl: host.origin,
					});
					for (const node of [{}, { onError: 'continueRegularOutput' as const }]) {
						const run = await stage.run({
							provider,
							credential: 'echo',
							images: [{ source: 'url', url: `${host.origin}/photo.png` }],
							options: { timeoutSeconds: 1 },
							node,
						});
						expect(host.requests.length).toBeGreaterThan(0);
						const hidden = inspect(run.error, { depth: 8, showHidden: true });
						const logged = JSON.stringify(engineLog.splice(0));
						for (const text of [run.stored(), hidden, logged]) {
							const leak = keyIn(text, key);
							if (leak !== undefined) found.push(`${name}: ${leak}`);
						}
					}
				} finally {
					await host.stop();
				}
			}
			expect(found).toEqual([]);
		});
	}
});

describe('a key that is cut', () => {
	const cuts = Array.from({ length: 12 }, (_, index) => 560 + index * 4);
	onStage('with the long message it stands in is not there in part', async (stage) => {
		const found: string[] = [];
		for (const before of cuts) {
			const host = await startRawHost((_request, response) => {
				const said = `${'x'.repeat(before)} ${key} and more`;
				sendJson(response, { message: said }, 400);
			});
			try {
				await stage.saveCredential('echo', 'aiml', { apiKey: key, baseUrl: host.origin });
				const run = await stage.run({
					provider: 'aiml',
					credential: 'echo',
					images: [{ source: 'url', url: 'https://photos.example.com/photo.png' }],
				});
				const leak = keyIn(run.stored(), key);
				if (leak !== undefined) found.push(`behind ${before} characters: ${leak}`);
			} finally {
				await host.stop();
			}
		}
		expect(found).toEqual([]);
	});
});

describe.each(taskProviderIds)('%s', (provider) => {
	onStage('the key goes to the provider alone, in every step of an edit', async (stage) => {
		await stage.succeed({ provider });
		const mine = stage.emulator.key(provider);
		for (const request of stage.emulator.requests) {
			const carries = keyIn(JSON.stringify([request.path, request.headers, request.body]), mine);
			expect([request.server, carries === undefined]).toEqual([
				request.server,
				request.server !== 'api',
			]);
		}
	});
});

test('an image is no place for a key: what is looked for is found', () => {
	for (const form of Object.values(keyForms)) {
		expect(keyIn(`before ${form(key)} after`, key)).toBeDefined();
	}
	expect(keyIn(plainPng(10, 10).toString('base64'), key)).toBeUndefined();
});

describe('looking for a key takes no time worth naming', () => {
	const size = 60_000;
	test.each([
		['backslashes', '\\'.repeat(size)],
		['percent signs', '%25'.repeat(size / 3)],
		['percent signs of percent signs', `%${'25'.repeat(size / 2)}`],
		['entities', '&amp;'.repeat(size / 5)],
		['entities of entities', `&${'amp;'.repeat(size / 4)}`],
		['numbers of entities', `&#${'0'.repeat(size)}`],
		['escapes', '\\u00'.repeat(size / 5)],
		['the first letter', 's'.repeat(size)],
		['the beginning of the key', key.slice(0, 11).repeat(size / 11)],
		[
			'base64',
			Buffer.from(key)
				.toString('base64')
				.slice(0, 15)
				.repeat(size / 15),
		],
	])('in a text of %s', (_name, text) => {
		const redaction = new Redaction([key]);
		const started = performance.now();
		redaction.text(text);
		expect(performance.now() - started).toBeLessThan(500);
	});
});
