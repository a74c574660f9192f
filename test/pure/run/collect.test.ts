import { EditFault, type Fault } from '../../../nodes/QwenImageEdit/edit/fault';
import type { Completed, ResultImage } from '../../../nodes/QwenImageEdit/edit/outcome';
import { collectImages } from '../../../nodes/QwenImageEdit/run/collect';
import type { Fetched } from '../../../nodes/QwenImageEdit/run/ports';
import type { StoredImage } from '../../../nodes/QwenImageEdit/run/storedImage';
import { VirtualClock } from './virtual/virtualClock';

const stored = (name: string): StoredImage => ({
	facts: { type: 'png', mimeType: 'image/png', extension: 'png' },
	bytes: 1,
	stored: name,
});

const nameOf = ({ url, base64 }: ResultImage): string => url ?? base64!;

/** A store that answers by name, and counts how often it is asked. */
function setUp(answers: Record<string, (time: number) => Fetched>) {
	const clock = new VirtualClock({ startsAt: 0 });
	const cancel = new AbortController();
	const asked: string[] = [];
	const images = {
		fetch: async (image: ResultImage): Promise<Fetched> => {
			const name = nameOf(image);
			asked.push(name);
			const time = asked.filter((other) => other === name).length;
			return answers[name]?.(time) ?? { kind: 'stored', image: stored(name) };
		},
	};
	return { clock, asked, cancel, ports: { clock, images, signal: cancel.signal } };
}

const gone = (name: string) => (): Fetched => ({
	kind: 'failed',
	end: 'clientError',
	fault: { kind: 'provider', message: `${name} is gone` },
});

const outcome: Completed = {
	state: 'completed',
	taskId: 'task-1',
	images: [
		{ base64: 'held-0-abcdefgh' },
		{ url: 'https://host.example/two.png' },
		{ url: 'https://host.example/three.png' },
	],
};

async function faultOf(work: Promise<unknown>): Promise<Fault | undefined> {
	return await work.then(
		() => undefined,
		(error: unknown) => (error as EditFault).fault,
	);
}

describe('the images of a finished edit', () => {
	it('all come out, in their order', async () => {
		const { clock, ports } = setUp({});
		const { images, warnings } = await clock.run(collectImages(ports, outcome, 0, []));
		expect(images.map((image) => image?.stored)).toEqual(outcome.images.map(nameOf));
		expect(warnings).toEqual([]);
	});

	it('come out without those that could not be had, which are named', async () => {
		const { clock, ports } = setUp({ 'https://host.example/two.png': gone('two') });
		const { images, warnings } = await clock.run(collectImages(ports, outcome, 0, []));
		expect(images.map((image) => image?.stored)).toEqual([
			'held-0-abcdefgh',
			undefined,
			'https://host.example/three.png',
		]);
		expect(warnings).toEqual([
			'Image 2 of 3 is missing: two is gone. Its URL: https://host.example/two.png',
		]);
	});

	it('are missed by none who would read them: a failure names the URLs of all', async () => {
		const { clock, ports } = setUp({
			'held-0-abcdefgh': gone('one'),
			'https://host.example/two.png': gone('two'),
			'https://host.example/three.png': gone('three'),
		});
		const fault = await faultOf(clock.run(collectImages(ports, outcome, 0, [])));
		expect(fault).toMatchObject({ message: 'one is gone', taskId: 'task-1' });
		expect(fault?.advice).toContain('https://host.example/two.png https://host.example/three.png');
		expect(fault?.isTaken).toBeUndefined();
	});

	it('are lost for good when they were in the answer alone: the edit must not be sent again', async () => {
		const { clock, ports } = setUp({ text: gone('text') });
		const only: Completed = { state: 'completed', images: [{ base64: 'text' }] };
		const fault = await faultOf(clock.run(collectImages(ports, only, 0, [])));
		expect(fault).toMatchObject({ isTaken: true, advice: expect.stringContaining('billed') });
	});

	it('are not fetched again when an earlier try has stored them', async () => {
		const { clock, ports, asked } = setUp({});
		const images = [stored('first'), undefined, undefined];
		const collected = await clock.run(collectImages(ports, outcome, 0, images));
		expect(asked).toEqual(['https://host.example/two.png', 'https://host.example/three.png']);
		expect(collected.images[0]?.stored).toBe('first');
	});

	it('keep what is stored when the execution is cancelled in the middle', async () => {
		const { clock, ports, cancel } = setUp({
			'https://host.example/two.png': () => {
				cancel.abort();
				return { kind: 'cancelled' };
			},
		});
		const images: Array<StoredImage | undefined> = [];
		const fault = await faultOf(clock.run(collectImages(ports, outcome, 0, images)));
		expect(fault).toMatchObject({ kind: 'cancelled', url: 'https://host.example/two.png' });
		expect(images.map((image) => image?.stored)).toEqual(['held-0-abcdefgh']);
	});
});

describe('an image of which nobody can say whether it is whole', () => {
	const doubtful = (): Fetched => ({
		kind: 'failed',
		end: 'malformed',
		fault: { kind: 'provider', message: 'no end' },
		doubtful: { ...stored('half'), warnings: ['may be incomplete'] },
	});
	const one: Completed = { state: 'completed', images: [{ url: 'https://host.example/1.png' }] };

	it('is read again, and taken when it is whole then', async () => {
		const { clock, ports, asked } = setUp({
			'https://host.example/1.png': (time) =>
				time === 1 ? doubtful() : { kind: 'stored', image: stored('whole') },
		});
		const { images } = await clock.run(collectImages(ports, one, 0, []));
		expect(images[0]).toEqual(stored('whole'));
		expect(asked).toHaveLength(2);
	});

	it('is put out with a warning in the end, because it was paid for', async () => {
		const { clock, ports, asked } = setUp({ 'https://host.example/1.png': doubtful });
		const { images } = await clock.run(collectImages(ports, one, 0, []));
		expect(images[0]).toMatchObject({ stored: 'half', warnings: ['may be incomplete'] });
		expect(asked).toHaveLength(3);
	});
});
