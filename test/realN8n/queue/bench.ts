import type { Emulator } from '../../emulator';
import type { Checks } from '../endToEnd/checks';
import type { Cluster } from './cluster/cluster';

/** What the checks work with. */
export interface Bench {
	cluster: Cluster;
	emulator: Emulator;
	checks: Checks;
	/** Executions that one worker takes at a time. */
	concurrency: number;
}
