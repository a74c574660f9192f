/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { parseArgs } from 'node:util';
import { startEmulator } from './start-emulator';
import { PROVIDER_IDS } from './types';
import type { Duration, EmulatorOptions } from './types';

const { values } = parseArgs({
	options: {
		port: { type: 'string' },
		'results-port': { type: 'string' },
		'task-seconds': { type: 'string' },
		'latency-ms': { type: 'string' },
		/** Makes both durations log-normal with this sigma. */
		'duration-sigma': { type: 'string' },
		'result-bytes': { type: 'string' },
		'queue-limit': { type: 'string' },
		'plain-images': { type: 'boolean' },
	},
});

function number(name: keyof typeof values): number | undefined {
	const value = values[name];
	if (value === undefined) return undefined;
	const parsed = Number(value);
	if (!Number.isFinite(parsed) || parsed < 0)
		throw new Error(`--${name} must be a number, not "${value}"`);
	return parsed;
}

function duration(name: 'task-seconds' | 'latency-ms'): Duration | undefined {
	const median = number(name);
	const sigma = number('duration-sigma');
	return median !== undefined && sigma !== undefined ? { median, sigma } : median;
}

async function main(): Promise<void> {
	const options: EmulatorOptions = {
		apiPort: number('port'),
		resultsPort: number('results-port'),
		taskSeconds: duration('task-seconds'),
		latencyMs: duration('latency-ms'),
		resultBytes: number('result-bytes'),
		queueLimit: number('queue-limit'),
		...(values['plain-images'] && { editImages: false }),
	};
	const emulator = await startEmulator(options);
	const providers = Object.fromEntries(
		PROVIDER_IDS.map((id) => [id, { baseUrl: emulator.baseUrl(id), apiKey: emulator.key(id) }]),
	);
	const { apiOrigin, resultOrigin, elsewhereOrigin, unreachableOrigin } = emulator;
	process.stdout.write(
		`${JSON.stringify({ pid: process.pid, apiOrigin, resultOrigin, elsewhereOrigin, unreachableOrigin, providers })}\n`,
	);
	const stop = () => {
		void emulator.stop().then(() => process.exit(0));
	};
	process.once('SIGTERM', stop);
	process.once('SIGINT', stop);
}

main().catch((error: Error) => {
	process.stderr.write(`${error.message}\n`);
	process.exit(1);
});
