/* eslint-disable @n8n/community-nodes/no-restricted-globals -- tests never ship */
import { createHash } from 'node:crypto';

import type { S3Account, S3Fault, S3Object, S3Request, S3Settings } from '../types';

const DEFAULT_SETTINGS: Omit<S3Settings, 'denied'> = {
	conditionalWrites: 'honoured',
	quotaBytes: undefined,
	maximumObjectBytes: 5 * 1024 ** 3,
	latencyMilliseconds: 0,
	clockOffsetSeconds: 0,
};

/** What a store has and remembers. */
export class S3State {
	/** The same at every start; base64 has the characters that a client must not pass on as they are. */
	readonly account: S3Account = {
		region: 'eu-central-1',
		accessKeyId: `EMULATED${digest('hex').slice(0, 12).toUpperCase()}`,
		secretAccessKey: `${digest('base64').slice(0, 38)}/+`,
	};

	readonly bucket: string;

	readonly requests: S3Request[] = [];

	readonly faults: S3Fault[] = [];

	readonly settings: S3Settings = { ...DEFAULT_SETTINGS, denied: new Set() };

	maxInFlight = 0;

	private inFlight = 0;

	private readonly buckets: Map<string, Map<string, S3Object>>;

	constructor(buckets: string[] = ['edited-images']) {
		this.bucket = buckets[0]!;
		this.buckets = new Map(buckets.map((name) => [name, new Map<string, S3Object>()]));
	}

	objectsOf(bucket: string): Map<string, S3Object> | undefined {
		return this.buckets.get(bucket);
	}

	now(): Date {
		return new Date(Date.now() + this.settings.clockOffsetSeconds * 1000);
	}

	age(key: RegExp, seconds: number): void {
		for (const [name, object] of this.objectsOf(this.bucket)!) {
			if (!key.test(name)) continue;
			object.lastModified = new Date(object.lastModified.getTime() - seconds * 1000);
		}
	}

	async pause(): Promise<void> {
		const { latencyMilliseconds } = this.settings;
		if (latencyMilliseconds > 0) {
			await new Promise((resolve) => setTimeout(resolve, latencyMilliseconds));
		}
	}

	enter(request: S3Request): void {
		this.requests.push(request);
		this.inFlight += 1;
		this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
	}

	leave(): void {
		this.inFlight -= 1;
	}

	reset(): void {
		for (const objects of this.buckets.values()) objects.clear();
		this.requests.length = 0;
		this.faults.length = 0;
		this.settings.denied.clear();
		Object.assign(this.settings, DEFAULT_SETTINGS);
		this.maxInFlight = this.inFlight;
	}
}

/** The first fault that fits a request, counted down. */
export function takeFault(faults: S3Fault[], { method, key }: S3Request): S3Fault | undefined {
	const index = faults.findIndex(
		(fault) =>
			(fault.method === undefined || fault.method === method) &&
			(fault.key === undefined || fault.key.test(key)),
	);
	const fault = faults[index];
	if (fault?.times === undefined) return fault;
	fault.times -= 1;
	if (fault.times <= 0) faults.splice(index, 1);
	return fault;
}

function digest(encoding: 'hex' | 'base64'): string {
	return createHash('sha256').update('the account of the emulated store').digest(encoding);
}
