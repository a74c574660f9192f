/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeyLeak, ProviderId, RecordedRequest } from '../types';
import { PROVIDER_IDS } from '../types';

/** Which provider a call belongs to, if any: a key is at home only there. */
type Home = ProviderId | undefined;

/** Follows a body while it arrives. */
export interface BodyWatch {
	chunk(bytes: Buffer): void;
	end(): void;
}

/** Writes down every request and watches for keys where they do not belong. */
export class RequestLog {
	records: RecordedRequest[] = [];

	leaks: KeyLeak[] = [];

	maxInFlight = 0;

	private readonly maxByProvider = new Map<ProviderId, number>();

	private readonly open = { api: 0, results: 0, elsewhere: 0 };

	private readonly openByProvider = new Map<ProviderId, number>();

	private nextId = 1;

	constructor(
		private readonly now: () => number,
		private readonly keys: Record<ProviderId, string>,
	) {}

	/** Notes an arrival, and follows the answer to its end. */
	arrive(
		server: RecordedRequest['server'],
		request: IncomingMessage,
		response: ServerResponse,
		provider: Home,
	): RecordedRequest {
		this.open[server] += 1;
		const record: RecordedRequest = {
			id: this.nextId++,
			server,
			onResultsServer: server === 'results',
			...(provider && { provider }),
			method: request.method ?? '',
			path: request.url ?? '',
			headers: { ...request.headers },
			bodyBytes: 0,
			imageSha256: [],
			unknownFields: [],
			at: this.now(),
			inFlight: this.open[server],
		};
		this.records.push(record);
		if (server === 'api') this.maxInFlight = Math.max(this.maxInFlight, record.inFlight);
		if (provider) {
			const open = (this.openByProvider.get(provider) ?? 0) + 1;
			this.openByProvider.set(provider, open);
			this.maxByProvider.set(provider, Math.max(open, this.maxByProvider.get(provider) ?? 0));
		}
		this.watch(record, provider, 'url', record.path);
		this.watch(record, provider, 'header', request.rawHeaders.join('\n'));
		response.once('close', () => {
			this.open[server] -= 1;
			if (provider) this.openByProvider.set(provider, (this.openByProvider.get(provider) ?? 1) - 1);
			if (response.writableFinished) record.answeredAt = this.now();
			else record.abortedAt = this.now();
		});
		return record;
	}

	/** Notes the body of a request. */
	bodyArrived(record: RecordedRequest, body: Buffer): void {
		const watch = this.bodyArriving(record);
		watch.chunk(body);
		watch.end();
	}

	/** Notes a body that is not held: its length, its hash, and keys in it, even across two chunks. */
	bodyArriving(record: RecordedRequest): BodyWatch {
		const hash = createHash('sha256');
		const overlap = Math.max(...Object.values(this.keys).map(({ length }) => length)) - 1;
		const found = new Set<ProviderId>();
		let tail: Buffer = Buffer.alloc(0);
		return {
			chunk: (bytes) => {
				record.bodyBytes += bytes.length;
				hash.update(bytes);
				const seam = Buffer.concat([tail, bytes.subarray(0, overlap)]);
				for (const text of [seam, bytes]) this.watch(record, record.provider, 'body', text, found);
				tail = (bytes.length < overlap ? seam : bytes).subarray(-overlap);
			},
			end: () => {
				if (record.bodyBytes > 0) record.bodySha256 = hash.digest('hex');
			},
		};
	}

	maxInFlightOf(provider: ProviderId): number {
		return this.maxByProvider.get(provider) ?? 0;
	}

	byId(id: number): RecordedRequest | undefined {
		return this.records.find((record) => record.id === id);
	}

	clear(): void {
		this.records = [];
		this.leaks = [];
		this.maxInFlight = this.open.api;
		this.maxByProvider.clear();
	}

	private watch(
		record: RecordedRequest,
		home: Home,
		where: KeyLeak['where'],
		text: string | Buffer,
		found = new Set<ProviderId>(),
	): void {
		for (const keyOf of PROVIDER_IDS) {
			const atHome = record.server === 'api' && home === keyOf;
			// A URL ends up in logs: a key has no business there, not even at home.
			if (atHome && where !== 'url') continue;
			if (found.has(keyOf) || !text.includes(this.keys[keyOf])) continue;
			found.add(keyOf);
			this.leaks.push({ requestId: record.id, keyOf, server: record.server, where });
		}
	}
}
