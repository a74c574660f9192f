/* eslint-disable @n8n/community-nodes/no-restricted-globals -- tests never ship */
import fc from 'fast-check';

import { readFetchUrl, sameOrigin } from '../../../nodes/QwenImageEdit/wire/webUrl';
import { errorKinds } from '../../../nodes/QwenImageEdit/edit/fault';
import { longStringBytes, sieveJson } from '../../../nodes/QwenImageEdit/wire/json/jsonSieve';
import { Redaction } from '../../../nodes/QwenImageEdit/wire/text/redaction';
import { requestEnds } from '../../../nodes/QwenImageEdit/edit/retry';
import { aiml } from '../../../nodes/QwenImageEdit/providers/aiml';
import type { Fetched } from '../../../nodes/QwenImageEdit/run/ports';
import { bitmap } from '../../pure/image/imageFiles';
import { plainPng } from '../../emulator';
import { type FakeAnswer, fakeContext, fakeRoute, inPieces } from './hosts/fakeContext';
import { keyForms, keyIn } from './hosts/keyForms';
import { isInside } from './hosts/privateNetworks';

/**
 * The plain run takes few cases, always the same ones; with FUZZ_RUNS each run explores new ones, unless
 * FUZZ_SEED repeats an old one.
 */
const runs = Number(process.env.FUZZ_RUNS ?? 300);
const seed =
	process.env.FUZZ_SEED ?? (process.env.FUZZ_RUNS === undefined ? '20260101' : undefined);
const settings = { numRuns: runs, ...(seed === undefined ? {} : { seed: Number(seed) }) };
const patience = 60_000 + runs * 40;
/** Where each case makes the patterns of a new key, which takes longer than all else together. */
const fewer = { ...settings, numRuns: Math.max(Math.min(runs, 300), Math.ceil(runs / 10)) };

const within = { index: 0, timeoutSeconds: 30, signal: new AbortController().signal };
const publicBase = { baseUrl: 'https://api.example.com', allowPrivateNetwork: false };
const plainCredential = { key: 'key-of-the-test', baseUrl: publicBase.baseUrl, data: {} };
const url = 'https://results.example.com/image.png';
const maximumBytes = 1_000_000;

/** Whole images of types whose end can be told. */
const images = [
	plainPng(8, 8),
	plainPng(700, 500, [1, 2, 3]),
	bitmap(33, 20),
	// A WebP by its chunks: RIFF, which holds 356 bytes, and in it one of 344.
	Buffer.concat([
		Buffer.from('RIFF'),
		Buffer.from([0x64, 1, 0, 0]),
		Buffer.from('WEBPVP8 '),
		Buffer.from([0x58, 1, 0, 0]),
		Buffer.alloc(344, 7),
	]),
];
const image = fc.constantFrom(...images);
const cuts = fc.array(fc.integer({ min: 1, max: 3000 }), { maxLength: 30 });
const tiny = fc.array(fc.constant(1), { minLength: 1, maxLength: 200 });
const lengths = fc.oneof(cuts, tiny);
const noise = fc.uint8Array({ maxLength: 4000 }).map((bytes) => Buffer.from(bytes));
const page = fc.constantFrom(
	'<!DOCTYPE html><title>Just a moment...</title>',
	'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
	'{"error":"expired"}',
	'',
	'BM and so on, a text',
	'GIF8 is a format',
);

function checkTyped(fetched: Fetched): void {
	if (fetched.kind === 'stored') {
		expect(fetched.image.bytes).toBeLessThanOrEqual(maximumBytes);
		expect(fetched.image.facts.mimeType).toMatch(/^image\//);
		return;
	}
	expect(fetched.kind).toBe('failed');
	if (fetched.kind !== 'failed') return;
	expect(requestEnds).toContain(fetched.end);
	expect(errorKinds).toContain(fetched.fault.kind);
	expect(fetched.fault.message).not.toBe('');
	expect(fetched.fault.message.length).toBeLessThan(1000);
	// eslint-disable-next-line no-control-regex
	expect(fetched.fault.message).not.toMatch(/[\u0000-\u001f]/);
}

async function download(answer: FakeAnswer): Promise<{ fetched: Fetched; stored: Buffer[] }> {
	const { context, stored } = fakeContext(answer);
	const { store } = fakeRoute(context, aiml, plainCredential, maximumBytes);
	const fetched = await store.fetch({ url }, within);
	checkTyped(fetched);
	if (fetched.kind === 'failed') expect(fetched.fault.url).toBe(url);
	return { fetched, stored };
}

describe('the image reader', () => {
	test(
		'stores a whole image byte for byte, however it arrives',
		async () => {
			await fc.assert(
				fc.asyncProperty(image, lengths, fc.boolean(), async (bytes, pieces, announced) => {
					const headers: Record<string, string> = announced
						? { 'content-length': String(bytes.length) }
						: {};
					const { fetched, stored } = await download({ headers, chunks: inPieces(bytes, pieces) });
					expect(fetched.kind).toBe('stored');
					expect(stored).toHaveLength(1);
					expect(stored[0]!.equals(bytes)).toBe(true);
				}),
				settings,
			);
		},
		patience,
	);

	test(
		'never takes an image that was cut off, with or without an announced length',
		async () => {
			const ways = fc.constantFrom('announced', 'consistent', 'none', 'broken');
			await fc.assert(
				fc.asyncProperty(
					image,
					fc.double({ min: 0, max: 1, noNaN: true }),
					lengths,
					ways,
					async (whole, share, pieces, way) => {
						// The last twelve bytes are the trailer itself.
						const bytes = whole.subarray(0, Math.floor(share * (whole.length - 12)));
						const length = way === 'announced' ? whole.length : bytes.length;
						const { fetched } = await download({
							headers: way === 'none' ? {} : { 'content-length': String(length) },
							chunks: inPieces(bytes, pieces),
							breaks: way === 'broken',
						});
						expect(fetched.kind).toBe('failed');
					},
				),
				settings,
			);
		},
		patience,
	);

	test(
		'never takes anything else for an image, whatever it is called',
		async () => {
			const other = fc.oneof(
				noise.filter((bytes) => bytes[0] !== 0x89 && bytes[0] !== 0xff),
				page.map((text) => Buffer.from(text)),
				fc
					.tuple(page, image)
					.map(([text, bytes]) => Buffer.concat([Buffer.from(`${text} `), bytes])),
			);
			const status = fc.constantFrom(
				200,
				200,
				200,
				204,
				206,
				301,
				400,
				403,
				404,
				410,
				429,
				500,
				503,
			);
			await fc.assert(
				fc.asyncProperty(other, lengths, status, async (bytes, pieces, statusCode) => {
					const { fetched } = await download({
						status: statusCode,
						headers: { 'content-type': 'image/png', 'retry-after': '1' },
						chunks: inPieces(bytes, pieces),
					});
					expect(fetched.kind).toBe('failed');
				}),
				settings,
			);
		},
		patience,
	);

	test(
		'stops at the largest size',
		async () => {
			const count = fc.integer({ min: 2, max: 40 });
			await fc.assert(
				fc.asyncProperty(count, fc.boolean(), async (megabytes, announced) => {
					const start = plainPng(8, 8).subarray(0, 60);
					const chunks = [start, ...Array.from({ length: megabytes }, () => Buffer.alloc(700_000))];
					const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
					const { fetched, stored } = await download({
						headers: announced ? { 'content-length': String(length) } : {},
						chunks,
					});
					expect(fetched).toMatchObject({ kind: 'failed', end: 'clientError' });
					expect(stored).toEqual([]);
				}),
				{ ...settings, numRuns: Math.ceil(runs / 10) },
			);
		},
		patience,
	);
});

/** Ways in which hosts write base64. */
const writings: Record<string, (bytes: Buffer) => string> = {
	plain: (bytes) => bytes.toString('base64'),
	'for URLs': (bytes) => bytes.toString('base64url'),
	'without padding': (bytes) => bytes.toString('base64').replace(/=+$/, ''),
	'in lines': (bytes) => bytes.toString('base64').replace(/.{76}/g, '$&\r\n'),
	'as a data URI': (bytes) => `data:image/png;base64,${bytes.toString('base64')}`,
};

describe('images inside of an answer', () => {
	const credential = { key: 'key-of-the-fuzz-test', baseUrl: 'https://api.example.com', data: {} };
	const large = [
		plainPng(8, 8),
		// A PNG by its chunks: header, 90 000 bytes of data with a checksum, end.
		Buffer.concat([
			plainPng(3, 3).subarray(0, 33),
			Buffer.from([0, 1, 0x5f, 0x90]),
			Buffer.from('IDAT'),
			Buffer.alloc(90_004, 'pixels'),
			plainPng(3, 3).subarray(-12),
		]),
		bitmap(300, 200),
	];

	async function ask(text: string, pieces: readonly number[]) {
		const { context, stored } = fakeContext({ chunks: inPieces(Buffer.from(text), pieces) });
		const { store, transport } = fakeRoute(context, aiml, credential, maximumBytes);
		const answer = await transport.send(
			{ purpose: 'submit', method: 'POST', path: '/v1/x', json: {} },
			within,
		);
		return { answer, store, stored };
	}

	test(
		'arrive byte for byte, however they are written and cut',
		async () => {
			const one = fc.tuple(fc.constantFrom(...large), fc.constantFrom(...Object.keys(writings)));
			const many = fc.array(one, { minLength: 1, maxLength: 3 });
			const wide = fc.array(fc.integer({ min: 1, max: 90_000 }), { maxLength: 12 });
			await fc.assert(
				fc.asyncProperty(many, fc.oneof(wide, tiny), async (list, pieces) => {
					const json = {
						created: 1,
						data: list.map(([bytes, writing]) => ({ b64_json: writings[writing]!(bytes) })),
						usage: { note: 'behind the images' },
					};
					const { answer, store, stored } = await ask(JSON.stringify(json), pieces);
					expect(answer.kind).toBe('reply');
					if (answer.kind !== 'reply') return;
					const outcome = aiml.submit.decode(answer.reply);
					expect(outcome).toMatchObject({ state: 'completed', usage: json.usage });
					if (outcome.state !== 'completed') return;
					expect(outcome.images).toHaveLength(list.length);
					for (const [index, held] of outcome.images.entries()) {
						const fetched = await store.fetch(held, within);
						expect(fetched.kind).toBe('stored');
						if (fetched.kind !== 'stored') continue;
						const { id } = fetched.image.stored as { id: string };
						expect(stored[Number(id.split('-')[1])]!.equals(list[index]![0])).toBe(true);
					}
				}),
				{ ...settings, numRuns: Math.ceil(runs / 3) },
			);
		},
		patience,
	);

	test(
		'that are spoilt are never put out',
		async () => {
			const spoiling = fc.constantFrom('é', '!', '<html>', '\\u0000');
			const place = fc.double({ min: 0, max: 1, noNaN: true });
			await fc.assert(
				fc.asyncProperty(
					fc.constantFrom(...large),
					spoiling,
					place,
					lengths,
					async (bytes, foreign, at, pieces) => {
						const text = bytes.toString('base64');
						const cut = Math.floor(at * text.length);
						const spoilt = `${text.slice(0, cut)}${foreign}${text.slice(cut)}`;
						const { answer, store, stored } = await ask(
							`{"data":[{"b64_json":"${spoilt}"}]}`,
							pieces,
						);
						if (answer.kind !== 'reply') return;
						const outcome = aiml.submit.decode(answer.reply);
						if (outcome.state !== 'completed') return;
						const fetched = await store.fetch(outcome.images[0]!, within);
						checkTyped(fetched);
						expect(fetched.kind).toBe('failed');
						expect(stored).toEqual([]);
					},
				),
				{ ...settings, numRuns: Math.ceil(runs / 3) },
			);
		},
		patience,
	);
});

describe('the sieve', () => {
	test(
		'loses nothing: the text is the same again, long texts are what they were',
		async () => {
			const long = fc
				.tuple(fc.integer({ min: longStringBytes + 1, max: longStringBytes + 5000 }), fc.nat(63))
				.map(([length, start]) => {
					const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
					return Array.from({ length: 64 }, (_, index) => letters[(start + index * 7) % 64])
						.join('')
						.repeat(Math.ceil(length / 64))
						.slice(0, length);
				});
			const value = fc.oneof(
				{ weight: 5, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
				{ weight: 1, arbitrary: long },
			);
			const json = fc.dictionary(fc.string({ maxLength: 8 }), value, { maxKeys: 5 });
			const pieces = fc.array(fc.integer({ min: 1, max: 40_000 }), { maxLength: 20 });
			await fc.assert(
				fc.asyncProperty(json, fc.oneof(pieces, tiny), async (object, at) => {
					const text = JSON.stringify(object);
					const left: Buffer[] = [];
					const longs: Buffer[] = [];
					let open: Buffer[] = [];
					async function* arriving(): AsyncGenerator<Buffer> {
						yield* inPieces(Buffer.from(text), at);
					}
					for await (const piece of sieveJson(arriving())) {
						if (piece.kind === 'text') left.push(Buffer.from(piece.bytes));
						else if (piece.kind === 'long') open.push(Buffer.from(piece.bytes));
						else {
							left.push(Buffer.from(`long ${longs.length}"`));
							longs.push(Buffer.concat(open));
							open = [];
						}
					}
					const again = JSON.parse(Buffer.concat(left).toString('utf8'), (_, entry: unknown) => {
						const at = typeof entry === 'string' ? /^long (\d+)$/.exec(entry)?.[1] : undefined;
						return at === undefined ? entry : longs[Number(at)]!.toString('latin1');
					}) as unknown;
					expect(again).toEqual(JSON.parse(text));
				}),
				settings,
			);
		},
		patience,
	);
});

describe('the address rule', () => {
	const byte = fc.nat(255);
	/** Networks in which a random address would seldom lie. */
	const starts = [
		[10],
		[127],
		[100, 64],
		[100, 127],
		[169, 254],
		[172, 16],
		[172, 31],
		[192, 168],
		[192, 0],
		[198, 18],
		[203, 0],
	];
	const four = fc
		.tuple(fc.constantFrom([], [], [], ...starts), byte, byte, byte, byte)
		.map(
			([start, ...bytes]) => [...start, ...bytes].slice(0, 4) as [number, number, number, number],
		);
	const written = fc.tuple(four, fc.nat(7)).map(([[a, b, c, d], form]) => {
		const number = ((a * 256 + b) * 256 + c) * 256 + d;
		const hex = (one: number, two: number): string => (one * 256 + two).toString(16);
		return [
			`${a}.${b}.${c}.${d}`,
			String(number),
			`0x${number.toString(16)}`,
			`0${a.toString(8)}.0${b.toString(8)}.0${c.toString(8)}.0${d.toString(8)}`,
			`${a}.${b * 65536 + c * 256 + d}`,
			`[::ffff:${hex(a, b)}:${hex(c, d)}]`,
			`[::ffff:${a}.${b}.${c}.${d}]`,
			`[64:ff9b::${hex(a, b)}:${hex(c, d)}]`,
		][form]!;
	});
	const host = fc.oneof(
		{ weight: 4, arbitrary: written },
		{ weight: 2, arbitrary: fc.ipV6().map((address) => `[${address}]`) },
		{ weight: 2, arbitrary: fc.domain() },
		fc.constantFrom(
			'localhost',
			'LOCALHOST.',
			'n8n',
			'db.internal',
			'x.local',
			'①②⑦.⓪.⓪.①',
			'loc%61lhost',
			'127.0.0.1.',
			'example.com',
			'',
		),
		fc.string({ maxLength: 12 }),
	);
	const scheme = fc.constantFrom(
		'http://',
		'https://',
		'HTTP://',
		'http:\\\\',
		'http:/',
		'https:',
		'ftp://',
		'file://',
		'javascript:',
		'data:',
		'//',
		' http://',
		'\thttp://',
	);
	const user = fc.constantFrom('', '', '', 'me@', 'me:word@', '@', ':@', '127.0.0.1@');
	const rest = fc.constantFrom(
		'',
		'/',
		':80/',
		':8080/x.png?y=%2F#z',
		'\\x',
		'?@example.com',
		'#@example.com',
		'/\r\nx',
	);
	const address = fc.oneof(
		{ weight: 5, arbitrary: fc.tuple(scheme, user, host, rest).map((parts) => parts.join('')) },
		fc.webUrl(),
		fc.string({ unit: 'binary', maxLength: 60 }),
	);

	test(
		'lets nothing through to a private network, and nothing but web addresses',
		() => {
			fc.assert(
				fc.property(address, (text) => {
					const read = readFetchUrl(text, publicBase);
					if ('reason' in read) {
						expect(read.reason).not.toBe('');
						return;
					}
					// What the HTTP client will make of the text, not what we make of it.
					const target = new URL(text);
					expect(['http:', 'https:']).toContain(target.protocol);
					expect(`${target.username}${target.password}`).toBe('');
					expect(isInside(target.hostname)).toBe(false);
				}),
				{ ...settings, numRuns: runs * 5 },
			);
		},
		patience,
	);

	test(
		'lets public addresses through',
		() => {
			fc.assert(
				fc.property(fc.webUrl(), (text) => {
					const { hostname } = new URL(text);
					expect('url' in readFetchUrl(text, publicBase)).toBe(!isInside(hostname));
				}),
				settings,
			);
		},
		patience,
	);

	test(
		'calls two addresses of one origin only when a browser does',
		() => {
			fc.assert(
				fc.property(address, address, (one, other) => {
					if (!sameOrigin(one, other)) return;
					const [first, second] = [new URL(one), new URL(other)];
					expect([first.protocol, first.host]).toEqual([second.protocol, second.host]);
				}),
				settings,
			);
		},
		patience,
	);
});

describe('keys', () => {
	const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-+/=~%&';
	const key = fc
		.array(fc.constantFrom(...letters), { minLength: 16, maxLength: 90 })
		.map((list) => list.join(''))
		// A key of one letter would be found in any text of that letter.
		.filter((text) => new Set(text).size > 8);
	const around = fc.string({ maxLength: 30 });
	const form = fc.constantFrom(...Object.values(keyForms));

	test(
		'are in no text, however they are written and whatever is around them',
		() => {
			fc.assert(
				fc.property(key, form, around, around, (secret, write, before, after) => {
					const text = `${before} ${write(secret)} ${after}`;
					expect(keyIn(text, secret)).toBeDefined();
					expect(keyIn(new Redaction([secret]).text(text), secret)).toBeUndefined();
				}),
				fewer,
			);
		},
		patience,
	);

	test(
		'are in no value, neither in names nor deep inside',
		() => {
			fc.assert(
				fc.property(
					key,
					form,
					fc.jsonValue({ maxDepth: 3 }),
					fc.nat(14),
					(secret, write, inner, depth) => {
						const said = write(secret);
						let value: unknown = { inner, said, [said]: [said] };
						for (let level = 0; level < depth; level += 1)
							value = level % 2 ? [value] : { [said]: value };
						const clean = new Redaction([secret, 'another-key-that-is-not-there']).value(value);
						expect(keyIn(JSON.stringify(clean), secret)).toBeUndefined();
					},
				),
				fewer,
			);
		},
		patience,
	);

	test(
		'are in no message of a host that was cut in the middle of them',
		async () => {
			const length = fc.integer({ min: 150, max: 620 });
			const forms = fc.constantFrom('json', 'page', 'text');
			await fc.assert(
				fc.asyncProperty(key, length, forms, async (secret, before, way) => {
					const said = `${'x'.repeat(before)} ${secret} and more`;
					const text = {
						json: JSON.stringify({ message: said }),
						page: `<html>${said}`,
						text: said,
					}[way]!;
					const { context } = fakeContext({ status: 400, chunks: [Buffer.from(text)] });
					const credential = { key: secret, baseUrl: 'https://api.example.com', data: {} };
					const { transport } = fakeRoute(context, aiml, credential, maximumBytes);
					const answer = await transport.send(
						{ purpose: 'submit', method: 'POST', path: '/v1/x', json: {} },
						within,
					);
					expect(answer.kind).toBe('reply');
					if (answer.kind !== 'reply') return;
					const outcome = JSON.stringify(aiml.submit.decode(answer.reply));
					expect(outcome).toContain('xxx');
					expect(keyIn(outcome, secret)).toBeUndefined();
				}),
				fewer,
			);
		},
		patience,
	);
});
