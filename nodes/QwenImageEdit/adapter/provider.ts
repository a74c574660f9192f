import type { CredentialFacts } from './credential';
import type { Field, OperationName } from './field';
import type { Reported } from '../edit/cost';
import type { Fault } from '../edit/fault';
import type { Malformed, Outcome, Refused, Stopped, Usage } from '../edit/outcome';
import type { Price } from '../edit/price';
import type { ImageType } from '../image/imageType';
import type { EditRequest, FieldValues, ImageFile } from '../edit/request';
import type { Callback } from '../wire/callback';
import type { Reply, Wire } from '../wire/wire';

/**
 * How sure we are of a fact. `high`: the provider's own page says so. `medium`: one third party, or a
 * sibling page. `assumed`: nobody says so; the note tells why we act on it all the same.
 */
export type Confidence = 'high' | 'medium' | 'assumed';

/** A fact about a provider that is not plain from the code, with where it comes from. Printed in the docs. */
export interface Fact {
	says: string;
	source: string;
	confidence: Confidence;
}

/** A model of a provider; what is absent holds as for the provider. */
export interface Model {
	/** The id on the wire. */
	id: string;
	/** One short phrase, when the provider says what sets it apart. */
	note?: string;
	/** The most input images, where it is not the provider's own number. */
	maximumImages?: number;
	/** What it takes as an input image, where that is less than the provider does. */
	images?: Pick<ImageLimits, 'types' | 'minimumSide' | 'maximumSide' | 'maximumBytes'>;
	/** Characters of the prompt, where they are fewer than the provider's. */
	maximumPromptLength?: number;
	/** Fields of the provider that this model does not take, by option name. */
	refuses?: readonly string[];
	/** The smallest number of a field, where it is more than the provider's, by option name. */
	minima?: Readonly<Record<string, number>>;
	/** The largest number, or the most characters, of a field, where it is less than the provider's; by option name. */
	maxima?: Readonly<Record<string, number>>;
	/** The values of a field that it takes, where they are fewer than the provider's, by option name. */
	choices?: Readonly<Record<string, readonly string[]>>;
	/** What it takes as `size`. Sides in pixels; pixels in all; longer side by shorter. */
	size?: {
		minimumSide?: number;
		maximumSide?: number;
		minimumPixels?: number;
		maximumPixels?: number;
		maximumRatio?: number;
		/** Words that stand for a size, such as `auto`. */
		words?: readonly string[];
	};
	/** By its price list, one for each region where they differ. Absent: not known. */
	prices?: readonly Price[];
}

/** What a provider takes as input images; everything here is checked before anything is sent. */
export interface ImageLimits {
	/** The most images in one request. */
	maximum: number;
	/**
	 * `link` only, `data` (base64 in the body) too, or a `file` in a multipart body. Files for a `link`
	 * provider are uploaded, links for a `file` provider are downloaded first.
	 */
	takes: 'link' | 'linkOrData' | 'file';
	/** From so many bytes on, a file for a `linkOrData` provider is uploaded instead of sent in the body. */
	uploadFromBytes?: number;
	/** A second image may say where the first is to change. */
	mask?: boolean;
	/** Absent: the provider documents no list. */
	types?: readonly ImageType[];
	/** Pixels, each side. Absent: not documented. */
	minimumSide?: number;
	maximumSide?: number;
	/** Of one file, before base64. Absent: not documented. */
	maximumBytes?: number;
}

/** A request and how its answer is read. Both are pure. */
export interface Exchange<Input, Read = Outcome> {
	encode(input: Input): Wire;
	decode(reply: Reply, input?: Input): Read;
}

/** What came of an upload: the URL of the file. `put` first sends it there, to a foreign address and without the key. */
export interface Uploaded {
	url: string;
	put?: Wire;
}

/** The calls about a task. */
export interface TaskCalls extends Exchange<TaskReference> {
	/** What a task id looks like, for the field's placeholder. */
	idExample: string;
	/** Refuses an id that cannot be one before it is sent. */
	idPattern?: RegExp;
	/** Where the images of a task that is `ready` are read. Absent: the read of the task brings them. */
	result?: Exchange<TaskReference>;
	/** A request whose answer, read like the task, ends when the task does. Absent: the provider documents none. */
	watch?(task: TaskReference): Wire;
	/** Absent: the provider documents no cancel call. */
	cancel?: Exchange<TaskReference, Stopped | Refused | Malformed>;
	/** Absent: the provider documents no call when a task has ended. */
	callback?: Callback;
}

/** What is known when a task is asked for. */
export interface TaskReference {
	taskId: string;
	/** The provider's own address for the task, from its last answer. */
	readUrl?: string;
	baseUrl: string;
}

/** All that is true of one provider; the node's fields, its checks and the docs are derived from it. */
export interface Provider {
	/** Stored in workflows: never changes. */
	id: string;
	/** Shown to users. */
	title: string;
	/** One sentence: what it is. */
	summary: string;
	documentationUrl: string;
	credential: CredentialFacts;
	models: readonly Model[];
	/** Empty: the server has a model of its own, and none need be chosen. */
	defaultModel: string;
	/** Where the provider itself lists its models; an answer that is no list gives undefined. */
	modelList?: { encode(): Wire; decode(reply: Reply): Model[] | undefined };
	/** Absent length: not documented. */
	prompt: { maximumLength?: number };
	images: ImageLimits;
	/** By name in the Options collection. */
	fields: Readonly<Record<string, Field>>;
	/** What fields that are right each by itself may not be together. */
	fieldRules?: ReadonlyArray<{ says: string; breaks(values: FieldValues): boolean }>;
	/** Where an edit is sent, behind the base URL; taken off a base URL that was pasted with it. */
	submitPath: string;
	/** Sends the edit. On a task provider the answer is a task, or already the image. */
	submit: Exchange<EditRequest>;
	/** Present on providers with tasks. */
	task?: TaskCalls;
	/** Present where the provider takes files by a call of its own, before the submit. */
	upload?: Exchange<ImageFile, Uploaded | Refused | Malformed>;
	/** How long an edit usually takes, in seconds; the first poll of a task is timed by it. */
	typicalSeconds: number;
	/** How long a result URL lives, in seconds. Absent: not documented. */
	resultLifetimeSeconds?: number;
	/** Requests under way at once that a new account may have. */
	concurrency: number;
	/**
	 * HTTP 503 in the form that the provider's document gives for "not taken, come again". Any other 503 may come from
	 * a gateway behind which the edit was taken. Absent: the document gives no such form.
	 */
	busy?: {
		/** The form, in words for the docs. */
		says: string;
		source: string;
		/** Tested against the parsed body. */
		when(json: unknown): boolean;
	};
	/** Reads what the edit cost from what the provider reported of use. Absent: it reports no money. */
	reportedCost?(usage: Usage): Reported | undefined;
	/**
	 * Failed tasks for which the provider documents that it does not charge, in the form that it documents: whoever
	 * reads "not billed" sends the edit to another provider. Absent: it documents none.
	 */
	free?: { says: string; source: string; when(fault: Fault, json: unknown): boolean };
	/** Header for a key that makes a repeated submit harmless; absent: the provider knows none. */
	idempotencyHeader?: string;
	facts: readonly Fact[];
}

/** What is known of a model; an id that the user entered has no limits of its own. */
export function findModel(provider: Provider, id: string): Model | undefined {
	return provider.models.find((model) => model.id === id);
}

/** The operations that make sense for a provider. */
export function operationsOf(provider: Provider): readonly OperationName[] {
	const { task } = provider;
	if (task === undefined) return ['edit'];
	return task.cancel === undefined
		? ['edit', 'submitTask', 'getTask']
		: ['edit', 'submitTask', 'getTask', 'cancelTask'];
}
