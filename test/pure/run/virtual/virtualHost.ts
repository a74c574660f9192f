import type { ImageFacts } from '../../../../nodes/QwenImageEdit/image/imageHead';
import type { Provider } from '../../../../nodes/QwenImageEdit/adapter/provider';
import type { Reply, Wire } from '../../../../nodes/QwenImageEdit/wire/wire';
import { findProvider } from '../../../../nodes/QwenImageEdit/providers';
import { runItem, type RunPorts } from '../../../../nodes/QwenImageEdit/run/runItem';
import type { ItemPlan, ItemResult } from '../../../../nodes/QwenImageEdit/run/item';
import { RateGate } from '../../../../nodes/QwenImageEdit/run/pace/rateGate';
import { PaidWorkStore } from '../../../../nodes/QwenImageEdit/run/paidWork';
import { runOrdered, type Settled } from '../../../../nodes/QwenImageEdit/run/pace/pool';
import type {
	Answer,
	Fetched,
	ImageStore,
	Transport,
} from '../../../../nodes/QwenImageEdit/run/ports';
import { TypicalTimes } from '../../../../nodes/QwenImageEdit/run/pace/typicalTimes';
import type { VirtualClock } from './virtualClock';

const facts = {
	type: 'png',
	mimeType: 'image/png',
	extension: 'png',
	width: 416,
	height: 384,
} as ImageFacts;

/** How a host behaves that exists on a virtual clock only. Times in seconds. */
export interface HostSettings {
	/** How long each edit takes. */
	editSeconds: () => number;
	/** Answers with a task that has to be looked at, or with the image when it is made. */
	answers: 'task' | 'atOnce';
	/** What the host says at the submit; default: nothing. */
	estimatedSeconds?: (editSeconds: number) => number;
	/** Of every request. Default 0. */
	latencySeconds?: number;
	/** Of every download. Default 0. */
	downloadSeconds?: number;
	/** So many edits at once; one more is refused with HTTP 429. */
	limit?: number;
	/** What a refusal names. Default 30. */
	retryAfterSeconds?: number;
}

/** One edit, as the host has seen it. Times in seconds since the clock began. */
export interface HostedEdit {
	id: string;
	submittedAt: number;
	readyAt: number;
	looksAt: number[];
	/** When a look, or the answer to the submit, brought the image. */
	handedOutAt?: number;
}

/** A host and an image store on a virtual clock, which speak as odkkk and AI/ML API do (seeds 002 and 004). */
export class VirtualHost implements Transport, ImageStore {
	readonly edits: HostedEdit[] = [];

	/** When a submit was refused, and until when nothing may be sent. */
	readonly windows: Array<{ from: number; until: number }> = [];

	/** When each request arrived. */
	readonly arrivals: number[] = [];

	private running = 0;

	private readonly startedAt: number;

	constructor(
		private readonly clock: VirtualClock,
		private readonly settings: HostSettings,
	) {
		this.startedAt = clock.now();
	}

	get provider(): Provider {
		return findProvider(this.settings.answers === 'task' ? 'odkkk' : 'aiml')!;
	}

	/** Seconds since the clock began. */
	get seconds(): number {
		return (this.clock.now() - this.startedAt) / 1000;
	}

	/** @inheritdoc */
	async send(wire: Wire, { signal }: { signal: AbortSignal }): Promise<Answer> {
		const half = (this.settings.latencySeconds ?? 0) * 500;
		await this.clock.sleep(half, signal);
		if (signal.aborted) return { kind: 'cancelled' };
		this.arrivals.push(this.seconds);
		const reply = wire.purpose === 'submit' ? await this.submit(signal) : this.look(wire.path);
		await this.clock.sleep(half, signal);
		return signal.aborted ? { kind: 'cancelled' } : { kind: 'reply', reply };
	}

	/** @inheritdoc */
	async fetch(
		_image: unknown,
		{ signal }: { timeoutSeconds: number; signal: AbortSignal },
	): Promise<Fetched> {
		await this.clock.sleep((this.settings.downloadSeconds ?? 0) * 1000, signal);
		if (signal.aborted) return { kind: 'cancelled' };
		return {
			kind: 'stored',
			image: { facts, bytes: 1000, stored: {} },
		};
	}

	private async submit(signal: AbortSignal): Promise<Reply> {
		const { limit = Number.POSITIVE_INFINITY, retryAfterSeconds = 30 } = this.settings;
		if (this.running >= limit) {
			this.windows.push({ from: this.seconds, until: this.seconds + retryAfterSeconds });
			return answer(429, { error: { message: 'busy' } }, { 'retry-after': `${retryAfterSeconds}` });
		}
		const editSeconds = this.settings.editSeconds();
		const edit: HostedEdit = {
			id: `task-unified-${this.edits.length}-virtual`,
			submittedAt: this.seconds,
			readyAt: this.seconds + editSeconds,
			looksAt: [],
		};
		this.edits.push(edit);
		this.running += 1;
		const made = this.clock.sleep(editSeconds * 1000).then(() => (this.running -= 1));
		if (this.settings.answers === 'atOnce') {
			await Promise.race([made, this.clock.sleep(editSeconds * 1000, signal)]);
			edit.handedOutAt = this.seconds;
			return answer(200, { created: 0, data: [{ url: 'https://results.example/1.png' }] });
		}
		const estimate = this.settings.estimatedSeconds?.(editSeconds);
		return answer(200, {
			id: edit.id,
			status: 'pending',
			progress: 0,
			...(estimate === undefined ? {} : { task_info: { estimated_time: estimate } }),
		});
	}

	private look(path: string): Reply {
		const edit = this.edits.find(({ id }) => path.endsWith(`/${id}`));
		if (edit === undefined) return answer(404, { error: { message: 'no such task' } });
		edit.looksAt.push(this.seconds);
		// Half a microsecond: the sum of two times is not always the time of the sum.
		if (this.seconds < edit.readyAt - 5e-7) {
			return answer(200, { id: edit.id, status: 'processing', progress: 50 });
		}
		edit.handedOutAt ??= this.seconds;
		return answer(200, {
			id: edit.id,
			status: 'completed',
			results: ['https://results.example/1.png'],
		});
	}
}

function answer(httpStatus: number, json: unknown, headers: Record<string, string> = {}): Reply {
	return { httpStatus, headers, json, text: JSON.stringify(json) };
}

/** An edit of an image behind a URL. */
export function urlPlan(provider: Provider, plan: Partial<ItemPlan> = {}): ItemPlan {
	return {
		provider,
		baseUrl: provider.credential.defaultBaseUrl,
		operation: 'edit',
		model: provider.defaultModel,
		request: {
			model: provider.defaultModel,
			prompt: 'Make it night',
			images: [{ kind: 'link', url: 'https://images.example/1.png' }],
			fields: {},
		},
		canUpload: false,
		downloadsImages: true,
		waitForCompletion: false,
		isCheckOnly: false,
		timeoutSeconds: 3600,
		timeoutAction: 'error',
		output: {
			binaryPropertyName: 'data',
			fileName: 'edited',
			maximumBytes: 1_000_000,
			allowPrivateNetwork: false,
		},
		...plan,
	};
}

/** What one run of the node over `count` items does, without n8n around it; to be run on the clock. */
export async function editAll(
	clock: VirtualClock,
	host: VirtualHost,
	settings: {
		count: number;
		width: number;
		plan?: Partial<ItemPlan>;
		/** What a process keeps between runs. */
		shared?: { gate?: RateGate; times?: TypicalTimes };
		signal?: AbortSignal;
	},
): Promise<Array<Settled<ItemResult>>> {
	const { count, width, plan, shared = {}, signal = new AbortController().signal } = settings;
	const memory = new PaidWorkStore(clock);
	const ports: Omit<RunPorts, 'memory' | 'signal'> = {
		clock,
		gate: shared.gate ?? new RateGate(clock),
		times: shared.times ?? new TypicalTimes(),
		transport: host,
		images: host,
	};
	return await runOrdered(
		Array.from({ length: count }),
		{ width, signal },
		async (_item, index, itemSignal) =>
			await runItem(urlPlan(host.provider, plan), {
				...ports,
				signal: itemSignal,
				memory: memory.of('run', index),
			}),
	);
}
