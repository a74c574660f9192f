import fc from 'fast-check';
import sharp from 'sharp';

import {
	imageHeadBytes,
	readImageHead,
	type ImageFacts,
} from '../../../nodes/QwenImageEdit/image/imageHead';
import { imageTypes } from '../../../nodes/QwenImageEdit/image/imageType';
import { within } from '../contract/time-limit';
import { box, heif, madeImages, withSegments, type MadeImage } from './imageFiles';

let images: MadeImage[] = [];

beforeAll(async () => {
	images = await madeImages();
}, 120_000);

function head(bytes: Buffer): Buffer {
	return bytes.subarray(0, imageHeadBytes);
}

describe('readImageHead', () => {
	it('reads type and size of every type', () => {
		const wrong = images.flatMap(({ name, type, width, height, bytes }) => {
			const facts = readImageHead(head(bytes));
			const { mimeType, extension } = imageTypes[type];
			const wanted: ImageFacts = { type, mimeType, extension, width, height };
			// Orientation 1 is "as stored"; some encoders write it, most do not.
			const { orientation = 1, ...others } = facts ?? {};
			return orientation === 1 && JSON.stringify(others) === JSON.stringify(wanted)
				? []
				: [{ name, facts }];
		});
		expect(wrong).toEqual([]);
		expect(new Set(images.map(({ type }) => type)).size).toBe(Object.keys(imageTypes).length);
	});

	it('reads plain byte arrays too', () => {
		for (const { type, width, bytes } of images) {
			expect(readImageHead(Uint8Array.from(head(bytes)))).toMatchObject({ type, width });
		}
	});

	it('knows the type from twelve bytes on, whatever the rest of the memory holds', () => {
		for (const { name, type, bytes } of images) {
			for (let length = 0; length <= 64 && length <= bytes.length; length += 1) {
				const facts = readImageHead(Buffer.from(bytes.subarray(0, length)));
				expect([name, length, facts?.type]).toEqual([name, length, length < 12 ? undefined : type]);
			}
		}
	});

	it('reads no size from a head that does not hold it', () => {
		const wrong = new Set<string>();
		for (const { name, width, height, bytes } of images) {
			for (let length = 12; length <= 64 && length <= bytes.length; length += 1) {
				// What lies behind a chunk in memory is none of its business.
				const memory = Buffer.alloc(bytes.length + 256, 0xaa);
				bytes.copy(memory, 0, 0, length);
				const facts = within(1000, () => readImageHead(memory.subarray(0, length)));
				const size = [facts?.width, facts?.height];
				const right =
					(size[0] === undefined && size[1] === undefined) ||
					(size[0] === width && size[1] === height);
				if (!right) wrong.add(`${name.replace(/ \d+x\d+$/, '')} cut at ${length}`);
			}
		}
		expect([...wrong]).toEqual([]);
	});

	it('reads the size behind a lot of metadata', async () => {
		const jpeg = await sharp({
			create: { width: 400, height: 300, channels: 3, background: 'teal' },
		})
			.jpeg()
			.toBuffer();
		const big = withSegments(jpeg, [65_533, 65_533, 65_000]);
		expect(readImageHead(head(big))).toMatchObject({ type: 'jpg', width: 400, height: 300 });
		const huge = withSegments(jpeg, [65_533, 65_533, 65_533, 65_533, 65_533]);
		const facts = within(2000, () => readImageHead(head(huge)));
		expect(facts).toMatchObject({ type: 'jpg' });
		expect(facts).not.toHaveProperty('width');
	});

	it.each([0xc4, 0xc8, 0xcc])('does not take segment %i for the frame', (marker) => {
		const jpeg = images.find(({ name }) => name === 'jpeg 384x512')!.bytes;
		const table = withSegments(jpeg, [40]);
		// The numbers in between those of frames are tables and extensions.
		table[3] = marker;
		expect(readImageHead(head(table))).toMatchObject({ width: 384, height: 512 });
	});

	it('does not take a thumbnail in the metadata for the image', async () => {
		const background = 'teal';
		const jpeg = await sharp({ create: { width: 400, height: 300, channels: 3, background } })
			.jpeg()
			.toBuffer();
		const thumbnail = await sharp({ create: { width: 8, height: 6, channels: 3, background } })
			.jpeg()
			.toBuffer();
		expect(readImageHead(withSegments(jpeg, [thumbnail.length + 40], thumbnail))).toMatchObject({
			width: 400,
			height: 300,
		});
	});

	it.each<[string, Buffer]>([
		['nothing', Buffer.alloc(0)],
		['zeros', Buffer.alloc(4096)],
		['HTML', Buffer.from('<!doctype html><html><head><title>Login</title></head></html>')],
		['JSON', Buffer.from('{"error": {"message": "expired"}}')],
		[
			'XML of an object store',
			Buffer.from('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
		],
		['SVG', Buffer.from('<svg width="10" height="10" xmlns="http://www.w3.org/2000/svg"></svg>')],
		['base64 of a PNG', Buffer.from(Buffer.alloc(60).toString('base64'))],
		['text that begins like a bitmap', Buffer.from('BM: a letter about something else')],
		['text that begins like a GIF', Buffer.from('GIF87 is an old format of images')],
		['text that begins like a TIFF', Buffer.from('II* is not an image, nor is MM\0*')],
		['a PDF', Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj')],
		['a ZIP', Buffer.from('504b03041400000008000000210000000000', 'hex')],
		['an MP4', box('ftyp', Buffer.from('isom\0\0\x02\0isomiso2', 'latin1'))],
		['a WAV', Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1')],
		['an icon', Buffer.from('00000100010010100000010020006804000016000000', 'hex')],
	])('%s is not an image', (_name, bytes) => {
		expect(readImageHead(bytes)).toBeUndefined();
	});

	it('never throws or hangs on random bytes behind a real signature', () => {
		const signatures = [
			...['89504e470d0a1a0a0000000d49484452', 'ffd8ffe0', 'ffd8ffe1', 'ffd8ffdb', '47494638396100'],
			...['424d00000000000000003600000028000000', '49492a0008000000', '4d4d002a00000008'],
			...['524946460000000057454250565038', '5249464600000000574542505650385820', ''],
			...['ff0a', 'ff4fff51002f', '0000000c4a584c200d0a870a', '0000000c6a5020200d0a870a'],
			'000000146674797068656963000000006865696300000100' + '6d65746100000000',
		].map((hex) => Buffer.from(hex, 'hex'));
		fc.assert(
			fc.property(
				fc.constantFrom(...signatures),
				fc.uint8Array({ maxLength: 400 }),
				(signature, rest) => {
					const facts = within(1000, () => readImageHead(Buffer.concat([signature, rest])));
					if (facts === undefined) return;
					const { mimeType, extension } = imageTypes[facts.type];
					expect(facts).toMatchObject({ mimeType, extension });
					for (const side of [facts.width, facts.height]) {
						if (side !== undefined) expect(Number.isInteger(side) && side > 0).toBe(true);
					}
					expect(facts.width === undefined).toBe(facts.height === undefined);
				},
			),
			{ numRuns: 3000 },
		);
	}, 60_000);

	it('never throws or hangs on real files with broken bytes', () => {
		const places = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 6 });
		fc.assert(
			fc.property(fc.nat(), places, (index, changes) => {
				const bytes = Buffer.from(images[index % images.length]!.bytes.subarray(0, 2000));
				for (const [place, value] of changes) if (place < bytes.length) bytes[place] = value;
				within(1000, () => readImageHead(bytes));
			}),
			{ numRuns: 2000 },
		);
	}, 60_000);

	it.each([0, 1, 4, 7, 8])('ends on a HEIF whose size box claims %d bytes', (size) => {
		// CVE-2025-71329 of image-size up to 2.0.2: a box of no size is read for ever.
		const facts = within(250, () => readImageHead(heif('heic', 10, 20, size)));
		expect(facts?.type).toBe('heif');
	});

	it.each(['Buffer', 'Uint8Array'])(
		'reads the longest head of a JPEG of zeros at once, as %s',
		(kind) => {
			const zeros =
				kind === 'Buffer' ? Buffer.alloc(imageHeadBytes) : new Uint8Array(imageHeadBytes);
			zeros.set([0xff, 0xd8, 0xff, 0xe0]);
			expect(within(1000, () => readImageHead(zeros))).toMatchObject({ type: 'jpg' });
		},
	);
});
