/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console -- tests never ship */
// Measures the packed package beside its references and writes docs/bench.md.
//
//   npm run bench                              all parts; writes docs/bench.md
//   npm run bench -- --quick                   smaller batches; only prints
//   npm run bench -- --only memory             one part (makespan, storage, rivals, looks, callbacks, memory, cost); only prints
//   npm run bench -- --output <file>           writes there, whatever was measured
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import type { BenchPart, BenchSettings } from './benchSettings';
import { measureCallbacks } from './callbacks/callbackLag';
import { measureCost } from './cost/cost';
import { measureLooks } from './makespan/looks';
import { measureMakespan } from './makespan/makespan';
import { measureStorage } from './makespan/storage';
import { measureMemories } from './memory/memory';
import { page } from './page';
import type { Section } from './report';
import { measureRivals } from './rivals/rivals';

const bookFile = join(__dirname, '../../docs/bench.md');

/** In the order of the page. Memory is measured in processes of its own, so it does not matter what ran before. */
const parts: Record<string, BenchPart> = {
	makespan: measureMakespan,
	storage: measureStorage,
	rivals: measureRivals,
	looks: measureLooks,
	callbacks: measureCallbacks,
	memory: measureMemories,
	cost: measureCost,
};

const { values } = parseArgs({
	options: {
		only: { type: 'string', multiple: true },
		quick: { type: 'boolean', default: false },
		output: { type: 'string' },
	},
});

async function main(): Promise<void> {
	const { only = Object.keys(parts), quick } = values;
	const unknown = only.filter((name) => parts[name] === undefined);
	if (unknown.length > 0) {
		throw new Error(
			`There is no part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`,
		);
	}
	const started = Date.now();
	const settings: BenchSettings = {
		quick,
		log: (line) =>
			console.error(`${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}`),
	};
	const sections: Section[] = [];
	for (const name of Object.keys(parts).filter((part) => only.includes(part))) {
		sections.push(await parts[name]!(settings));
	}
	const whole = !quick && values.only === undefined;
	const output =
		values.output === undefined ? (whole ? bookFile : undefined) : resolve(values.output);
	const text = await page(sections, {
		date: new Date().toISOString().slice(0, 10),
		minutes: Math.max(1, Math.round((Date.now() - started) / 60_000)),
		quick,
		file: output ?? bookFile,
	});
	console.log(text);
	if (output === undefined) return;
	writeFileSync(output, text);
	settings.log(`written: ${output}`);
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
