import type { Account, SignedCallback } from './callbacks/signatures';
import type { FaultControl } from './faults/faults';

/** Every provider the emulator speaks as; the same ids as in the package's contract. */
export const PROVIDER_IDS = [
	'aiml',
	'chainHub',
	'dashScope',
	'evoLink',
	'fal',
	'kie',
	'modelsLab',
	'modelVerse',
	'odkkk',
	'openAiCompatible',
	'replicate',
	'siliconFlow',
	'waveSpeed',
] as const;
export type ProviderId = (typeof PROVIDER_IDS)[number];

/** Those whose documents name a call when a task has ended. */
export const CALLING_PROVIDERS: readonly ProviderId[] = [
	'evoLink',
	'fal',
	'kie',
	'modelsLab',
	'odkkk',
	'replicate',
	'waveSpeed',
];

/** The servers behind `POST /v1/images/edits` that the emulator can be; they differ as their documents do. */
export const OPEN_AI_FACES = [
	'generic',
	'vllmOmni',
	'sglang',
	'sdServer',
	'lemonade',
	'xinference',
	'deepInfra',
] as const;
export type OpenAiFace = (typeof OPEN_AI_FACES)[number];

/** How an OpenAI-compatible server words an error. */
export type OpenAiErrorForm =
	| 'error'
	| 'errorText'
	| 'detail'
	| 'detailList'
	| 'detailError'
	| 'message';

/** Where a DashScope host lies, or where a key for it was made. */
export type DashScopeRegion = 'beijing' | 'singapore';

/** What a call is for, whatever its path: faults are aimed at one of these. */
export type RouteKind = 'submit' | 'read' | 'upload' | 'result' | 'credit' | 'cancel';

/** A fixed number, or a log-normal draw (seeded, so a run can be repeated). */
export type Duration = number | { median: number; sigma: number };

export type ImageFormat = 'png' | 'jpeg' | 'webp';

/** A JSON value as it came over the wire. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface EmulatorOptions {
	/** How long a task takes from submission to its end, at providers that answer with a task. */
	taskSeconds?: Duration;
	/** How long an edit takes at providers that answer at once. */
	latencyMs?: Duration;
	apiPort?: number;
	resultsPort?: number;
	/** `false` hands out one tiny ready-made PNG instead of editing: for large benches. */
	editImages?: boolean;
	/** Tasks one account may have open; a number means ModelsLab, the only document that names one. */
	queueLimit?: number | Partial<Record<ProviderId, number>>;
	/** Every result is padded to this many bytes (it stays a valid PNG). */
	resultBytes?: number;
	/** A loopback origin that stands for the public hosts of callback URLs; without it they are only noted. */
	deliverCallbacksTo?: string;
	/** The clock, in milliseconds since 1970. */
	now?: () => number;
	settings?: DeepPartial<EmulatorSettings>;
}

type DeepPartial<T> = { [K in keyof T]?: T[K] extends object ? DeepPartial<T[K]> : T[K] };
export type SettingsPatch = DeepPartial<EmulatorSettings>;

/** Switches for what the documents leave open. They may be changed while the emulator runs. */
export interface EmulatorSettings {
	taskSeconds: Duration;
	latencyMs: Duration;
	editImages: boolean;
	resultBytes: number;
	queueLimit: Partial<Record<ProviderId, number>>;
	/** Seconds a full queue tells the client to wait (ModelsLab's document says 30). */
	queueRetryAfterSeconds: number;
	/** Whether images behind URLs are fetched and looked at. Only a bench switches it off. */
	fetchInputs: boolean;
	format: Record<ProviderId, ImageFormat>;
	modelsLab: {
		/** Who is served at once and who gets a task; the real server decides by its load. */
		answer: 'processing' | 'success' | 'alternate';
		/** Overrides the `eta` that is worked out from the task's remaining time. */
		etaSeconds: number | null;
		/** `.base64` results with a `data:` prefix or without one. */
		base64Prefix: boolean;
		/** Errors with HTTP 200 (seed 001's oneOf) or with the statuses of its error-code page (PROVIDERS S2). */
		errorStatus: 'always200' | 'documented';
		/** Validation messages as one sentence, or as an object of lists per field. */
		validationMessage: 'sentence' | 'fields';
	};
	evoLink: {
		/** Images that break a limit are refused at once, or become a failed task. */
		checksImagesIn: 'submit' | 'task';
		estimatedTimeSeconds: number | null;
		/** Whether the files host answers errors with HTTP 200. */
		uploadErrorStatus: 'always200' | 'documented';
	};
	fal: {
		/** Which results the safety checker flags. */
		flags: 'none' | 'first' | 'all';
		/** `silent`: the stream of states sends nothing, as behind a proxy that holds events back. `absent`: 404. */
		stream: 'events' | 'silent' | 'absent';
	};
	kie: {
		/** Refusals with HTTP 200 and a code in the body, or with that code as the HTTP status. */
		errorStatus: 'always200' | 'documented';
		/** The Webhook HMAC Key of the account, by which calls are signed. Empty: the account has none. */
		webhookHmacKey: string;
	};
	replicate: {
		/** One result as a list or as a single text. */
		output: 'list' | 'text';
	};
	siliconFlow: {
		/** The list of results under `images`, or under `data` as some clients read it. */
		answer: 'images' | 'data';
	};
	waveSpeed: {
		flags: 'none' | 'first' | 'all';
	};
	odkkk: {
		/** Images that break a limit are refused at once, or become a failed task. */
		checksImagesIn: 'submit' | 'task';
		estimatedTimeSeconds: number | null;
	};
	modelVerse: {
		answer: 'both' | 'url' | 'b64_json';
		base64Prefix: boolean;
	};
	aiml: {
		answer: 'url' | 'b64_json' | 'sample';
		/** Which documented-nullable fields are null. */
		nulls: 'none' | 'meta' | 'usage';
	};
	openAiCompatible: {
		face: OpenAiFace;
		/** Whether the server was started with a key. Without one it takes every request, with any key or none. */
		keyRequired: boolean;
		/** How images come back; `asAsked` follows the face and `response_format`. */
		answer: 'asAsked' | 'base64' | 'prefixedBase64' | 'url' | 'relativeUrl' | 'serverPath';
		/** Where a server keeps what it gives a URL for; `none`: it refuses `response_format=url` (SGLang). */
		urlsLeadTo: 'server' | 'cloud' | 'none';
		/** How errors are worded; `asFace` as the document of the face has them. */
		errorForm: 'asFace' | OpenAiErrorForm;
		/** A form field that is refused when it is sent; OpenAI does so with `response_format`. */
		refusedField: string;
		/** The only model there is; empty: the one that the face's document names. */
		model: string;
	};
	dashScope: {
		/** Where this host lies. */
		region: DashScopeRegion;
		/** Where `key('dashScope')` was made; elsewhere it is not known. */
		keyRegion: DashScopeRegion;
		/** Whether `output.task_metric` is there, as in some real answers. */
		taskMetric: boolean;
		/** The document promises a day; real links end after about seven. */
		linkLifetimeSeconds: number;
		/** HTTP status of `Arrearage`: 400 in the document and in reports of users. */
		arrearageStatus: number;
	};
}

/** One job a provider has taken, and so one that somebody pays for. */
export interface LedgerEntry {
	id: number;
	provider: ProviderId;
	model: string;
	prompt: string;
	/** How many images were sent in. */
	imageCount: number;
	billed: number;
	/** Milliseconds since 1970, by the emulator's clock. */
	at: number;
	status: 'running' | 'completed' | 'failed' | 'cancelled';
	/** When cancel calls for it came, by the emulator's clock. */
	cancelledAt: number[];
	/** How long the emulator works on it, as drawn from the settings; what a bench holds a run against. */
	workSeconds?: number;
	taskId?: string;
	/** How many images come back. */
	resultCount: number;
	/** Hashes of the input images' bytes, in the order they were sent. */
	inputSha256: string[];
	/** Hash of the mask's bytes, where one was sent in a field that the server knows. */
	maskSha256?: string;
	/** Images that were sent and that the server does not look at: it reads one file of that field. */
	unusedImages?: number;
	/** The parts of a multipart body, by name and in order. */
	formFields?: string[];
	/** Request fields the provider's document does not know. */
	unknownFields: string[];
	/** The documented fields as they were sent, long strings shortened, without the key. */
	fields: JsonObject;
	idempotencyKey?: string;
	/** Set when a failed task gave its credits back (EvoLink; PROVIDERS S3). */
	refunded?: boolean;
	requestId: number;
}

/** One part of a multipart body. */
export interface RecordedPart {
	name: string;
	/** The text of a field, shortened; absent for files. */
	value?: string;
	fileName?: string;
	contentType?: string;
	/** Length of a file, and the hash of its bytes exactly as they arrived. */
	bytes?: number;
	sha256?: string;
}

/** One HTTP request that reached the emulator. The emulator's own fetches are not among them. */
export interface RecordedRequest {
	id: number;
	server: 'api' | 'results' | 'elsewhere';
	/** Whether it hit the results server. */
	onResultsServer: boolean;
	provider?: ProviderId;
	route?: RouteKind;
	method: string;
	/** Path and query exactly as they came. */
	path: string;
	headers: Record<string, string | string[] | undefined>;
	/** The JSON body with long strings shortened, or the text when it was not JSON. */
	body?: Json;
	/** The parts of a multipart body in order; `body` is absent then. */
	form?: RecordedPart[];
	bodyBytes: number;
	/** Hash of the whole body as it came. */
	bodySha256?: string;
	/** Hashes of the images found in the request, decoded. */
	imageSha256: string[];
	unknownFields: string[];
	at: number;
	/** Requests open on this server when it came, itself included. */
	inFlight: number;
	status?: number;
	/** Why a provider turned the request down, in the emulator's own words. */
	refusal?: string;
	/** The fault that was played on it. */
	fault?: string;
	/** When the answer was finished. */
	answeredAt?: number;
	/** When the client went away before the answer was finished. */
	abortedAt?: number;
}

/** A provider key seen where it has no business. */
export interface KeyLeak {
	requestId: number;
	keyOf: ProviderId;
	server: RecordedRequest['server'];
	where: 'header' | 'url' | 'body';
}

/** A callback the provider owes, or has sent. */
export interface CallbackRecord {
	provider: ProviderId;
	url: string;
	body: JsonObject;
	at: number;
	/** Status of each delivery; empty while callbacks are only noted. */
	deliveries: Array<number | 'failed'>;
}

/** An image the emulator made. */
export interface ResultRecord {
	id: string;
	provider: ProviderId;
	entryId: number;
	url: string;
	downloads: number;
}

export interface Emulator {
	readonly apiOrigin: string;
	readonly resultOrigin: string;
	/** A third origin, which belongs to nobody: redirects and foreign poll URLs lead there. */
	readonly elsewhereOrigin: string;
	/** An origin on which nothing listens: connections are refused by the kernel. */
	readonly unreachableOrigin: string;
	baseUrl(provider: ProviderId): string;
	/** Where files are uploaded, at providers with a host of its own for that. */
	uploadBaseUrl(provider: ProviderId): string | undefined;
	key(provider: ProviderId): string;
	readonly ledger: LedgerEntry[];
	readonly requests: RecordedRequest[];
	readonly callbacks: CallbackRecord[];
	readonly results: ResultRecord[];
	/** Keys that were seen on another origin or at another provider. */
	readonly leaks: KeyLeak[];
	/** Most API calls open at one time, control calls not counted. */
	readonly maxInFlight: number;
	maxInFlightOf(provider: ProviderId): number;
	/** Most jobs running at one time. */
	readonly maxRunning: number;
	readonly faults: FaultControl;
	readonly settings: EmulatorSettings;
	/** A noted callback with the headers that it would be sent with now, at another moment, or by another account. */
	signCallback(
		record: CallbackRecord,
		settings?: { at?: number; account?: Account },
	): SignedCallback;
	/** Delivers a noted callback once, to an origin that stands for the public host of its URL. */
	callBack(record: CallbackRecord, origin: string): Promise<number | 'failed'>;
	/** Puts an image on the results server and returns its URL. */
	hostImage(bytes: Buffer, fileName?: string): string;
	/** Makes a public URL known: what the emulator finds when it fetches it, as nothing leaves the machine. */
	publishImage(url: string, bytes: Buffer): void;
	/** Moves the emulator's clock on: tasks age, links expire, windows pass. */
	advance(seconds: number): void;
	/** Forgets everything but ports, keys and settings. */
	reset(): void;
	stop(): Promise<void>;
}
