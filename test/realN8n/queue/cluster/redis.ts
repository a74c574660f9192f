/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { connect } from 'node:net';
import { join } from 'node:path';
import { reservePorts } from '../../../processes/reservedPorts';
import { BackgroundProcess } from '../../../processes/backgroundProcess';
import { findOrInstall } from '../../../processes/installedProgram';

export interface Redis {
	port: number;
	stop(): Promise<string>;
}

/** Redis on this machine; installed first where it is missing. */
export async function findRedis(log: (line: string) => void): Promise<string> {
	return await findOrInstall({ binaries: ['redis-server'], debianPackage: 'redis-server' }, log);
}

/** Starts a Redis that keeps nothing on disk: n8n's queue. */
export async function startRedis(folder: string, log: (line: string) => void): Promise<Redis> {
	const binary = await findRedis(log);
	const [port = 0] = await reservePorts(1);
	const words = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
	const server = BackgroundProcess.start(binary, words, {
		logFile: join(folder, 'redis.log'),
		workingDirectory: folder,
	});
	await server.becomesReady(async () => await answersPing(port), 10);
	return { port, stop: async () => await server.stop() };
}

async function answersPing(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
		socket.once('data', (answer) => {
			socket.destroy();
			resolve(answer.toString().startsWith('+PONG'));
		});
		socket.once('error', () => resolve(false));
	});
}
