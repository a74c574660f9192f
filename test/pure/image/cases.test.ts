/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- tests never ship */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ImageEnd } from '../../../nodes/QwenImageEdit/image/structure/imageEnd';
import { readImageHead } from '../../../nodes/QwenImageEdit/image/imageHead';
import { imageTypes } from '../../../nodes/QwenImageEdit/image/imageType';

function read(name: string): Buffer {
	return readFileSync(join(__dirname, 'cases', name));
}

describe('files that went wrong once', () => {
	it.each([
		['trailing-spaces.jpg', 100],
		['motion-photo.jpg', 20_000],
		['trailing.png', 500],
		['rotated-by-exif.jpg', 0],
		['phone.heic', 0],
	])('%s ends, although %i bytes or more follow', (name, following) => {
		const bytes = read(name);
		const { type } = readImageHead(bytes)!;
		const end = new ImageEnd(type);
		end.push(bytes.subarray(0, bytes.length - following));
		expect(end.state).toBe('reached');
		end.push(bytes.subarray(bytes.length - following));
		expect(end.state).toBe('reached');
	});

	it.each([
		['trailing-spaces.jpg', 101],
		['motion-photo.jpg', 21_000],
		['trailing.png', 501],
		['rotated-by-exif.jpg', 1],
		['phone.heic', 1],
	])('%s without its last %i bytes is open', (name, lost) => {
		const bytes = read(name);
		const end = new ImageEnd(readImageHead(bytes)!.type);
		end.push(bytes.subarray(0, bytes.length - lost));
		expect(end.state).toBe('open');
	});

	it('rotated-by-exif.jpg is as large as people see it', () => {
		expect(readImageHead(read('rotated-by-exif.jpg'))).toEqual({
			type: 'jpg',
			mimeType: 'image/jpeg',
			extension: 'jpg',
			width: 600,
			height: 800,
			orientation: 6,
		});
	});

	it('phone.heic is known, by name and as a type that browsers do not show', () => {
		const facts = readImageHead(read('phone.heic'));
		expect(facts).toMatchObject({ type: 'heif', width: expect.any(Number) });
		expect(imageTypes[facts!.type]).toMatchObject({ title: 'HEIC', isShownByBrowsers: false });
	});
});
