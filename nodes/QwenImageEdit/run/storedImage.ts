import type { ImageFacts } from '../image/imageHead';

/** An image in n8n's storage. `stored` is opaque to everything but the n8n layer. */
export interface StoredImage {
	facts: ImageFacts;
	bytes: number;
	url?: string;
	stored: unknown;
	/** What is odd about it, in words for the user. */
	warnings?: readonly string[];
}
