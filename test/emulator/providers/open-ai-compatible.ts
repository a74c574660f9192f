import { randomUUID } from 'node:crypto';
import type { Answer, ApiCall } from '../server/exchange';
import { Refusal, json } from '../server/exchange';
import type { Job } from '../job';
import type { ImageFile } from '../images/png';
import { bearerProblem } from '../server/request-fields';
import type { StoredResult } from '../images/results';
import type { EmulatorState } from '../state';
import type { JsonObject } from '../types';
import { faceOf, openAiErrors, refuse } from './open-ai-compatible-errors';
import type { EditForm } from './open-ai-compatible-request';
import { readForm } from './open-ai-compatible-request';
import type { ProviderEmulation } from './provider';

// Provider research "Self-hosted, OpenAI-compatible"; each face names its own source.
const LINK_LIFETIME_SECONDS = 3600;

function authenticate(state: EmulatorState, call: ApiCall): void {
	const problem = state.settings.openAiCompatible.keyRequired ? bearerProblem(call) : undefined;
	if (!problem) return;
	const ownKeyForm = faceOf(state.settings).keyErrorForm !== undefined;
	const words = problem === 'missing' ? 'No API key provided' : 'Incorrect API key provided';
	const answer = openAiErrors(state.settings).auth(ownKeyForm ? 'Unauthorized' : words);
	throw new Refusal(answer, problem === 'missing' ? 'no key' : 'wrong key');
}

/** How one image is put into the answer. */
type Delivery = 'base64' | 'prefixedBase64' | 'url' | 'relativeUrl' | 'serverPath';

function deliveryOf(state: EmulatorState, responseFormat: string): Delivery {
	const { answer, face, urlsLeadTo } = state.settings.openAiCompatible;
	if (answer !== 'asAsked') return answer;
	if (responseFormat !== 'url') return 'base64';
	if (face === 'xinference') return 'serverPath';
	return face === 'sglang' && urlsLeadTo === 'server' ? 'relativeUrl' : 'url';
}

function placeOf(
	state: EmulatorState,
	job: Job,
	file: ImageFile,
	order: { delivery: Delivery; id: string; index: number },
): JsonObject {
	const { delivery, id, index } = order;
	const base64 = () => file.buffer().toString('base64');
	if (delivery === 'base64') return { b64_json: base64() };
	if (delivery === 'prefixedBase64') {
		return { b64_json: `data:${file.mimeType};base64,${base64()}` };
	}
	if (delivery === 'serverPath') {
		return { url: state.linkFor(job, `/root/.xinference/image/${id}.${file.extension}`) };
	}
	if (delivery === 'url') {
		const url = state.results.add(job, {
			folder: 'images',
			extension: file.extension,
			style: 'signed',
			lifetimeSeconds: LINK_LIFETIME_SECONDS,
			index,
		});
		return { url: state.linkFor(job, url) };
	}
	const variant = job.entry.resultCount > 1 ? `?variant=${index}` : '';
	const path = `/v1/images/${id}/content${variant}`;
	state.results.addAtServer(job, path, index);
	return { url: state.linkFor(job, path) };
}

/** What a server puts beside each image and beside the list, from its document or source. */
function dressed(
	state: EmulatorState,
	form: EditForm,
	id: string,
	places: JsonObject[],
): JsonObject {
	const created = state.nowSeconds();
	switch (state.settings.openAiCompatible.face) {
		case 'vllmOmni':
			return {
				created,
				data: places.map((place) => ({ url: null, revised_prompt: null, ...place })),
				output_format: form.outputFormat ?? null,
				size: form.size ? `${form.size.width}x${form.size.height}` : null,
			};
		case 'sglang':
			return {
				id,
				created,
				data: places.map((place) => ({
					b64_json: null,
					url: null,
					revised_prompt: form.prompt,
					file_path: `/outputs/${id}.${form.format === 'jpeg' ? 'jpg' : form.format}`,
					...place,
				})),
				usage: { image_count: places.length },
			};
		case 'sdServer':
			return { created, data: places, output_format: form.outputFormat ?? 'png' };
		case 'xinference':
			return { created, data: places.map((place) => ({ url: null, b64_json: null, ...place })) };
		case 'deepInfra':
			return { created, data: places.map((place) => ({ revised_prompt: null, ...place })) };
		default:
			return { created, data: places };
	}
}

async function edit(state: EmulatorState, call: ApiCall): Promise<Answer> {
	authenticate(state, call);
	const form = await readForm(state, call);
	const job = state.takeJob(openAiCompatible, call, {
		model: form.model,
		prompt: form.prompt,
		inputs: form.inputs,
		inputSha256: form.inputSha256,
		fields: form.fields,
		task: false,
		count: form.count,
		format: form.format,
		notes: form.notes,
		...form.size,
		...(form.seed !== undefined && { seed: form.seed }),
	});
	await state.workAtOnce(call, job);
	const id = randomUUID();
	const delivery = deliveryOf(state, form.responseFormat);
	const files = await Promise.all(job.images);
	const places = files.map((file, index) => placeOf(state, job, file, { delivery, id, index }));
	return json(200, dressed(state, form, id, places));
}

/** Hands out an image that the server keeps (SGLang); behind the key, where there is one. */
function content(state: EmulatorState, call: ApiCall): StoredResult {
	authenticate(state, call);
	const query = call.query.toString();
	const stored = state.results.findAtServer(
		`/v1/images/${call.groups[0]}/content${query && `?${query}`}`,
	);
	return stored ?? refuse(state, { status: 404, error: { message: 'Image not found' } });
}

function listModels(state: EmulatorState, call: ApiCall): Answer {
	authenticate(state, call);
	const face = faceOf(state.settings);
	const id = state.settings.openAiCompatible.model || face.modelName;
	const model = { id, object: 'model', owned_by: face.ownedBy };
	// sd-server's document names three fields and no list around them.
	if (state.settings.openAiCompatible.face === 'sdServer') return json(200, { data: [model] });
	return json(200, {
		object: 'list',
		data: [{ ...model, created: state.nowSeconds() }],
	});
}

/** Below `/v1`; Lemonade answers below `/api/v1` too, and DeepInfra below `/v1/openai`. */
function route(path: string): RegExp {
	return new RegExp(`^(?:/api)?/v1(?:/openai)?/${path}$`);
}

/** Servers behind `POST /v1/images/edits`: one's own, and gateways. */
export const openAiCompatible: ProviderEmulation = {
	id: 'openAiCompatible',
	name: 'OpenAI-compatible',
	mount: '/openai',
	base: '/openai',
	// Such a server has an origin of its own, and its relative links start there.
	atOrigin: /^\/v1\//,
	routes: [
		{ method: 'POST', path: route('images/edits'), kind: 'submit', form: true, handle: edit },
		{ method: 'GET', path: route('images/([^/]+)/content'), kind: 'result', handle: content },
		{ method: 'GET', path: route('models'), kind: 'credit', handle: listModels },
	],
	errors: openAiErrors,
	ownHint: { kind: 'none', rateLimitSeconds: 1, unavailableSeconds: 1 },
	withoutResults: (body, left) => (Array.isArray(body.data) ? { ...body, data: left } : undefined),
};
