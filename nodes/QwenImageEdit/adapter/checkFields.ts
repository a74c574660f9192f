import { inputFault } from '../edit/fault';
import type { FieldValues } from '../edit/request';
import { findModel, type Model, type Provider } from './provider';

/** One value against what the chosen model takes, where that is less than the provider does. */
function checkForModel(model: Model, name: string, label: string, value: unknown): void {
	if (model.refuses?.includes(name) === true) {
		throw inputFault(
			`The model ${model.id} does not take '${label}'`,
			`Remove '${label}' from Options, or choose another model`,
		);
	}
	const maximum = model.maxima?.[name] ?? Infinity;
	if (typeof value === 'number' && value > maximum) {
		throw inputFault(`The model ${model.id} takes '${label}' up to ${maximum}, got ${value}`);
	}
	const minimum = model.minima?.[name] ?? -Infinity;
	if (typeof value === 'number' && value < minimum) {
		throw inputFault(`The model ${model.id} takes '${label}' from ${minimum}, got ${value}`);
	}
	if (typeof value === 'string' && [...value].length > maximum) {
		throw inputFault(
			`The model ${model.id} takes '${label}' up to ${maximum} characters, got ${[...value].length}`,
		);
	}
	const choices = model.choices?.[name];
	if (choices !== undefined && !choices.includes(String(value))) {
		throw inputFault(
			`The model ${model.id} takes no '${String(value)}' as '${label}'`,
			`Choose one of ${choices.join(', ')}`,
		);
	}
	if (name === 'size' && model.size !== undefined)
		checkSizeForModel(model.id, model.size, String(value));
}

function checkSizeForModel(id: string, limits: NonNullable<Model['size']>, value: string): void {
	const sides = /^(\d+)x(\d+)$/.exec(value);
	if (sides === null) {
		if (limits.words?.includes(value) === true) return;
		throw inputFault(`The model ${id} takes no '${value}' as 'Size', only width x height`);
	}
	const [width, height] = [Number(sides[1]), Number(sides[2])];
	const pixels = width * height;
	const {
		minimumSide = 1,
		maximumSide = Infinity,
		minimumPixels = 1,
		maximumPixels = Infinity,
	} = limits;
	const reasons: string[] = [];
	if (Math.min(width, height) < minimumSide || Math.max(width, height) > maximumSide) {
		reasons.push(`sides from ${minimumSide} to ${maximumSide} pixels`);
	}
	if (pixels < minimumPixels || pixels > maximumPixels) {
		reasons.push(`${minimumPixels} to ${maximumPixels} pixels in all (asked for: ${pixels})`);
	}
	const { maximumRatio = Infinity } = limits;
	if (Math.max(width, height) / Math.min(width, height) > maximumRatio) {
		reasons.push(`a longer side of at most ${maximumRatio} times the shorter`);
	}
	if (reasons.length > 0) {
		throw inputFault(`The model ${id} takes as 'Size' ${reasons.join(' and ')}`);
	}
}

/**
 * The values of the provider's own fields; what it does not know is not read at all.
 *
 * @param modelId its own limits count too, where the provider documents any
 */
export function checkFields(
	provider: Provider,
	options: Readonly<Record<string, unknown>>,
	modelId = '',
): FieldValues {
	const model = findModel(provider, modelId);
	const values: Record<string, string | number | boolean> = {};
	for (const [name, field] of Object.entries(provider.fields)) {
		const value = options[name];
		if (value === undefined || value === null || value === '') continue;
		const read = field.schema.safeParse(value);
		if (!read.success) {
			throw inputFault(read.error.issues[0]?.message ?? `'${field.label}' has a wrong value`);
		}
		if (model !== undefined) checkForModel(model, name, field.label, read.data);
		values[name] = read.data;
	}
	const broken = provider.fieldRules?.find(({ breaks }) => breaks(values));
	if (broken !== undefined) throw inputFault(broken.says);
	return values;
}
