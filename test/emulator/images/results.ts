import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { Job } from '../job';
import type { ImageFile } from './png';
import { imageFile } from './png';
import type { ProviderId, ResultRecord } from '../types';

/** What lies behind one URL of the results server. */
export interface StoredResult {
	record: ResultRecord;
	provider: ProviderId | 'input';
	/** Query string exactly as it was handed out. */
	query: string;
	expiresAt: number;
	job?: Job;
	prompt?: string;
	content(): Promise<ImageFile>;
	/** Served as base64 text instead (ModelsLab's `.base64` links). */
	asBase64?: { prefix: boolean };
	missedOnce?: boolean;
}

export type LinkStyle = 'signed' | 'plain';

/** The files of the API server itself, told apart from those of the results server. */
const AT_SERVER = 'api server ';

const SIGNING_SECRET = 'emulated object store';

/**
 * A query string as object stores sign them. It holds %2B, %2F, %3D and %20, which every careless round trip through a
 * URL parser changes, and the results server compares it byte for byte.
 */
function signedQuery(path: string, expiresAt: number): string {
	const digest = createHmac('sha1', SIGNING_SECRET)
		.update(`${path}\n${expiresAt}`)
		.digest('base64');
	const name = encodeURIComponent('attachment; filename="edited image.png"');
	// The digest is widened so that all three awkward characters are there every time.
	const signature = encodeURIComponent(`${digest.slice(0, 12)}+/${digest.slice(12)}`);
	return `?Expires=${Math.floor(expiresAt / 1000)}&OSSAccessKeyId=EmulatedAccessKey&response-content-disposition=${name}&Signature=${signature}`;
}

/** The files of the results server. */
export class ResultStore {
	private readonly byPath = new Map<string, StoredResult>();

	/** Where the file goes that is sent to an address. */
	private readonly reserved = new Map<string, string>();

	/** Known once the servers listen. */
	origin = '';

	apiOrigin = '';

	constructor(private readonly now: () => number) {}

	/** Makes a URL for a job's image. It may be handed out before the image is there. */
	add(
		job: Job,
		order: {
			folder: string;
			extension: string;
			style: LinkStyle;
			lifetimeSeconds: number;
			asBase64?: { prefix: boolean };
			/** Which of the job's images, from 0. */
			index?: number;
		},
	): string {
		const { index = 0 } = order;
		const id = randomUUID();
		const path = `/${order.folder}/${id}-${index + 1}.${order.extension}`;
		const expiresAt = this.now() + order.lifetimeSeconds * 1000;
		const query = order.style === 'signed' ? signedQuery(path, expiresAt) : '';
		const url = `${this.origin}${path}${query}`;
		this.byPath.set(path, {
			record: { id, provider: job.provider, entryId: job.entry.id, url, downloads: 0 },
			provider: job.provider,
			query,
			expiresAt,
			job,
			prompt: job.entry.prompt,
			content: async () => await job.images[index]!,
			...(order.asBase64 && { asBase64: order.asBase64 }),
		});
		return url;
	}

	/** Keeps a job's image on the API server, under a path (with query) of the provider's own. */
	addAtServer(job: Job, path: string, index = 0): void {
		const url = `${this.apiOrigin}${path}`;
		const id = randomUUID();
		this.byPath.set(AT_SERVER + path, {
			record: { id, provider: job.provider, entryId: job.entry.id, url, downloads: 0 },
			provider: job.provider,
			query: '',
			expiresAt: Infinity,
			job,
			prompt: job.entry.prompt,
			content: async () => await job.images[index]!,
		});
	}

	findAtServer(path: string): StoredResult | undefined {
		return this.byPath.get(AT_SERVER + path);
	}

	/** Puts up an image that is an input: uploaded by a client, or hosted by a test. */
	host(bytes: Buffer, fileName: string, mimeType: string, lifetimeSeconds = Infinity): string {
		const id = randomUUID();
		const path = `/inputs/${id}/${encodeURIComponent(fileName)}`;
		const url = `${this.origin}${path}`;
		const file = imageFile(bytes, mimeType);
		this.byPath.set(path, {
			record: { id, provider: 'modelsLab', entryId: 0, url, downloads: 0 },
			provider: 'input',
			query: '',
			expiresAt: this.now() + lifetimeSeconds * 1000,
			content: async () => file,
		});
		return url;
	}

	/** An address to send a file to, signed for nobody else, and the address where it lies then. */
	reserve(fileName: string, mimeType: string): { uploadUrl: string; fileUrl: string } {
		const fileUrl = this.host(Buffer.alloc(0), fileName, mimeType);
		const path = `/uploads/${randomUUID()}`;
		this.reserved.set(path, new URL(fileUrl).pathname);
		return { uploadUrl: `${this.origin}${path}?X-Signature=emulated`, fileUrl };
	}

	/** Takes a file that was sent to a reserved address. */
	fill(path: string, bytes: Buffer): boolean {
		const stored = this.byPath.get(this.reserved.get(path) ?? '');
		if (stored === undefined) return false;
		const file = imageFile(bytes, 'application/octet-stream');
		stored.content = async () => file;
		return true;
	}

	find(path: string): StoredResult | undefined {
		return this.byPath.get(path);
	}

	findById(id: string): StoredResult | undefined {
		for (const stored of this.byPath.values()) if (stored.record.id === id) return stored;
		return undefined;
	}

	records(): ResultRecord[] {
		return [...this.byPath.values()]
			.filter(({ provider }) => provider !== 'input')
			.map(({ record }) => record);
	}

	clear(): void {
		this.reserved.clear();
		this.byPath.clear();
	}
}

/** Hash of an image's bytes, as the ledger keeps it. */
export function sha256(bytes: Buffer): string {
	return createHash('sha256').update(bytes).digest('hex');
}
