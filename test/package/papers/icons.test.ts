/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { join } from 'node:path';

import sharp from 'sharp';

import { credentialTypes, filesUnder, projectFolder, readText } from '../project';

const icons = [
	'nodes/QwenImageEdit/qwenImageEdit',
	...credentialTypes.map((type) => `credentials/icons/${type}`),
];

/** The share of the pixels at 16 px that stand out from the background by at least this contrast. */
async function visibleShare(path: string, background: string): Promise<number> {
	const { data } = await sharp(join(projectFolder, path), { density: 18 })
		.resize(16, 16)
		.flatten({ background })
		.raw()
		.toBuffer({ resolveWithObject: true });
	const luminance = (red: number, green: number, blue: number): number => {
		const [r, g, b] = [red, green, blue].map((value) => {
			const share = value / 255;
			return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
		}) as [number, number, number];
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const ground = luminance(
		...([1, 3, 5].map((at) => parseInt(background.slice(at, at + 2), 16)) as [
			number,
			number,
			number,
		]),
	);
	let visible = 0;
	for (let at = 0; at < data.length; at += 3) {
		const pixel = luminance(data[at]!, data[at + 1]!, data[at + 2]!);
		const contrast = (Math.max(pixel, ground) + 0.05) / (Math.min(pixel, ground) + 0.05);
		// WCAG 2.1 asks 3:1 of graphical objects.
		if (contrast >= 3) visible += 1;
	}
	return visible / (16 * 16);
}

it.each(icons.flatMap((icon) => [`${icon}.svg`, `${icon}.dark.svg`]))(
	'%s is a square image that stands alone',
	async (path) => {
		const text = readText(path);
		expect(text).toMatch(/^<svg [^>]*viewBox="0 0 32 32"/);
		expect(text).toMatch(/<title>[^<]+<\/title>/);
		// An icon is served as it is: nothing in it may run or load.
		expect(text).not.toMatch(/<script|<image|<foreignObject|href=|url\(|\son\w+=/i);
		const { width, height } = await sharp(Buffer.from(text)).metadata();
		expect(width).toBe(height);
	},
);

it.each(icons)('%s differs between the themes and can be seen in both at 16 px', async (icon) => {
	expect(readText(`${icon}.svg`)).not.toBe(readText(`${icon}.dark.svg`));
	expect(await visibleShare(`${icon}.svg`, '#ffffff')).toBeGreaterThan(0.12);
	expect(await visibleShare(`${icon}.dark.svg`, '#2a2a30')).toBeGreaterThan(0.12);
});

it('no two icons are the same, and none is left over', () => {
	const present = ['nodes/QwenImageEdit', 'credentials/icons'].flatMap((folder) =>
		filesUnder(join(projectFolder, folder))
			.filter((file) => file.endsWith('.svg'))
			.map((file) => `${folder}/${file}`),
	);
	expect(present.sort()).toEqual(
		icons.flatMap((icon) => [`${icon}.svg`, `${icon}.dark.svg`]).sort(),
	);
	const drawings = present.map((path) => readText(path).replace(/<title>.*<\/title>/, ''));
	expect(new Set(drawings).size).toBe(drawings.length);
});
