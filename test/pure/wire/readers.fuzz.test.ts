/* eslint-disable @n8n/community-nodes/no-restricted-globals -- tests never ship */
import fc from 'fast-check';

import { readOutcome } from '../../../nodes/QwenImageEdit/adapter/readOutcome';
import { errorKinds } from '../../../nodes/QwenImageEdit/edit/fault';
import { providers } from '../../../nodes/QwenImageEdit/providers';
import { findInAnswer } from '../../../nodes/QwenImageEdit/wire/answer/anyAnswer';
import { readJsonText } from '../../../nodes/QwenImageEdit/wire/json/jsonText';
import { Redaction } from '../../../nodes/QwenImageEdit/wire/text/redaction';
import { within } from '../contract/time-limit';

/** The plain run takes few answers, always the same; FUZZ_RUNS sets how many new ones. */
const runs = Number(process.env.FUZZ_RUNS ?? 1000);
const settings = {
	numRuns: runs,
	...(process.env.FUZZ_RUNS === undefined ? { seed: 20260101 } : {}),
};
const patience = 60_000 + runs * 10;

const sentKey = ['sk', 'fuzz', '0123456789abcdef'].join('-');

/** The names and values that readers look for, in every order and depth. */
const name = fc.oneof(
	fc.constantFrom(
		...[
			'data',
			'output',
			'outputs',
			'results',
			'images',
			'url',
			'b64_json',
			'image',
			'id',
			'task_id',
		],
		...[
			'taskId',
			'status',
			'state',
			'task',
			'error',
			'message',
			'input',
			'resultJson',
			'__proto__',
		],
	),
	fc.string({ maxLength: 6 }),
);
const leaf = fc.oneof(
	fc.constantFrom<unknown>(
		...[
			'queued',
			'success',
			'failed',
			'https://x.example/1.png',
			' https://x.example/2.png\n',
			'//x.example/3.png',
		],
		...[
			`data:image/png;base64,${'A'.repeat(80)}`,
			'A'.repeat(120),
			'held-0-abcdefgh',
			'{"output":["https://x.example/4.png"]}',
		],
		...[9007199254740991, 42, 0, true, null, sentKey, `Bearer ${sentKey}`, '..', '[1,2'],
	),
	fc.string({ unit: 'binary', maxLength: 40 }),
	fc.double(),
);
const { answer } = fc.letrec((tie) => ({
	answer: fc.oneof(
		{ maxDepth: 5, withCrossShrink: true },
		leaf,
		fc.array(tie('answer'), { maxLength: 4 }),
		fc.dictionary(name, tie('answer'), { maxKeys: 5 }),
	),
}));

const envelope = fc.constantFrom<(text: string) => string>(
	(text) => text,
	(text) => `\ufeff${text}`,
	(text) => `data: ${text}\n\ndata: [DONE]\n\n`,
	(text) => `${text} and more`,
	(text) => text.slice(0, Math.floor(text.length / 2)),
	(text) => text.slice(0, -1),
);

describe('the tolerant readers', () => {
	it(
		'end, do not throw, and give nothing but outcomes of the known forms',
		() => {
			const redaction = new Redaction([sentKey], { minimumLength: 8 });
			fc.assert(
				fc.property(
					answer,
					envelope,
					fc.constantFrom(...providers),
					fc.constantFrom(200, 202, 303, 400, 503),
					(value, wrap, provider, httpStatus) => {
						const text = redaction.text(wrap(JSON.stringify(value) ?? ''));
						const read = within(2000, () => readJsonText(text));
						const reply = {
							httpStatus,
							headers: {},
							text: text.slice(0, 4096),
							...(read === undefined ? {} : { json: read.json, isCut: read.isCut }),
						};
						const outcome = within(2000, () =>
							readOutcome(provider, reply, provider.submit.decode),
						);
						expect(['pending', 'completed', 'refused', 'malformed']).toContain(outcome.state);
						if (outcome.state === 'pending') {
							expect(outcome.taskId.trim()).not.toBe('');
							expect(provider.task).toBeDefined();
						}
						if (outcome.state === 'completed') {
							expect(outcome.images.length).toBeGreaterThan(0);
							expect(httpStatus).toBeLessThan(300);
						}
						if (outcome.state === 'refused') expect(errorKinds).toContain(outcome.fault.kind);
						expect(JSON.stringify(outcome)).not.toContain(sentKey);
						expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
					},
				),
				settings,
			);
		},
		patience,
	);

	it(
		'read any text',
		() => {
			const texts = fc.oneof(
				fc.string({ unit: 'binary', maxLength: 300 }),
				fc
					.array(
						fc.constantFrom(
							'{',
							'}',
							'[',
							']',
							'"',
							':',
							',',
							'\\',
							'data:',
							'\n\n',
							'1',
							'null',
							'"id"',
						),
						{ maxLength: 60 },
					)
					.map((parts) => parts.join('')),
			);
			fc.assert(
				fc.property(texts, (text) => {
					const read = within(1000, () => readJsonText(text));
					if (read !== undefined) within(1000, () => findInAnswer(read.json));
				}),
				settings,
			);
		},
		patience,
	);
});
