import { randomUUID } from 'node:crypto';
import type { Answer, ApiCall } from '../server/exchange';
import { Refusal, json, shortened } from '../server/exchange';
import { bearerProblem, isObject } from '../server/request-fields';
import type { EmulatorState } from '../state';
import type { Json, JsonObject } from '../types';
import { SAYS, dashScopeErrors, refuse } from './dash-scope-errors';
import { DASH_SCOPE_MODELS } from './dash-scope-models';
import { readEdit } from './dash-scope-request';
import type { ProviderEmulation } from './provider';

// Provider research O1, which is help.aliyun.com "千问-图像编辑API参考" and its sibling pages.

/** Keys belong to a region: elsewhere they are as unknown as a wrong one. */
function keyProblem(state: EmulatorState, call: ApiCall): string | undefined {
	const problem = bearerProblem(call);
	if (problem) return problem === 'missing' ? 'no key' : 'wrong key';
	const { region, keyRegion } = state.settings.dashScope;
	return region === keyRegion ? undefined : `a key of ${keyRegion} in ${region}`;
}

async function generate(state: EmulatorState, call: ApiCall): Promise<Answer> {
	const problem = keyProblem(state, call);
	if (problem !== undefined) refuse(problem, 401, 'InvalidApiKey', SAYS.InvalidApiKey);
	if (call.headers['x-dashscope-async'] === 'enable') {
		const words = 'current user api does not support asynchronous calls.';
		refuse('asked for asynchronous work', 403, 'AccessDenied', words);
	}
	const order = await readEdit(state, call);
	const { model, input, parameters } = call.body as JsonObject;
	const job = state.takeJob(dashScope, call, {
		model: order.model,
		prompt: order.prompt,
		inputs: order.inputs,
		count: order.count,
		...order.size,
		...(order.seed !== undefined && { seed: order.seed }),
		fields: shortened({
			model: model!,
			input: input!,
			...(parameters !== undefined && { parameters }),
		}) as JsonObject,
		task: false,
	});
	await state.workAtOnce(call, job);
	const files = await Promise.all(job.images);
	const { linkLifetimeSeconds, taskMetric } = state.settings.dashScope;
	const day = new Date(state.now()).toISOString().slice(0, 10).replace(/-/g, '');
	const content = files.map(({ extension }, index) => {
		const url = state.results.add(job, {
			folder: `7d/79/${day}/45af8005`,
			extension,
			style: 'signed',
			lifetimeSeconds: linkLifetimeSeconds,
			index,
		});
		return { image: state.linkFor(job, url) };
	});
	const metric = { TOTAL: order.count, SUCCEEDED: order.count, FAILED: 0 };
	return json(200, {
		output: {
			choices: [{ finish_reason: 'stop', message: { role: 'assistant', content } }],
			...(taskMetric && { task_metric: metric }),
		},
		usage: { ...order.size, image_count: order.count },
		request_id: randomUUID(),
	});
}

/** The list of the OpenAI-compatible side, which is free and behind the key: a test of credentials. */
function listModels(state: EmulatorState, call: ApiCall): Answer {
	const problem = keyProblem(state, call);
	if (problem !== undefined) {
		const error = {
			message: 'Incorrect API key provided. ',
			type: 'invalid_request_error',
			param: null,
			code: 'invalid_api_key',
		};
		throw new Refusal(json(401, { error, request_id: randomUUID() }), problem);
	}
	const created = state.nowSeconds();
	return json(200, {
		object: 'list',
		data: Object.keys(DASH_SCOPE_MODELS).map((id) => ({
			id,
			object: 'model',
			created,
			owned_by: 'system',
		})),
	});
}

/** The one text of the one message. */
function promptIn(body: JsonObject): string | undefined {
	const messages = isObject(body.input) ? body.input.messages : undefined;
	const message = Array.isArray(messages) ? messages[0] : undefined;
	const content = isObject(message) ? message.content : undefined;
	const texts = (Array.isArray(content) ? content : []).flatMap((entry) =>
		isObject(entry) && typeof entry.text === 'string' ? [entry.text] : [],
	);
	return texts[0];
}

/** The answer with the images gone from its only choice. */
function withoutResults(body: JsonObject, left: [] | null): JsonObject | undefined {
	const { output } = body;
	if (!isObject(output) || !Array.isArray(output.choices)) return undefined;
	const choices = output.choices.map((choice): Json => {
		const { message, ...rest } = choice as JsonObject;
		return { ...rest, message: { ...(message as JsonObject), content: left } };
	});
	return { ...body, output: { ...output, choices } };
}

/** Alibaba Cloud Model Studio, after provider research O1. */
export const dashScope: ProviderEmulation = {
	id: 'dashScope',
	name: 'DashScope',
	mount: '/dashscope',
	base: '/dashscope/api/v1',
	routes: [
		{
			method: 'POST',
			path: /^\/api\/v1\/services\/aigc\/multimodal-generation\/generation$/,
			kind: 'submit',
			handle: generate,
		},
		{ method: 'GET', path: /^\/compatible-mode\/v1\/models$/, kind: 'credit', handle: listModels },
	],
	errors: dashScopeErrors,
	promptIn,
	ownHint: { kind: 'none', rateLimitSeconds: 1, unavailableSeconds: 1 },
	withoutResults,
};
