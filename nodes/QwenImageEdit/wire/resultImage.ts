import type { ResultImage } from '../edit/outcome';

/** A result as a text: a web address, or the image itself in base64. */
export function resultImage(text: string): ResultImage {
	if (!/^https?:\/\//i.test(text)) return { base64: text };
	// ModelsLab with `base64: true` links to a text file whose name ends in ".base64" (PROVIDERS S2).
	const path = text.split(/[?#]/)[0]!;
	return path.toLowerCase().endsWith('.base64')
		? { url: text, urlHoldsBase64: true }
		: { url: text };
}
