import { createHash, randomInt, randomUUID } from 'node:crypto';
import type { Answer, ApiCall } from '../server/exchange';
import { json } from '../server/exchange';
import { bearerProblem, isObject, noteFields } from '../server/request-fields';
import type { EmulatorState } from '../state';
import { errors, siliconFlowError } from './silicon-flow-errors';
import { MODELS, checkRequest, documentedFields, openAll, refuse } from './silicon-flow-request';
import type { ProviderEmulation } from './provider';

// docs.siliconflow.cn (PROVIDERS M2). "The URL is valid for one hour."
const LINK_LIFETIME_SECONDS = 3600;

function authenticate(call: ApiCall): void {
	const problem = bearerProblem(call);
	if (problem) refuse(problem === 'missing' ? 'no key' : 'wrong key', errors.status(401));
}

/** The header by which the makers find a call. */
function traced(): Record<string, string> {
	return {
		'x-siliconcloud-trace-id': `ti_${createHash('md5').update(randomUUID()).digest('hex')}`,
	};
}

async function generate(state: EmulatorState, call: ApiCall): Promise<Answer> {
	authenticate(call);
	const { body } = call;
	if (!isObject(body)) {
		refuse(
			'body is not a JSON object',
			siliconFlowError(400, 20015, 'The request body is not valid JSON.'),
		);
	}
	const fields = noteFields(call, body, documentedFields(body.model));
	const { model, prompt, images, seed = randomInt(2 ** 32) } = checkRequest(body);
	const inputs = await openAll(state, call, images);
	const job = state.takeJob(siliconFlow, call, {
		model,
		prompt,
		inputs,
		fields,
		task: false,
		seed,
	});
	await state.workAtOnce(call, job);
	const { extension } = await job.image;
	const url = state.results.add(job, {
		folder: 'outputs/siliconflow',
		extension,
		style: 'signed',
		lifetimeSeconds: LINK_LIFETIME_SECONDS,
	});
	job.resultUrls.push(url);
	return json(
		200,
		{
			[state.settings.siliconFlow.answer]: [{ url: state.linkFor(job, url) }],
			timings: { inference: Math.round(state.now() - job.startedAt) / 1000 },
			seed,
		},
		traced(),
	);
}

/** Costs nothing and proves the key. Balances are texts, as in the document's example. */
function userInfo(_state: EmulatorState, call: ApiCall): Answer {
	authenticate(call);
	return json(
		200,
		{
			code: 20000,
			message: 'OK',
			status: true,
			data: {
				id: 'userid',
				name: 'username',
				image: 'user_avatar_image_url',
				email: 'user_email_address',
				isAdmin: false,
				balance: '0.88',
				status: 'normal',
				introduction: 'user_introduction',
				role: 'user_role',
				chargeBalance: '88.00',
				totalBalance: '88.88',
			},
		},
		traced(),
	);
}

function listModels(_state: EmulatorState, call: ApiCall): Answer {
	authenticate(call);
	return json(200, {
		object: 'list',
		data: MODELS.map((id) => ({ id, object: 'model', created: 0, owned_by: '' })),
	});
}

/** SiliconFlow, after docs.siliconflow.cn. */
export const siliconFlow: ProviderEmulation = {
	id: 'siliconFlow',
	name: 'SiliconFlow',
	mount: '/siliconflow',
	base: '/siliconflow/v1',
	routes: [
		{ method: 'POST', path: /^\/v1\/images\/generations$/, kind: 'submit', handle: generate },
		{ method: 'GET', path: /^\/v1\/user\/info$/, kind: 'credit', handle: userInfo },
		{ method: 'GET', path: /^\/v1\/models$/, kind: 'credit', handle: listModels },
	],
	errors,
	ownHint: { kind: 'none', rateLimitSeconds: 30, unavailableSeconds: 30 },
	withoutResults(body, left) {
		if (Array.isArray(body.images)) return { ...body, images: left };
		return Array.isArray(body.data) ? { ...body, data: left } : undefined;
	},
};
