import type { Emulator } from '../../emulator';
import type { S3Server } from '../../emulator/s3';
import type { Checks } from '../endToEnd/checks';
import type { Cluster } from './cluster/cluster';

/** What the checks work with. */
export interface Bench {
	cluster: Cluster;
	emulator: Emulator;
	/** What workers share of paid edits, where a workflow uses it. */
	s3: S3Server;
	checks: Checks;
	/** Executions that one worker takes at a time. */
	concurrency: number;
}
