import fc from 'fast-check';
import sharp from 'sharp';

import { readImageHead } from '../../../nodes/QwenImageEdit/image/imageHead';
import { imageTypes, typeOf, type ImageType } from '../../../nodes/QwenImageEdit/image/imageType';
import { readOrientation } from '../../../nodes/QwenImageEdit/image/orientation';
import { within } from '../contract/time-limit';
import { box, heif, jpegXl, jpegXlFile, photograph } from './imageFiles';

/** EXIF with one entry, the orientation, in either byte order. */
function exif(orientation: number, order: 'II' | 'MM'): Buffer {
	const tiff = Buffer.alloc(26);
	tiff.write(order, 0, 'latin1');
	const short = (value: number, at: number) =>
		order === 'II' ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at);
	const long = (value: number, at: number) =>
		order === 'II' ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at);
	short(42, 2);
	long(8, 4);
	short(1, 8);
	short(274, 10);
	short(3, 12);
	long(1, 14);
	short(orientation, 18);
	return tiff;
}

const exifSign = Buffer.from('Exif\0\0', 'latin1');

/** A JPEG with this as its EXIF segment. */
function jpegWith(segment: Buffer, jpeg: Buffer): Buffer {
	const head = Buffer.from([0xff, 0xe1, 0, segment.length + 2]);
	return Buffer.concat([jpeg.subarray(0, 2), head, segment, jpeg.subarray(2)]);
}

/** The head of a HEIF whose second item, the primary one, has these properties besides its size. */
function heifWith(brand: string, ...properties: readonly Buffer[]): Buffer {
	const size = Buffer.alloc(12);
	size.writeUInt32BE(30, 4);
	size.writeUInt32BE(20, 8);
	const numbers = properties.map((_, index) => 0x80 | (index + 2));
	// The first item, a thumbnail, has all of them too many.
	const associations = Buffer.from([
		...[0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 1, 3, 0, 2],
		...[numbers.length + 1, 1, ...numbers],
	]);
	const all = box('ipco', Buffer.concat([box('ispe', size), ...properties]));
	const meta = [
		box('pitm', Buffer.from([0, 0, 0, 0, 0, 2])),
		box('iprp', Buffer.concat([all, box('ipma', associations)])),
	];
	return Buffer.concat([
		box('ftyp', Buffer.from(`${brand}\0\0\0\0${brand}`, 'latin1')),
		box('meta', Buffer.concat([Buffer.alloc(4), ...meta])),
		box('mdat', Buffer.alloc(64)),
	]);
}

const irot = (turns: number): Buffer => box('irot', Buffer.from([turns]));
const imir = (axis: number): Buffer => box('imir', Buffer.from([axis]));

let jpeg: Buffer;
const turned: Array<{ name: string; orientation: number; bytes: Buffer }> = [];

beforeAll(async () => {
	const image = () => photograph(30, 20);
	jpeg = await image().jpeg().toBuffer();
	for (let orientation = 1; orientation <= 8; orientation += 1) {
		const add = (name: string, bytes: Buffer): number => turned.push({ name, orientation, bytes });
		const made = () => image().withMetadata({ orientation });
		add('jpeg', await made().jpeg().toBuffer());
		add('jpeg progressive', await made().jpeg({ progressive: true }).toBuffer());
		add('png', await made().png().toBuffer());
		add('webp', await made().webp().toBuffer());
		add('webp lossless', await made().webp({ lossless: true }).toBuffer());
		add('tiff', await made().tiff().toBuffer());
		add('jpeg xl', jpegXl(30, 20, orientation));
		add('jpeg xl file', jpegXlFile(jpegXl(30, 20, orientation)));
		for (const order of ['II', 'MM'] as const) {
			add(`jpeg ${order}`, jpegWith(Buffer.concat([exifSign, exif(orientation, order)]), jpeg));
		}
	}
}, 60_000);

describe('orientation', () => {
	it('is read in every type, and the sides are as people see them', () => {
		const wrong = turned.flatMap(({ name, orientation, bytes }) => {
			const facts = readImageHead(bytes);
			const [width, height] = orientation >= 5 ? [20, 30] : [30, 20];
			const found = [facts?.orientation ?? 1, facts?.width, facts?.height];
			return JSON.stringify(found) === JSON.stringify([orientation, width, height])
				? []
				: [[name, orientation, ...found]];
		});
		expect(wrong).toEqual([]);
	});

	it('is what a decoder turns the image by', async () => {
		for (const { name, bytes } of turned) {
			if (name.startsWith('jpeg xl')) continue;
			const { info } = await sharp(bytes).autoOrient().raw().toBuffer({ resolveWithObject: true });
			const { width, height } = info;
			expect([name, readImageHead(bytes)]).toMatchObject([name, { width, height }]);
		}
	});

	it.each<[string, Buffer[], number]>([
		['nothing', [], 1],
		['a quarter anticlockwise', [irot(1)], 8],
		['half', [irot(2)], 3],
		['a quarter clockwise', [irot(3)], 6],
		['a mirror of top and bottom', [imir(0)], 4],
		['a mirror of left and right', [imir(1)], 2],
		['a quarter anticlockwise and left to right', [irot(1), imir(1)], 7],
		['a quarter clockwise and left to right', [irot(3), imir(1)], 5],
	])('of a HEIF with %s', (_name, properties, orientation) => {
		const [width, height] = orientation >= 5 ? [20, 30] : [30, 20];
		for (const [brand, type] of [
			['heic', 'heif'],
			['avif', 'avif'],
		] as const) {
			const facts = readImageHead(heifWith(brand, ...properties));
			expect(facts).toMatchObject({ type, orientation, width, height });
		}
	});

	it.each([0, 9, 65535])('%i is none', (orientation) => {
		const facts = readImageHead(jpegWith(Buffer.concat([exifSign, exif(orientation, 'MM')]), jpeg));
		expect(facts).toMatchObject({ width: 30, height: 20 });
		expect(facts).not.toHaveProperty('orientation');
	});

	it('is not read out of a thumbnail or out of the pixels', () => {
		const hidden = jpegWith(Buffer.concat([exifSign, exif(6, 'MM')]), jpeg);
		expect(readImageHead(Buffer.concat([jpeg, hidden]))).not.toHaveProperty('orientation');
	});

	it('never throws or hangs on broken EXIF', () => {
		const types = Object.keys(imageTypes) as ImageType[];
		const places = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 8 });
		fc.assert(
			fc.property(fc.nat(), places, fc.constantFrom(...types), (index, changes, other) => {
				const { bytes } = turned[index % turned.length]!;
				const broken = Buffer.from(index % 5 === 0 ? heifWith('heic', irot(1)) : bytes);
				for (const [place, value] of changes) if (place < broken.length) broken[place] = value;
				const type = typeOf(broken) ?? other;
				const found = within(1000, () => readOrientation(type, broken));
				expect([undefined, 1, 2, 3, 4, 5, 6, 7, 8]).toContain(found);
			}),
			{ numRuns: 3000 },
		);
	}, 60_000);
});

describe('typeOf', () => {
	const ftyp = (...brands: string[]): Buffer =>
		box('ftyp', Buffer.from([brands[0], '\0\0\0\0', ...brands.slice(1)].join(''), 'latin1'));

	it.each([
		...['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'mif2', 'msf1'],
	])('takes the brand %s for HEIF', (brand) => {
		expect(typeOf(heif(brand, 1, 1))).toBe('heif');
	});

	it.each([
		[['avif'], 'avif'],
		[['avis'], 'avif'],
		[['mif1', 'miaf', 'avif'], 'avif'],
		[['msf1', 'avis', 'msf1'], 'avif'],
		[['mif1', 'heic'], 'heif'],
		[['heic', 'mif1', 'avif'], 'heif'],
		[['isom', 'avif'], undefined],
		[['mp42', 'heic'], undefined],
		[['crx ', 'crx '], undefined],
	])('tells HEIF and AVIF apart: %j', (brands, type) => {
		expect(typeOf(ftyp(...brands))).toBe(type);
	});

	it('does not look for brands behind the box that holds them', () => {
		expect(typeOf(Buffer.concat([ftyp('mif1', 'heic'), Buffer.from('avifavif')]))).toBe('heif');
	});

	it('knows which types browsers do not show', () => {
		const hidden = Object.values(imageTypes).filter((type) => !type.isShownByBrowsers);
		expect(hidden.map(({ title }) => title)).toEqual(['TIFF', 'HEIC', 'JPEG XL', 'JPEG 2000']);
	});
});
