import type { Answer, ApiCall, EventAnswer } from '../server/exchange';
import type { Job } from '../job';
import type { StoredResult } from '../images/results';
import type { EmulatorState } from '../state';
import type { EmulatorSettings, JsonObject, ProviderId, RouteKind } from '../types';

/** One path of a provider's API. */
export interface ProviderRoute {
	method: string;
	/** Path below the mount; groups are handed to the handler. */
	path: RegExp;
	/** What the call is for; `undefined` for calls no fault is aimed at. */
	kind?: RouteKind;
	/** Whether a multipart/form-data body is taken apart for it. */
	form?: boolean;
	/** Answers, hands out an image that lies on this server, or throws a `Refusal`. */
	handle(
		state: EmulatorState,
		call: ApiCall,
	): Promise<Answer | EventAnswer | StoredResult> | Answer | EventAnswer | StoredResult;
}

/** How long a busy provider tells the client to wait, and where it says so besides headers. */
export interface WaitHint {
	bodySeconds?: number;
	textSeconds?: number;
	/** The provider's code, where it has several for this. */
	code?: string;
}

/** A provider's errors in its own shape, status and words. */
export interface ProviderErrors {
	/** Any status; without a message and a code the provider's usual ones for it. */
	status(status: number, message?: string, code?: string): Answer;
	/** 429, or 503 as a refusal. */
	busy(status: 429 | 503, wait: WaitHint): Answer;
	credit(): Answer;
	content(): Answer;
	/** Refused authentication with these words. */
	auth(message: string): Answer;
	/** Error body under HTTP 200. */
	inside200(message: string): Answer;
	unknownTask(taskId: string): Answer;
}

/** Everything that is true of one provider, from its document. */
export interface ProviderEmulation {
	id: ProviderId;
	/** As people call it; written into the edited image. */
	name: string;
	/** First part of the path on the API server. */
	mount: string;
	/** What a client has as base URL, behind the origin. */
	base: string;
	/** The same for uploads, at providers with a host of its own for that. */
	uploadBase?: string;
	/** Paths right behind the origin where it answers too. */
	atOrigin?: RegExp;
	routes: ProviderRoute[];
	/** Errors, or how they are made where settings change their form. */
	errors: ProviderErrors | ((settings: EmulatorSettings) => ProviderErrors);
	/** The prompt in a body, where it is not in the field `prompt`. */
	promptIn?(body: JsonObject): string | undefined;
	/** The task that a call is about, where its id is not in the path. */
	taskIdIn?(call: ApiCall): string | undefined;
	/** Where this provider's documents put the wait, and how long it is there. */
	/** `false`: its document names no HTTP 503, so that one can only come from something in front of it. */
	documents503?: false;
	ownHint: { kind: 'body' | 'text' | 'none'; rateLimitSeconds: number; unavailableSeconds: number };
	/** The answer with its results gone: an empty list, or `null`. `undefined` when it holds none. */
	withoutResults(body: JsonObject, left: [] | null): JsonObject | undefined;
	/** What happens when a job has ended: refunds, callbacks. */
	onJobEnd?(state: EmulatorState, job: Job): void;
}

/** A provider's errors as the settings have them now. */
export function errorsOf(provider: ProviderEmulation, settings: EmulatorSettings): ProviderErrors {
	return typeof provider.errors === 'function' ? provider.errors(settings) : provider.errors;
}
