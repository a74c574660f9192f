import { EditFault } from '../../edit/fault';
import type { ImageFile } from '../../edit/request';
import { backOffSeconds } from '../../edit/retry';
import type { Clock } from '../../run/ports';
import { cancelledFault } from '../../run/requests';
import { type BucketAddress, objectUrl } from './address';
import { isPassing, type StoreReply, storeFault } from './refusal';
import { type AccessKey, presignedLink, signedHeaders } from './signing';

/** One signed request. */
export interface StoreRequest {
	method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
	url: string;
	headers: Record<string, string>;
	body?: string | ImageFile;
	receive?: Receive;
}

/** Takes in the body of an object while it arrives. What it throws makes the request a failed one. */
export type Receive = (
	body: AsyncIterable<Uint8Array>,
	headers: StoredObject['headers'],
) => Promise<void>;

/** How a request ended; never thrown. */
export type StoreAnswer =
	| { kind: 'reply'; reply: StoreReply }
	| { kind: 'failed'; message: string }
	| { kind: 'cancelled' };

/** Sends signed requests, one a call and without repeats. */
export interface StoreTransport {
	/**
	 * @param settings.timeoutSeconds until the answer begins
	 * @param settings.bodySeconds from then on, until all of it is there
	 */
	send(
		request: StoreRequest,
		settings: { timeoutSeconds: number; bodySeconds: number; signal: AbortSignal },
	): Promise<StoreAnswer>;
}

/** What the bucket needs of the world around it. */
export interface BucketPorts {
	clock: Clock;
	transport: StoreTransport;
	/** Ends requests. Absent: what was paid for is noted also when the execution is stopped. */
	signal?: AbortSignal;
}

/** An object that was read. */
export interface StoredObject {
	text: string;
	headers: Readonly<Record<string, string>>;
}

/** Under which condition an object is written: there is none yet, or it is still the one with this ETag. */
export type Condition = 'absent' | { etag: string };

/** How often a request is sent in all. Every one of ours may be repeated: the same bytes under the same key. */
const maximumTries = 4;

/** For one request about a small object. */
const requestSeconds = 20;

/** A request that has failed for so long is not sent again: an item with a paid image waits for it. */
const patienceSeconds = 40;

/** The slowest connection that a file is sent over, in bytes each second. */
const slowestBytes = 100_000;

/** A bucket of the user's own, by its S3 API. */
export class Bucket {
	readonly host: string;

	constructor(
		private readonly address: BucketAddress,
		private readonly key: AccessKey,
		private readonly ports: BucketPorts,
	) {
		this.host = new URL(address.endpoint).host;
	}

	/** The same bucket, whose requests end with the item that needs them. */
	until(signal: AbortSignal): Bucket {
		return new Bucket(this.address, this.key, { ...this.ports, signal });
	}

	/** @throws EditFault; a missing object is undefined */
	async read(key: string): Promise<StoredObject | undefined> {
		return await this.get('GET', key);
	}

	/** The headers of an object alone. @throws EditFault */
	async head(key: string): Promise<StoredObject | undefined> {
		return await this.get('HEAD', key);
	}

	/**
	 * Writes a small object.
	 *
	 * @returns the headers of the answer; undefined when the condition does not hold
	 * @throws EditFault
	 */
	async write(
		key: string,
		text: string,
		condition?: Condition,
	): Promise<StoredObject['headers'] | undefined> {
		const headers: Record<string, string> =
			condition === undefined
				? {}
				: condition === 'absent'
					? { 'if-none-match': '*' }
					: { 'if-match': condition.etag };
		const reply = await this.send('PUT', key, {
			headers: { 'content-type': 'application/json', ...headers },
			body: text,
		});
		if (reply.httpStatus < 300) return reply.headers;
		// AWS: 412 when the condition fails, 409 when somebody deletes it meanwhile; 404 for If-Match on nothing.
		if (condition !== undefined && [404, 409, 412].includes(reply.httpStatus)) {
			if (reply.httpStatus !== 404 || !/NoSuchBucket/.test(reply.text)) return undefined;
		}
		throw storeFault(reply, 'write to', this.host);
	}

	/**
	 * Puts a file there as a stream.
	 *
	 * @param facts kept with the object, in its headers
	 * @throws EditFault
	 */
	async put(key: string, file: ImageFile, facts?: string): Promise<void> {
		const reply = await this.send('PUT', key, {
			headers: {
				'content-type': file.facts.mimeType,
				...(facts === undefined ? {} : { 'x-amz-meta-edit': facts }),
			},
			body: file,
			seconds: requestSeconds + file.bytes / slowestBytes,
		});
		if (reply.httpStatus >= 300) throw storeFault(reply, 'write to', this.host);
	}

	/**
	 * Reads an object as a stream.
	 *
	 * @param receive is called for an object that is there; once more when its body broke off
	 * @throws EditFault
	 */
	async open(key: string, receive: Receive, bodySeconds: number): Promise<void> {
		await this.get('GET', key, { receive, bodySeconds });
	}

	/** Removes an object; one that is not there is removed already. @throws EditFault */
	async remove(key: string): Promise<void> {
		const reply = await this.send('DELETE', key, {});
		if (reply.httpStatus < 300) return;
		if (reply.httpStatus === 404 && !/NoSuchBucket/.test(reply.text)) return;
		throw storeFault(reply, 'delete from', this.host);
	}

	/** A link that anybody can read the object by, for so many seconds. */
	async link(key: string, seconds: number): Promise<string> {
		const { address, ports } = this;
		return await presignedLink(objectUrl(address, key), seconds, this.key, ports.clock.now());
	}

	private async get(
		method: 'GET' | 'HEAD',
		key: string,
		request: { receive?: Receive; bodySeconds?: number } = {},
	): Promise<StoredObject | undefined> {
		const reply = await this.send(method, key, request);
		const { httpStatus, text, headers } = reply;
		if (httpStatus === 200) return { text, headers };
		if (httpStatus === 404 && !/NoSuchBucket/.test(text)) return undefined;
		throw storeFault(reply, 'read', this.host);
	}

	private async send(
		method: StoreRequest['method'],
		key: string,
		request: Partial<Pick<StoreRequest, 'headers' | 'body' | 'receive'>> & {
			seconds?: number;
			bodySeconds?: number;
		},
	): Promise<StoreReply> {
		// A signal that many requests share would have too many listeners.
		const { clock, transport, signal = new AbortController().signal } = this.ports;
		const url = objectUrl(this.address, key);
		const { headers = {}, body, receive, seconds = requestSeconds } = request;
		const { bodySeconds = requestSeconds } = request;
		const latest = clock.now() + patienceSeconds * 1000;
		for (let tries = 1; ; tries += 1) {
			if (signal.aborted) throw cancelledFault();
			const answer = await transport.send(
				{
					method,
					url,
					headers: await signedHeaders({ method, url, headers }, this.key, clock.now()),
					...(body === undefined ? {} : { body }),
					...(receive === undefined ? {} : { receive }),
				},
				{ timeoutSeconds: seconds, bodySeconds, signal },
			);
			if (answer.kind === 'cancelled') throw cancelledFault();
			const isLast = tries >= maximumTries || clock.now() >= latest;
			if (answer.kind === 'reply' && (isLast || !isPassing(answer.reply))) return answer.reply;
			if (answer.kind === 'failed' && isLast) throw this.unreachable(answer.message);
			await clock.sleep(backOffSeconds(tries, clock.random()) * 1000, signal);
		}
	}

	private unreachable(message: string): EditFault {
		return new EditFault({
			kind: 'network',
			message: `The bucket cannot be reached: ${message}`,
			advice:
				"Check the endpoint in the storage credential, or set 'Storage' to 'None' to go on without the bucket",
		});
	}
}
