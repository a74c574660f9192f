import type { ResultImage } from '../../edit/outcome';

/** What replaces an image in an answer after it has flowed into storage. */
const markForm = /^held-\d{1,6}-[0-9a-z]{6,16}$/;

/**
 * The mark of an image in an answer that has flowed into storage.
 *
 * @param random from 0 to 1: a provider cannot guess the mark
 */
export function heldMark(index: number, random: number): string {
	return `held-${index}-${random.toString(36).slice(2, 14).padEnd(6, '0')}`;
}

/** Whether a text is a {@link heldMark}. */
export function isHeldMark(text: string): boolean {
	return markForm.test(text);
}

/** A shorter text is not an image, whatever its letters are. */
const minimumBase64Length = 64;

/** Whether a text holds an image itself: a data URI, base64, or the mark of one that is stored already. */
export function holdsImage(text: string): boolean {
	const trimmed = text.trim();
	return (
		isHeldMark(trimmed) ||
		/^["'\s]*data:/i.test(trimmed) ||
		(trimmed.length >= minimumBase64Length && /^[A-Za-z0-9+/_\s-]+={0,2}$/.test(trimmed))
	);
}

/** A web URL as providers write it: with spaces and line breaks around it, or without a scheme. */
export function webUrlOf(text: string): string | undefined {
	const trimmed = text.trim();
	if (/^https?:\/\//i.test(trimmed)) return trimmed;
	return /^\/\/[^/\s]+\.[^/\s]+\//.test(trimmed) ? `https:${trimmed}` : undefined;
}

/** A result as a text: a web URL, or the image itself. */
export function resultImage(text: string): ResultImage {
	const url = webUrlOf(text);
	if (url === undefined) return { base64: text };
	// ModelsLab with `base64: true` links to a text file whose name ends in ".base64" (PROVIDERS S2).
	const path = url.split(/[?#]/)[0]!;
	return path.toLowerCase().endsWith('.base64') ? { url, urlHoldsBase64: true } : { url };
}

/** The content of a field named `url`: a web URL, an image after all, or a URL relative to the provider. */
export function resultUrl(text: string): ResultImage {
	if (webUrlOf(text) !== undefined || holdsImage(text)) return resultImage(text);
	return { url: text.trim() };
}
