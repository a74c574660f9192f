import { Container, Logger } from './core';
import { LoggerProxy, type Logger as LogReceiver } from 'n8n-workflow';

/** One line that n8n or a node has logged. */
export interface LogLine {
	level: 'debug' | 'info' | 'warn' | 'error';
	message: string;
	metadata: unknown;
}

/** All that n8n and the nodes have logged, in place of the console; the tests search it for keys. */
export const engineLog: LogLine[] = [];

const line =
	(level: LogLine['level']) =>
	(message: string, metadata?: unknown): void =>
		void engineLog.push({ level, message, metadata });

const recorder: LogReceiver = {
	debug: line('debug'),
	info: line('info'),
	warn: line('warn'),
	error: line('error'),
};

// On import, since n8n's services keep the logger that they find when they are made.
const logger = { ...recorder, scoped: () => logger } as unknown as InstanceType<typeof Logger>;
Container.set(Logger, logger);
LoggerProxy.init(recorder);
