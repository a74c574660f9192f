import type { Emulator, LedgerEntry } from '../../emulator/types';
import type { ExecutedItem, ExecutedWorkflow } from '../instance/execution';
import type { Example } from './examples';
import type { DemoServices } from './services/services';

/** One example in an n8n that is ready for it, as its check gets to work with it. */
export interface ExampleRun {
	readonly example: Example;
	readonly emulator: Emulator;
	readonly services: DemoServices;
	/** n8n's working folder, which relative paths in workflows start from. */
	readonly workingFolder: string;
	readonly filesFolder: string;
	/** Presses *Execute workflow* and waits for the end. Throws n8n's own words when the workflow fails. */
	execute(): Promise<ExecutedWorkflow>;
	/** Changes parameters of a node, as its user does; only in a started n8n. */
	change(node: string, parameters: Record<string, unknown>): Promise<void>;
	/** Publishes the workflow and returns n8n's address; only a started n8n can. */
	publish(): Promise<string>;
	/** The bytes of a file that a node has put out; only a started n8n hands them out. */
	readBinary(file: NonNullable<ExecutedItem['binary']>[string]): Promise<Buffer>;
	/** What the providers have taken since the check began. */
	paid(): LedgerEntry[];
	/** Tells one thing that was seen. */
	say(line: string): void;
	/** Tells of an edited image on disk. */
	found(file: string): void;
}

/** Runs an example and throws unless everything it promises is there. */
export type ExampleCheck = (run: ExampleRun) => Promise<void>;
