import type { CellResult, Mode } from './cell';
import { modes } from './cell';
import { faultTable, type FaultCase } from './faultTable';
import { providerIds } from '../../stage/scenario';

import { findProvider } from '../../../../nodes/QwenImageEdit/providers';

export interface Totals {
	cells: number;
	/** Cells in which the fault struck. */
	struck: number;
	known: { billed: number; wanted: number };
	/** Cells in which nobody can know whether the job was taken. */
	unknown: { billed: number; items: number };
	lost: number;
	problems: number;
}

const isUnknown = ({ struck, fault }: CellResult): boolean =>
	struck && fault.billed === 'atMostOne';

export function totals(results: readonly CellResult[]): Totals {
	const sum = (list: readonly CellResult[], value: (result: CellResult) => number): number =>
		list.reduce((total, result) => total + value(result), 0);
	const known = results.filter((result) => !isUnknown(result));
	const unknown = results.filter(isUnknown);
	return {
		cells: results.length,
		struck: results.filter(({ struck }) => struck).length,
		known: {
			billed: sum(known, ({ billed }) => billed),
			wanted: sum(known, ({ wanted }) => wanted),
		},
		unknown: {
			billed: sum(unknown, ({ billed }) => billed),
			items: sum(unknown, ({ fault }) => fault.items ?? 1),
		},
		lost: sum(results, ({ lost }) => lost),
		problems: sum(results, ({ problems }) => problems.length),
	};
}

/** `billed/wanted` of one fault at one provider, over its operations and the four modes. */
function figure(results: readonly CellResult[]): string {
	if (results.length === 0) return '';
	const struck = results.filter((result) => result.struck);
	if (struck.length === 0) return 'n/a';
	const { known, unknown, lost } = totals(struck);
	const money =
		unknown.items > 0 ? `${unknown.billed}≤${unknown.items}` : `${known.billed}/${known.wanted}`;
	return lost === 0 ? money : `${money}, ${lost} lost`;
}

function rows(results: readonly CellResult[]): Array<[FaultCase, string[]]> {
	return faultTable.map((fault) => [
		fault,
		providerIds.map((provider) =>
			figure(results.filter((result) => result.provider === provider && result.fault === fault)),
		),
	]);
}

function summary(results: readonly CellResult[]): string[] {
	const { known, unknown, lost, cells, struck, problems } = totals(results);
	const ratio = known.wanted === 0 ? 'none' : (known.billed / known.wanted).toFixed(3);
	return [
		`${cells} workflows, in ${struck} of which the fault could strike`,
		`billed / wanted where the node can know: ${known.billed} / ${known.wanted} = ${ratio}`,
		`billed where nobody can know: ${unknown.billed} of at most ${unknown.items}`,
		`results lost: ${lost}`,
		`broken promises: ${problems}`,
	];
}

/** The matrix for a terminal. */
export function matrixText(results: readonly CellResult[]): string {
	const lines = rows(results)
		.filter(([, figures]) => figures.some((text) => text !== ''))
		.map(([{ step, name }, figures]) => [`${step}: ${name}`, ...figures]);
	const head = ['billed/wanted', ...providerIds];
	const widths = head.map((_, column) =>
		Math.max(...[head, ...lines].map((line) => line[column]!.length)),
	);
	const line = (cells: string[]): string =>
		cells.map((text, column) => text.padEnd(widths[column]!)).join('  ');
	return ['', line(head), ...lines.map(line), '', ...summary(results)].join('\n');
}

const modeNames: Record<Mode, string> = {
	plain: 'no setting',
	continueOnFail: 'Continue On Fail',
	errorOutput: 'Continue (using error output)',
	retryOnFail: 'Retry On Fail',
};

/** The matrix as a page of the documentation. */
export function matrixPage(results: readonly CellResult[]): string {
	const titles = providerIds.map((id) => findProvider(id)?.title ?? id);
	const cell = (text: string): string => text.replace('n/a', '–');
	const table = [
		`| When | What goes wrong | ends as | ${titles.join(' | ')} |`,
		`| --- | --- | --- | ${titles.map(() => '---').join(' | ')} |`,
		...rows(results).map(
			([{ step, name, ends }, figures]) =>
				`| ${step} | ${name} | ${ends.join(' or ')} | ${figures.map(cell).join(' | ')} |`,
		),
	];
	return `# The fault matrix

Written by \`test/engine/faults/matrix/matrix.test.ts\`, which runs it in n8n's own engine against the emulator and its ledger: every
provider, each of its operations, every fault, with ${modes.map((mode) => modeNames[mode]).join(', ')}.

${summary(results)
	.map((line) => `- ${line}`)
	.join('\n')}

Each figure is the number of billed edits / the number of wanted edits, over the operations and the four settings. \`≤\` stands where
nobody can know whether the edit was taken: never more than once. \`–\` stands where a fault cannot strike. An edit that was paid
for is never lost: it became an image, or its task ID or its URL stands in the error, or the error says that it may have been
billed.

- **image**: the node recovers and puts the image out.
- **refused**: the provider certainly did not take the edit; the error says why.
- **unknown**: never sent again; the error says that it may have been billed.
- **kept**: paid for, and the error says how to get the image.

${table.join('\n')}
`;
}
