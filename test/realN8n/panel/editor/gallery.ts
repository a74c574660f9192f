/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

const MOST_SCREENSHOTS = 45;
const MOST_BYTES_EACH = 120 * 1024;
const MOST_BYTES = 4 * 1024 * 1024;
const GAP_PIXELS = 16;
/** Fewer colours, smaller file: the first that fits is taken. Photographs need the dithering. */
const COLOURS = [256, 128, 64, 32];

/** An image for the docs; `undefined` in a run that takes none. */
export type Shot = Buffer | undefined;

/** The folder of screenshots that the docs show. */
export class Gallery {
	private readonly added = new Set<string>();

	/** @param takes - `false` leaves the screenshots as they are, and only looks whether they are all there */
	constructor(
		private readonly folder: string,
		readonly takes: boolean,
	) {}

	/** Takes an image where images are wanted: a browser on a busy machine needs seconds for one. */
	async shoot(take: () => Promise<Buffer>): Promise<Shot> {
		return this.takes ? await take() : undefined;
	}

	/** Writes one screenshot, or several side by side, as a small PNG, where images are wanted. */
	async add(name: string, ...takes: Array<Shot | (() => Promise<Buffer>)>): Promise<void> {
		this.added.add(`${name}.png`);
		if (!this.takes) return;
		const shots: Buffer[] = [];
		for (const take of takes) {
			const shot = typeof take === 'function' ? await take() : take;
			if (shot !== undefined) shots.push(shot);
		}
		if (shots.length === 0) throw new Error(`There is no image for ${name}.png`);
		const image = shots.length === 1 ? shots[0]! : await sideBySide(shots);
		for (const colours of COLOURS) {
			const png = await sharp(image)
				.png({ palette: true, colours, effort: 10, compressionLevel: 9 })
				.toBuffer();
			if (png.length > MOST_BYTES_EACH && colours !== COLOURS.at(-1)) continue;
			if (png.length > MOST_BYTES_EACH) {
				throw new Error(`${name}.png has ${png.length} bytes, more than ${MOST_BYTES_EACH}`);
			}
			writeFileSync(join(this.folder, `${name}.png`), png);
			return;
		}
	}

	/** Removes what a former run left when new ones were taken, and holds the folder to its limits. */
	finish(): { count: number; bytes: number } {
		for (const file of this.takes ? readdirSync(this.folder) : []) {
			if (file.endsWith('.png') && !this.added.has(file)) rmSync(join(this.folder, file));
		}
		let bytes = 0;
		for (const file of this.added) {
			const { size } = statSync(join(this.folder, file));
			if (size > MOST_BYTES_EACH) throw new Error(`${file} has ${size} bytes`);
			bytes += size;
		}
		const count = this.added.size;
		if (count > MOST_SCREENSHOTS)
			throw new Error(`${count} screenshots, at most ${MOST_SCREENSHOTS}`);
		if (bytes > MOST_BYTES) throw new Error(`${bytes} bytes of screenshots, at most ${MOST_BYTES}`);
		return { count, bytes };
	}

	/** Throws unless the page shows exactly the screenshots that were made. */
	checkPage(page: string): void {
		const text = readFileSync(page, 'utf8');
		const shown = [...text.matchAll(/\(screenshots\/([\w.-]+\.png)\)/g)].map(([, file]) => file!);
		const missing = [...this.added].filter((file) => !shown.includes(file));
		const unknown = shown.filter((file) => !this.added.has(file));
		if (missing.length > 0) throw new Error(`${page} does not show ${missing.join(', ')}`);
		if (unknown.length > 0)
			throw new Error(`${page} shows ${unknown.join(', ')}, not made any more`);
	}
}

async function sideBySide(shots: Buffer[]): Promise<Buffer> {
	const sizes = await Promise.all(shots.map(async (shot) => await sharp(shot).metadata()));
	const height = Math.max(...sizes.map((size) => size.height));
	let left = 0;
	const layers = shots.map((input, index) => {
		const layer = { input, left, top: 0 };
		left += sizes[index]!.width + GAP_PIXELS;
		return layer;
	});
	const background = '#d8d8d8';
	return await sharp({ create: { width: left - GAP_PIXELS, height, channels: 3, background } })
		.composite(layers)
		.png()
		.toBuffer();
}
