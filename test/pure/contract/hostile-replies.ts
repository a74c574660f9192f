import fc, { type Arbitrary } from 'fast-check';

import type { Reply } from '../../../nodes/QwenImageEdit/wire/wire';
import { replyOf, type ReplyFixture } from './fixture';

const long = 'x'.repeat(1_000_000);

/** Texts that break naive readers: huge, invisible, markup, prototype names, numbers, halves of pairs. */
const hostileText = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 40 }),
	fc.constantFrom(
		'',
		' ',
		'0',
		'-1',
		'NaN',
		'1e999',
		'null',
		'undefined',
		'[object Object]',
		'__proto__',
		'constructor',
		'\u0000\u0007\u001b[31mred\r\n',
		'\u202egnp.exe',
		'\ud800',
		'<html><title></title><script>',
		`${'a'.repeat(599)}🦆${'b'.repeat(50)}`,
		'javascript:alert(1)',
		'https://example.com/result.png',
		'http://169.254.169.254/latest/meta-data',
		'https://evil.example/api/v6/image_editing/fetch/1',
		'retry after 99999999999 seconds',
		'success',
		'processing',
		'failed',
		'completed',
		'cancelled',
		'error',
	),
);

const deep = Array.from({ length: 2000 }).reduce<unknown>((inner) => ({ error: [inner] }), 'end');

const hostileValue: Arbitrary<unknown> = fc.oneof(
	{ weight: 6, arbitrary: hostileText },
	{
		weight: 4,
		arbitrary: fc.constantFrom<unknown>(
			null,
			true,
			false,
			0,
			-1,
			1.5,
			1e21,
			-0,
			[],
			{},
			[[]],
			[null],
			[{}],
		),
	},
	{ weight: 3, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
	{ weight: 2, arbitrary: fc.integer() },
	{ weight: 1, arbitrary: fc.constantFrom<unknown>(long, [long, long], { message: long }, deep) },
	{
		weight: 1,
		arbitrary: fc
			.constantFrom(
				'{"__proto__": {"polluted": true}}',
				'{"constructor": {"prototype": {"polluted": true}}}',
				'{"error": {"__proto__": {"message": "polluted"}}}',
				'{"__proto__": null, "status": "success", "toString": 1, "hasOwnProperty": 1}',
			)
			.map((text) => JSON.parse(text) as unknown),
	},
);

/** Names that adapters look at, and some that they must not trip over. */
const names = [
	'status',
	'id',
	'eta',
	'output',
	'future_links',
	'proxy_links',
	'fetch_result',
	'meta',
	'data',
	'url',
	'b64_json',
	'usage',
	'error',
	'message',
	'messege',
	'code',
	'type',
	'param',
	'detail',
	'msg',
	'results',
	'result_data',
	'image_url',
	'task_info',
	'estimated_time',
	'progress',
	'model',
	'retry_after',
	'retryAfter',
	'fallback_suggestion',
	'requestId',
	'request_id',
	'statusCode',
	'generationTime',
	'toString',
	'valueOf',
	'toJSON',
	'length',
	'__proto__',
];

const { body: hostileBody } = fc.letrec<{ body: unknown; record: Record<string, unknown> }>(
	(tie) => ({
		record: fc
			.uniqueArray(
				fc.tuple(fc.constantFrom(...names), fc.oneof({ maxDepth: 3 }, hostileValue, tie('body'))),
				{
					selector: ([name]) => name,
					maxLength: 8,
				},
			)
			// Through JSON.parse, where `__proto__` is a plain name, as in an answer.
			.map(
				(entries) =>
					JSON.parse(
						`{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value) ?? 'null'}`).join(',')}}`,
					) as Record<string, unknown>,
			),
		body: fc.oneof(
			{ maxDepth: 3 },
			hostileValue,
			tie('record'),
			fc.array(tie('record'), { maxLength: 3 }),
		),
	}),
);

/** All places in a JSON value, as paths; not the depths of a hostile one. */
function places(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
	const inner =
		typeof value === 'object' && value !== null && path.length < 8
			? Object.entries(value).flatMap(([name, entry]) =>
					places(entry, [...path, Array.isArray(value) ? Number(name) : name]),
				)
			: [];
	return [[...path], ...inner];
}

/** The same JSON value with another one at a place; only the way to it is copied. */
function withValueAt(
	root: unknown,
	[name, ...rest]: readonly (string | number)[],
	value: unknown,
): unknown {
	if (name === undefined) return value;
	const copy = (Array.isArray(root) ? [...(root as unknown[])] : { ...(root as object) }) as Record<
		string | number,
		unknown
	>;
	const inner = withValueAt(copy[name], rest, value);
	// Defined, not assigned: `__proto__` is a plain name in an answer.
	Object.defineProperty(copy, name, {
		value: inner,
		enumerable: true,
		configurable: true,
		writable: true,
	});
	return copy;
}

/** A documented answer with one place, or two, replaced by something hostile. */
function spoiled(files: readonly ReplyFixture[]): Arbitrary<unknown> {
	const bodies = files.flatMap(({ body }) =>
		typeof body === 'object' && body !== null ? [body] : [],
	);
	return fc
		.tuple(
			fc.constantFrom(...bodies),
			fc.nat(),
			hostileValue,
			fc.option(fc.tuple(fc.nat(), hostileValue)),
		)
		.map(([body, index, value, second]) => {
			const paths = places(body);
			const once = withValueAt(body, paths[index % paths.length]!, value);
			if (second === null) return once;
			const left = places(once);
			return withValueAt(once, left[second[0] % left.length]!, second[1]);
		});
}

const header = fc.constantFrom(
	'retry-after',
	'x-request-id',
	'cf-ray',
	'content-type',
	'location',
	'x-inference-id',
);
const headers = fc.dictionary(header, hostileText, { maxKeys: 3 });
const httpStatus = fc.constantFrom(
	200,
	200,
	200,
	201,
	202,
	204,
	301,
	400,
	401,
	402,
	403,
	404,
	408,
	409,
	413,
	422,
	425,
	429,
	500,
	502,
	503,
	504,
	524,
	599,
);

/** What the transport keeps of a body that is not JSON (`maximumTextLength`). */
export const keptText = 4096;

/** Answers as a broken, hostile or merely changed host would send them. */
export function hostileReply(files: readonly ReplyFixture[]): Arbitrary<Reply> {
	const json = fc
		.tuple(
			httpStatus,
			headers,
			fc.oneof({ weight: 2, arbitrary: spoiled(files) }, { weight: 1, arbitrary: hostileBody }),
		)
		.map(
			([status, sent, body]): Reply => ({
				httpStatus: status,
				headers: sent,
				json: body,
				text: 'a JSON body',
			}),
		);
	const text = fc
		.tuple(
			httpStatus,
			headers,
			fc.oneof(
				hostileText,
				fc
					.array(
						fc.constantFrom('<', '<title', '>', '</', '<!--', '&', '"', 'script', 'word ', '\n'),
						{ maxLength: 300 },
					)
					.map((parts) => parts.join('')),
			),
		)
		.map(
			([status, sent, body]): Reply => ({
				httpStatus: status,
				headers: sent,
				text: body.slice(0, keptText),
			}),
		);
	const asDocumented = fc
		.tuple(httpStatus, headers, fc.constantFrom(...files))
		.map(
			([status, sent, file]): Reply => ({ ...replyOf(file), httpStatus: status, headers: sent }),
		);
	return fc.oneof(
		{ weight: 6, arbitrary: json },
		{ weight: 1, arbitrary: text },
		{ weight: 1, arbitrary: asDocumented },
	);
}
