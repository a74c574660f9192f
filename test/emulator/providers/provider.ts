import type { Answer, ApiCall } from '../exchange';
import type { Job } from '../job';
import type { EmulatorState } from '../state';
import type { JsonObject, ProviderId, RouteKind } from '../types';

/** One path of a provider's API. */
export interface ProviderRoute {
	method: string;
	/** Path below the mount; groups are handed to the handler. */
	path: RegExp;
	/** What the call is for; `undefined` for calls no fault is aimed at. */
	kind?: RouteKind;
	/** Answers, or throws a `Refusal`. */
	handle(state: EmulatorState, call: ApiCall): Promise<Answer> | Answer;
}

/** How long a busy provider tells the client to wait, and where it says so besides headers. */
export interface WaitHint {
	bodySeconds?: number;
	textSeconds?: number;
}

/** A provider's errors in its own shape, status and words. */
export interface ProviderErrors {
	/** Any status; without a message the provider's usual words for it. */
	status(status: number, message?: string): Answer;
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
	/** As people call it; written into the edited picture. */
	name: string;
	/** First part of the path on the API server. */
	mount: string;
	/** What a client has as base URL, behind the origin. */
	base: string;
	routes: ProviderRoute[];
	errors: ProviderErrors;
	/** Where this provider's documents put the wait, and how long it is there. */
	ownHint: { kind: 'body' | 'text' | 'none'; rateLimitSeconds: number; unavailableSeconds: number };
	/** The answer with its results gone: an empty list, or `null`. `undefined` when it holds none. */
	withoutResults(body: JsonObject, left: [] | null): JsonObject | undefined;
	/** What happens when a job has ended: refunds, callbacks. */
	onJobEnd?(state: EmulatorState, job: Job): void;
}
