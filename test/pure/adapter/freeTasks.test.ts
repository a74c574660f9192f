import type { Provider } from '../../../nodes/QwenImageEdit/adapter/provider';
import { readOutcome } from '../../../nodes/QwenImageEdit/adapter/readOutcome';
import { billedOf } from '../../../nodes/QwenImageEdit/edit/retry';
import { findProvider } from '../../../nodes/QwenImageEdit/providers';

/** What is said of the bill of a task after this answer to a read of it. */
function billed(id: string, json: unknown, httpStatus = 200): string {
	const provider: Provider = findProvider(id)!;
	const taskId = id === 'fal' ? 'fal-ai/qwen-image-edit-2511/requests/r1' : 't1';
	const task = { taskId, baseUrl: provider.credential.defaultBaseUrl };
	const { decode } = provider.task!.result ?? provider.task!;
	const reply = { httpStatus, headers: {}, json, text: JSON.stringify(json) };
	const outcome = readOutcome(provider, reply, (answer) => decode(answer, task), task);
	return outcome.state === 'refused' ? billedOf(outcome.fault) : outcome.state;
}

const failed = (code: string): object => ({
	id: 't1',
	status: 'failed',
	error: { code, message: 'no' },
});
const prediction = (status: string): object => ({
	code: 200,
	message: 'success',
	data: { id: 't1', status, outputs: [], error: 'no' },
});
const typed = { detail: [{ loc: ['body'], msg: 'no', type: 'internal_server_error' }] };

describe('a failed task is not billed only where a document says so', () => {
	it.each<[string, string, unknown, number, string]>([
		['EvoLink refunds it', 'evoLink', failed('service_error'), 200, 'no'],
		['EvoLink does not know itself', 'evoLink', failed('paid_outcome_unknown'), 200, 'unknown'],
		[
			'EvoLink in a form of nobody',
			'evoLink',
			{ id: 't1', state: 'error', message: 'no' },
			200,
			'unknown',
		],
		[
			'EvoLink refuses to read it',
			'evoLink',
			{ error: { message: 'no such key' } },
			401,
			'unknown',
		],
		['a relay of EvoLink', 'odkkk', failed('service_error'), 200, 'unknown'],
		['WaveSpeedAI refunds it', 'waveSpeed', prediction('failed'), 200, 'no'],
		['WaveSpeedAI gave up', 'waveSpeed', prediction('timeout'), 200, 'unknown'],
		['WaveSpeedAI has deleted it', 'waveSpeed', prediction('deleted'), 200, 'unknown'],
		['fal.ai: an error of the model', 'fal', typed, 500, 'no'],
		[
			'fal.ai: a text, as gateways send',
			'fal',
			{ detail: 'Internal Server Error' },
			500,
			'unknown',
		],
		['fal.ai: a refusal of the model', 'fal', typed, 422, 'unknown'],
		['fal.ai: a gateway', 'fal', typed, 502, 'unknown'],
		['Replicate', 'replicate', { id: 't1', status: 'failed', error: 'no' }, 200, 'unknown'],
	])('%s', (_name, id, json, httpStatus, expected) => {
		expect(billed(id, json, httpStatus)).toBe(expected);
	});
});
