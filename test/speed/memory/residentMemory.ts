/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const statusFile = '/proc/self/status';
const clearFile = '/proc/self/clear_refs';

/** Writes the current resident size over the highest one (Linux: proc(5), clear_refs, "5"). */
const forgetPeak = '5';

function kilobytesOf(field: 'VmRSS' | 'VmHWM'): number {
	const line = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(statusFile, 'utf8'));
	return Number(line![1]);
}

/** Whether the kernel itself can tell the highest resident size since some moment. */
function kernelCounts(): boolean {
	if (!existsSync(clearFile)) return false;
	try {
		writeFileSync(clearFile, forgetPeak);
		return /VmHWM/.test(readFileSync(statusFile, 'utf8'));
	} catch {
		return false;
	}
}

/** Watches how far the resident memory of this process rises above where it was. */
export class MemoryPeak {
	/** Megabytes of 1024 x 1024 bytes, before anything began. */
	readonly idle: number;

	private highest: number;

	private readonly timer: NodeJS.Timeout | undefined;

	private constructor(private readonly kernel: boolean) {
		this.idle = this.now();
		this.highest = this.idle;
		// Where the kernel does not count, looking often is the next best.
		if (!kernel) this.timer = setInterval(() => this.look(), 2);
	}

	static begin(): MemoryPeak {
		// Twice: the first round may only find out what the second can free.
		globalThis.gc?.();
		globalThis.gc?.();
		return new MemoryPeak(kernelCounts());
	}

	/** Megabytes over idle at the highest point so far. */
	end(): number {
		clearInterval(this.timer);
		this.look();
		return this.highest - this.idle;
	}

	private look(): void {
		this.highest = Math.max(this.highest, this.kernel ? kilobytesOf('VmHWM') / 1024 : this.now());
	}

	private now(): number {
		return process.memoryUsage.rss() / 1024 / 1024;
	}
}
