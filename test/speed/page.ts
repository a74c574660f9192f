/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { readFileSync } from 'node:fs';
import { cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';

import { format, resolveConfig } from 'prettier';

import type { Goal, Section, Table } from './report';

/** The machine and the software that the figures belong to. */
export function machine(): string[] {
	const processors = cpus();
	const core = JSON.parse(
		readFileSync(join(__dirname, '../../node_modules/n8n-core/package.json'), 'utf8'),
	) as { version: string };
	return [
		`Processor: ${processors[0]?.model.trim() ?? 'unknown'}, ${processors.length} cores visible`,
		`Memory: ${Math.round(totalmem() / 1024 ** 3)} GB`,
		`System: ${platform()} ${release()}`,
		`Node.js ${process.version}, n8n-core ${core.version}`,
	];
}

function tableText({ caption, head, rows, remark }: Table): string {
	const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
	const all = [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:')))];
	return [
		`**${caption}**`,
		[...all, ...rows.map(line)].join('\n'),
		...(remark === undefined ? [] : [remark]),
	].join('\n\n');
}

function goalsText(goals: readonly Goal[]): string {
	const rows = goals.map(({ promise, measured, met, reason }) => [
		promise,
		measured,
		met ? 'yes' : `**no**: ${reason}`,
	]);
	return tableText({ caption: 'Goals', head: ['Goal', 'Measured', 'Met'], rows });
}

/** The page as Markdown, in the form that the formatter of the project leaves alone. */
export async function page(
	sections: readonly Section[],
	settings: { date: string; minutes: number; quick: boolean; file: string },
): Promise<string> {
	const goals = sections.flatMap((section) => section.goals);
	const text = [
		'# Bench',
		`Written by \`npm run bench\` on ${settings.date}, in ${settings.minutes} minutes, on this machine:`,
		machine()
			.map((fact) => `- ${fact}`)
			.join('\n'),
		...(settings.quick
			? ['**Short run** (`--quick`): smaller batches, and figures that say little.']
			: []),
		'The providers are those of the emulator, which runs in a process of its own and answers after times that are known. ' +
			'The node is the packed package, loaded and run by n8n’s own engine with its own HTTP helpers and its own files on disk. ' +
			'Absolute figures belong to this machine; **ratios** compare things that were measured in the same run. ' +
			'What a figure is held against stands beside it.',
		...(goals.length === 0 ? [] : [goalsText(goals)]),
		...sections.flatMap(({ title, introduction, tables }) => [
			`## ${title}`,
			introduction,
			...tables.map(tableText),
		]),
	].join('\n\n');
	const config = await resolveConfig(settings.file);
	return await format(text, { ...config, parser: 'markdown' });
}
