import { inputFault } from '../edit/fault';
import { maximumTextLength } from './field';
import { findModel, type Provider } from './provider';

/** The prompt, within the limit of provider and model. Lengths are counted in characters as people see them. */
export function checkPrompt(provider: Provider, prompt: unknown, modelId = ''): string {
	if (typeof prompt !== 'string' || prompt.trim() === '') {
		throw inputFault("'Prompt' is empty", 'Say in one sentence what is to change in the image');
	}
	// Where no limit is documented, a longer prompt is pasted by mistake.
	const model = findModel(provider, modelId);
	const { maximumLength = maximumTextLength } = provider.prompt;
	const most = model?.maximumPromptLength ?? maximumLength;
	const length = [...prompt].length;
	if (length > most) {
		const taker =
			model?.maximumPromptLength === undefined ? provider.title : `the model ${model.id}`;
		throw inputFault(
			`'Prompt' has ${length} characters, ${taker} takes at most ${most}`,
			'Shorten the prompt',
		);
	}
	return prompt;
}

/** A task id as the user gave it; what cannot be one is refused before anything is sent. */
export function checkTaskId(provider: Provider, taskId: unknown): string {
	if (typeof taskId === 'number' && !Number.isSafeInteger(taskId)) {
		// JavaScript has already changed its last digits: it would be the ID of another task.
		throw inputFault(
			`'Task ID' is the number ${taskId}, which is not an exact whole number`,
			'Pass the ID as text, in quotes, so that it keeps all its digits',
		);
	}
	const id = typeof taskId === 'number' ? String(taskId) : taskId;
	if (typeof id !== 'string' || id.trim() === '') {
		throw inputFault(
			"'Task ID' is empty",
			'Wire the output of Submit Task into this node, or type the id that it gave',
		);
	}
	const pattern = provider.task?.idPattern ?? /^(?!\.{1,2}$)/;
	if (!pattern.test(id.trim())) {
		throw inputFault(
			`'Task ID' does not look like one of ${provider.title}, e.g. ${provider.task!.idExample}`,
			'Check that the task was submitted to the same provider',
		);
	}
	return id.trim();
}
