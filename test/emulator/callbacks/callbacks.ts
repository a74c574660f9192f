/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { request } from 'node:http';
import type { CallbackRecord, JsonObject, ProviderId } from '../types';
import type { SignedCallback } from './signatures';

const TIMEOUT_MS = 10_000;

/** The host a callback was meant for, when it is delivered to a stand-in. */
export const CALLBACK_HOST_HEADER = 'x-emulated-host';

/**
 * Callbacks and webhooks. Real ones go to public https hosts, which nothing here can be; so they are noted, and, when
 * a loopback origin stands in for the public host, really posted there with the original path.
 */
export class CallbackBook {
	records: CallbackRecord[] = [];

	private readonly timers = new Set<NodeJS.Timeout>();

	private stopped = false;

	constructor(
		private readonly now: () => number,
		private readonly sign: (record: CallbackRecord) => SignedCallback,
		private readonly deliverTo: string | undefined,
	) {}

	/** Sends one, repeating it after each of the given waits until it is answered with 2xx. */
	send(
		provider: ProviderId,
		url: string,
		body: JsonObject,
		retryAfterSeconds: readonly number[],
	): void {
		const record: CallbackRecord = { provider, url, body, at: this.now(), deliveries: [] };
		this.records.push(record);
		if (this.deliverTo) void this.deliver(record, [...retryAfterSeconds]);
	}

	clear(): void {
		this.records = [];
		for (const timer of this.timers) clearTimeout(timer);
		this.timers.clear();
	}

	/** Nothing is sent from here on. */
	stop(): void {
		this.stopped = true;
		for (const timer of this.timers) clearTimeout(timer);
		this.timers.clear();
	}

	private async deliver(record: CallbackRecord, waits: number[]): Promise<void> {
		if (this.stopped) return;
		const status = await this.post(record, this.deliverTo!);
		if (typeof status === 'number' && status >= 200 && status < 300) return;
		const next = waits.shift();
		if (next === undefined || this.stopped) return;
		const timer = setTimeout(() => {
			this.timers.delete(timer);
			void this.deliver(record, waits);
		}, next * 1000);
		this.timers.add(timer);
	}

	/** One delivery, signed at this moment, to an origin that stands for the public host. */
	async post(record: CallbackRecord, origin: string): Promise<number | 'failed'> {
		const meant = new URL(record.url);
		const { payload, headers } = this.sign(record);
		const status = await new Promise<number | 'failed'>((resolve) => {
			const call = request(
				`${origin}${meant.pathname}${meant.search}`,
				{
					method: 'POST',
					agent: false,
					timeout: TIMEOUT_MS,
					headers: {
						...headers,
						'content-type': 'application/json',
						'content-length': Buffer.byteLength(payload),
						[CALLBACK_HOST_HEADER]: meant.host,
					},
				},
				(response) => {
					response.resume();
					response.on('end', () => resolve(response.statusCode ?? 'failed'));
					response.on('error', () => resolve('failed'));
				},
			);
			call.on('timeout', () => call.destroy(new Error('timed out')));
			call.on('error', () => resolve('failed'));
			call.end(payload);
		});
		record.deliveries.push(status);
		return status;
	}
}
