import * as fc from 'fast-check';

import {
	type EditRecord,
	madeOf,
	noteText,
	readNote,
	readRecord,
	recordText,
	taskOf,
} from '../../../nodes/QwenImageEdit/storage/record';

const head = { run: 'a'.repeat(32), payment: 'b'.repeat(32), at: 1_795_000_000_000 };

const records: EditRecord[] = [
	{ ...head, state: 'intent' },
	{ ...head, state: 'lost' },
	{ ...head, state: 'task', taskId: 'task-1' },
	{ ...head, state: 'task', taskId: 'task-1', isTold: true },
	{ ...head, state: 'task', taskId: 'task-1', readUrl: 'https://api.example.com/task-1' },
	{
		...head,
		state: 'made',
		outcome: {
			state: 'completed',
			images: [{ url: 'https://cdn.example.com/a.png', urlHoldsBase64: true }],
			taskId: 'task-1',
			model: 'qwen-image-edit',
			usage: { credits: 3 },
			requestId: 'request-1',
			warnings: ['odd'],
		},
	},
];

describe('a record', () => {
	it.each(records.map((record) => [record.state, record] as const))(
		'%s comes back',
		(_state, record) => {
			expect(readRecord(recordText(record))).toEqual(record);
		},
	);

	it.each([
		['no JSON', '{'],
		['a list', '[]'],
		['another state', { ...head, state: 'paid' }],
		['no run', { ...head, run: 7, state: 'intent' }],
		['no payment', { ...head, payment: undefined, state: 'intent' }],
		['no time', { ...head, at: '2026', state: 'intent' }],
		['a task without an ID', { ...head, state: 'task' }],
		['images without URLs', { ...head, state: 'made', outcome: { images: [{}] } }],
		['no images', { ...head, state: 'made', outcome: { images: [] } }],
		['no outcome', { ...head, state: 'made' }],
	])('is not read from %s', (_name, value) => {
		expect(readRecord(typeof value === 'string' ? value : JSON.stringify(value))).toBeUndefined();
	});

	it('is never read from anything by throwing', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
				const read = readRecord(text);
				expect(read === undefined || typeof read.run === 'string').toBe(true);
			}),
		);
	});

	it('keeps of a task what reads it', () => {
		expect(taskOf({ state: 'pending', status: 'pending', taskId: 'a', progress: 3 })).toEqual({
			taskId: 'a',
		});
	});

	it('keeps no image as text', () => {
		expect(madeOf({ state: 'completed', images: [{ base64: 'aaaa' }] })).toBeUndefined();
		expect(
			madeOf({ state: 'completed', images: [{ url: 'data:image/png;base64,aaaa' }] }),
		).toBeUndefined();
		const both = { url: 'https://cdn.example.com/a.png', base64: 'aaaa' };
		expect(madeOf({ state: 'completed', images: [both] })?.images).toEqual([{ url: both.url }]);
	});
});

describe('the note of an image', () => {
	const note = {
		payment: 'b'.repeat(32),
		at: 1,
		count: 2,
		taskId: 'task-1',
		model: 'm',
		usage: { a: 1 },
	};

	it('comes back', () => {
		expect(readNote(noteText(note))).toEqual(note);
	});

	it('fits into the headers of an object, whatever the provider reports', () => {
		fc.assert(
			fc.property(
				fc.string({ maxLength: 9000, unit: 'grapheme' }),
				fc.string({ maxLength: 3000 }),
				(usage, model) => {
					const text = noteText({ ...note, model, usage: { usage } });
					expect(text).toMatch(/^[\w-]{1,1900}$/);
					expect(readNote(text)).toMatchObject({ payment: note.payment, count: 2 });
				},
			),
		);
		expect(noteText({ ...note, taskId: 'x'.repeat(5000) }).length).toBeLessThan(1900);
	});

	it('is not read from anything else', () => {
		for (const text of [
			undefined,
			'',
			'{}',
			noteText({ ...note, count: 0 }),
			noteText({ ...note, count: 1e9 }),
		]) {
			expect(readNote(text)).toBeUndefined();
		}
		fc.assert(
			fc.property(fc.string(), (text) => {
				readNote(text);
			}),
		);
	});
});
