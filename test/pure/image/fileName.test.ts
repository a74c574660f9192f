import fc from 'fast-check';

import { editedName, imageFileName } from '../../../nodes/QwenImageEdit/image/fileName';

describe('imageFileName', () => {
	it.each([
		['', 'png', 'edited.png'],
		['   ', 'jpg', 'edited.jpg'],
		['portrait', 'png', 'portrait.png'],
		['portrait.png', 'png', 'portrait.png'],
		['portrait.jpeg', 'webp', 'portrait.webp'],
		['portrait.HEIC', 'jpg', 'portrait.jpg'],
		['holiday.2025', 'png', 'holiday.2025.png'],
		['.png', 'png', 'edited.png'],
		['..', 'png', 'edited.png'],
		['...', 'png', 'edited.png'],
		['../../etc/passwd', 'png', 'passwd.png'],
		['C:\\Windows\\system32\\a.png', 'png', 'a.png'],
		['a/b/', 'png', 'edited.png'],
		['a\u0000b\r\n.png', 'png', 'ab.png'],
		['what? "no" <yes>|*', 'png', 'what no yes.png'],
		['鹅 🦆', 'png', '鹅 🦆.png'],
	])('%p as %s is %s', (wanted, extension, name) => {
		expect(imageFileName(wanted, extension)).toBe(name);
	});

	it('is always one short name with the extension of the bytes', () => {
		fc.assert(
			fc.property(
				fc.string({ unit: 'binary', maxLength: 300 }),
				fc.constantFrom('png', 'jpg'),
				(wanted, extension) => {
					const name = imageFileName(wanted, extension);
					expect(name.endsWith(`.${extension}`)).toBe(true);
					expect(name.length).toBeLessThanOrEqual(130);
					expect(name).not.toMatch(/[\\/:*?"<>|]|^\.|^\s/);
					expect(name).not.toMatch(/\p{Cc}/u);
					// A file that is named as it is stays named as it is.
					expect(imageFileName(name, extension)).toBe(name);
				},
			),
		);
	});

	it.each([
		['marks that turn the reading direction, which hide the extension', 'photo\u202egnp.exe'],
		['control characters of the second kind', 'photo\u0085\u009b31m'],
		['invisible characters', 'photo\u200b\u2066'],
	])('holds no %s', (_name, wanted) => {
		expect(imageFileName(wanted, 'png')).not.toMatch(/\p{Cc}|\p{Cf}/u);
	});

	it('does not cut a character in two', () => {
		expect(imageFileName(`${'a'.repeat(119)}🦆`, 'png')).not.toMatch(/\p{Cs}/u);
	});
});

describe('editedName', () => {
	it.each([
		['coffee.jpg', 'coffee-edited'],
		['coffee.JPEG', 'coffee-edited'],
		['IMG_0001.HEIC', 'IMG_0001-edited'],
		['coffee', 'coffee-edited'],
		['coffee.v2.png', 'coffee.v2-edited'],
		['data', 'data-edited'],
		// A second pass over a result says so.
		['coffee-edited.png', 'coffee-edited-edited'],
		['folder/coffee.png', 'coffee-edited'],
		['C:\\photos\\coffee.png', 'coffee-edited'],
		['https://example.com/shop/red%20mug.png?width=800#top', 'red mug-edited'],
		['https://example.com/a/b/photo.php?id=1.png', 'photo-edited'],
		['https://example.com/%E9%B9%85.webp', '鹅-edited'],
		['https://example.com/a%2Fb.png', 'b-edited'],
		['https://example.com/50%.png', '50%-edited'],
		['https://example.com/', 'edited'],
		['https://example.com', 'edited'],
		['data:image/png;base64,iVBORw0KGgo=', 'edited'],
		['', 'edited'],
		['.png', 'edited'],
		['..', 'edited'],
		[undefined, 'edited'],
	])('%p becomes %s', (input, name) => {
		expect(editedName(input)).toBe(name);
	});

	it('never throws, and is always a name', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl()), (input) => {
				expect(editedName(input)).toMatch(/edited$/);
			}),
		);
	});
});
