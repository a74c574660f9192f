import type { IExecuteFunctions } from 'n8n-workflow';

import { inputFault } from '../../edit/fault';
import { isRecord } from '../../wire/json/jsonValue';
import { type NumberOption, numberOptions } from '../panel/nodeOptions';

/** The options of one item; a collection that was never opened is empty. */
export function readOptions(
	context: IExecuteFunctions,
	itemIndex: number,
): Readonly<Record<string, unknown>> {
	const options = context.getNodeParameter('options', itemIndex, {}) as unknown;
	return isRecord(options) ? options : {};
}

/**
 * A number of the node's own options, else its default.
 *
 * @throws EditFault of kind `input` when it is not a number within the bounds
 */
export function readNumber(
	options: Readonly<Record<string, unknown>>,
	name: keyof typeof numberOptions,
	standard: number = numberOptions[name].default,
): number {
	const value = options[name];
	if (value === undefined || value === null || value === '') return standard;
	const { label, minimum, maximum, isWhole }: NumberOption = numberOptions[name];
	const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
	if (!(number >= minimum && number <= maximum)) {
		throw inputFault(
			`'${label}' must be a number from ${minimum} to ${maximum}, got ${String(value).slice(0, 40)}`,
		);
	}
	return isWhole === true ? Math.floor(number) : number;
}

/**
 * The most that the run may cost, in the currency of the provider's prices. As a limit of the run it is read once, by the
 * first item.
 *
 * @throws EditFault of kind `input`
 */
export function readMaxCost(context: IExecuteFunctions): number | undefined {
	const { maxCost } = readOptions(context, 0);
	if (maxCost === undefined || maxCost === null || maxCost === '') return undefined;
	return readNumber({ maxCost }, 'maxCost');
}

/**
 * A yes or no that must not be misread, because money hangs on it.
 *
 * @throws EditFault of kind `input` when an expression gives anything else
 */
export function readFlag(
	options: Readonly<Record<string, unknown>>,
	name: string,
	label: string,
): boolean {
	const value = options[name];
	if (value === undefined || value === null || value === '') return false;
	if (typeof value === 'boolean') return value;
	throw inputFault(`'${label}' must be true or false, got ${String(value).slice(0, 40)}`);
}

/** A text of the options; empty where it is not set. */
export function readText(options: Readonly<Record<string, unknown>>, name: string): string {
	const value = options[name];
	return typeof value === 'string' ? value.trim() : '';
}
