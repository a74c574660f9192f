import type { Provider } from '../../adapter/provider';
import { bodyBytes, bodyLength, formParts, jsonParts, type BodyPart } from '../../wire/body';
import { ImageContent, type Wire } from '../../wire/wire';
import { digest } from '../runtime/digest';
import type { ReadCredential } from './credential';

/**
 * A body that is produced while it is sent, in the shape of a Blob: n8n's HTTP client (axios) sends a Blob
 * chunk by chunk with the announced length.
 */
export class GeneratedBody {
	/** Bytes in all: the Content-Length. */
	readonly size: number;

	constructor(
		private readonly parts: readonly BodyPart[],
		readonly type: string,
	) {
		this.size = bodyLength(parts);
	}

	/** A fresh stream of the bytes. */
	stream(): AsyncIterable<Uint8Array> {
		return bodyBytes(this.parts);
	}

	/** How axios knows a Blob. */
	get [Symbol.toStringTag](): string {
		return 'Blob';
	}
}

/** The body of a wire; none for a request without one. */
export function requestBody(
	wire: Wire,
	provider: Provider,
	credential: ReadCredential,
): GeneratedBody | undefined {
	if (wire.form !== undefined) {
		const boundary = `image-${digest(`${Date.now()} ${Math.random()}`)}`;
		return new GeneratedBody(
			formParts(wire.form, boundary),
			`multipart/form-data; boundary=${boundary}`,
		);
	}
	if (wire.file !== undefined) {
		const { mimeType } = wire.file.facts;
		return new GeneratedBody([new ImageContent(wire.file, 'raw')], mimeType);
	}
	if (wire.json === undefined) return undefined;
	const { key } = provider.credential;
	// n8n would write a body key as a property of the body object, which a streamed body loses.
	const json = key.kind === 'body' ? { [key.field]: credential.key, ...wire.json } : wire.json;
	return new GeneratedBody(jsonParts(json), 'application/json');
}
