import type { Section } from './report';

/** What every part of the bench is told. */
export interface BenchSettings {
	/** Smaller batches: shows in two minutes that everything works, with figures that say little. */
	quick: boolean;
	log(line: string): void;
}

/** One part: measures something beside its reference. */
export type BenchPart = (settings: BenchSettings) => Promise<Section>;
