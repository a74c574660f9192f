import { choice, decimal, type Field, flag, integer, text } from '../../adapter/field';

/** Fields that many providers have, each with the provider's own name and bounds. */

/** @param maxLength in characters, where it is documented */
export function negativePrompt(maxLength?: number): Field {
	const limit = maxLength === undefined ? '' : `, at most ${maxLength} characters`;
	return text({
		wire: 'negative_prompt',
		label: 'Negative Prompt',
		help: `What the image should not show${limit}`,
		placeholder: 'e.g. blurry, extra fingers',
		...(maxLength === undefined ? {} : { maxLength }),
		rows: 2,
		example: 'blurry',
	});
}

/** A seed from 0 on; from -1 on where that stands for a random one. */
export function seed({
	minimum = 0,
	maximum = 2_147_483_647,
}: { minimum?: -1 | 0; maximum?: number } = {}): Field {
	return integer({
		wire: 'seed',
		label: 'Seed',
		help:
			minimum === 0
				? `Number from 0 to ${maximum} that makes the result repeatable`
				: `Number that makes the result repeatable, up to ${maximum}; -1 for a random one`,
		minimum,
		maximum,
		...(minimum === 0 ? {} : { default: minimum }),
		example: 0,
	});
}

/** How many results one edit makes. */
export function imageCount(
	maximum: number,
	{ wire = 'n', ...more }: { wire?: string } & Pick<Field, 'toWire'> = {},
): Field {
	return integer({
		wire,
		label: 'Number of Images',
		help: `How many results to make, from 1 to ${maximum}; each is billed and becomes an item`,
		minimum: 1,
		maximum,
		default: 1,
		example: 2,
		...more,
	});
}

/** Whether a language model rewrites the prompt first; on by default wherever it is documented. */
export function promptExtend(wire = 'prompt_extend'): Field {
	return flag({
		wire,
		label: 'Prompt Extend',
		help: 'Whether the provider rewrites the prompt with a language model first, as it does by default',
		default: true,
	});
}

/** Diffusion steps. */
export function inferenceSteps(bounds: {
	minimum: number;
	maximum: number;
	default: number;
}): Field {
	return integer({
		wire: 'num_inference_steps',
		label: 'Inference Steps',
		help: `How many diffusion steps, from ${bounds.minimum} to ${bounds.maximum}`,
		...bounds,
		example: 30,
	});
}

/** Classifier-free guidance. */
export function guidanceScale({
	wire = 'guidance_scale',
	...bounds
}: {
	wire?: string;
	minimum: number;
	maximum: number;
	default: number;
}): Field {
	return decimal({
		wire,
		label: 'Guidance Scale',
		help: `How closely the result follows the prompt, from ${bounds.minimum} to ${bounds.maximum}`,
		...bounds,
		example: 2.5,
	});
}

/** fal.ai's switch between speed and quality, which Kie.ai passes on. */
export function acceleration(standard: 'none' | 'regular'): Field {
	return choice({
		wire: 'acceleration',
		label: 'Acceleration',
		help: 'How much to speed the edit up at the cost of quality',
		choices: [
			{ value: 'high', label: 'High' },
			{ value: 'none', label: 'None' },
			{ value: 'regular', label: 'Regular' },
		],
		default: standard,
		example: standard === 'none' ? 'regular' : 'none',
	});
}

const formatNames = { jpeg: 'JPEG', jpg: 'JPEG', png: 'PNG', webp: 'WebP' } as const;

/** The file type of the result, in the provider's own words; the first one is the default. */
export function outputFormat(...values: Array<keyof typeof formatNames>): Field {
	const choices = values
		.map((value) => ({ value, label: formatNames[value] }))
		.sort((one, other) => one.label.localeCompare(other.label));
	return choice({
		wire: 'output_format',
		label: 'Output Format',
		help: 'File type of the result',
		choices,
		default: values[0]!,
		example: values[1]!,
	});
}

/** Whether the provider looks for unsafe content, as it does by default. */
export function safetyChecker(
	provider: string,
	wire: string,
	more: Pick<Field, 'toWire'> = {},
): Field {
	return flag({
		wire,
		label: 'Safety Checker',
		help: `Whether ${provider} checks the image for unsafe content`,
		default: true,
		...more,
	});
}
