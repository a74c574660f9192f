/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';

import { BackgroundProcess } from './backgroundProcess';
import { listenOnLoopback } from './loopbackServer';
import { reservePorts } from './reservedPorts';
import { unreachableOrigin } from './unreachableOrigin';

/** Runs a script with Node.js in a process of its own. */
function start(script: string): BackgroundProcess {
	return BackgroundProcess.start(process.execPath, ['-e', script], {
		workingDirectory: __dirname,
	});
}

/** Whether a process with this id is there. */
function isThere(processId: number): boolean {
	try {
		process.kill(processId, 0);
		return true;
	} catch {
		return false;
	}
}

const STAYS = 'setInterval(() => {}, 1000);';

describe('a process', () => {
	it('is ready when it has said so, and ends by itself when it is asked to', async () => {
		const polite = "process.on('SIGTERM', () => process.exit(7));";
		const child = start(`${polite} console.log('port 1234'); ${STAYS}`);
		const [, port] = await child.prints(/port (\d+)/, 20);
		expect(port).toBe('1234');
		expect(await child.stop()).toBe('code 7');
		expect(existsSync(child.logFile)).toBe(false);
	});

	it('is killed with all that it has started when it does not end', async () => {
		const deaf = "process.on('SIGTERM', () => {});";
		const script = `${deaf}
			const inner = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(deaf + STAYS)}]);
			console.log('inner ' + inner.pid);
			${STAYS}`;
		const child = start(script);
		const inner = Number((await child.prints(/inner (\d+)/, 20))[1]);
		expect(isThere(inner)).toBe(true);
		expect(await child.stop('SIGTERM', 0.2)).toBe('SIGKILL');
		for (let left = 50; left > 0 && isThere(inner); left -= 1) {
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
		// A killed process that nobody has waited for is still in the table of processes.
		expect(isThere(inner) && !isZombie(inner)).toBe(false);
	});

	it('that ends before it is ready says why', async () => {
		const child = start("console.error('no such settings'); process.exit(3);");
		await expect(child.prints(/never/, 20)).rejects.toThrow(
			/ended with code 3\n[^]*no such settings/,
		);
	});

	it('that is not ready in time is stopped', async () => {
		const child = start(STAYS);
		await expect(child.prints(/never/, 0.5)).rejects.toThrow('was not ready within 0.5 s');
		expect(await child.ended).toBe('SIGKILL');
	});

	it('that cannot be started says so', async () => {
		const child = BackgroundProcess.start('/no/such/program', [], { workingDirectory: __dirname });
		await expect(child.prints(/never/, 20)).rejects.toThrow(/ENOENT/);
	});
});

describe('ports', () => {
	it('that are reserved are given to nobody else, and can be listened on', async () => {
		const [first, ...more] = [...(await reservePorts(2)), ...(await reservePorts(2))];
		expect(new Set([first, ...more]).size).toBe(4);
		const other = start(`
			const guard = require('net').createServer();
			guard.on('error', (error) => console.log('error ' + error.code));
			guard.listen(${first! + 5000}, '127.0.0.1', () => console.log('listens'));`);
		expect((await other.prints(/error \w+|listens/, 20))[0]).toBe('error EADDRINUSE');
		await other.kill();
		const server = await listenOnLoopback(createServer(), first);
		expect(server.port).toBe(first);
		await server.stop();
	});

	it('on which nothing listens refuse, and no client is connected to itself there', async () => {
		const origin = await unreachableOrigin();
		expect(await unreachableOrigin()).toBe(origin);
		expect(Number(new URL(origin).port)).toBeLessThan(32_768);
		for (let times = 0; times < 3; times += 1) {
			await expect(fetch(origin)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
		}
	});

	it('of a server are given back when it is stopped, whoever is still connected', async () => {
		const server = await listenOnLoopback(createServer(() => undefined));
		const hanging = expect(fetch(server.origin)).rejects.toThrow('fetch failed');
		await new Promise((resolve) => setTimeout(resolve, 100));
		await server.stop();
		await hanging;
		await expect(fetch(server.origin)).rejects.toThrow();
	});
});

/** Whether a process has ended and only its parent has not asked how. */
function isZombie(processId: number): boolean {
	try {
		return / Z /.test(readFileSync(`/proc/${processId}/stat`, 'utf8'));
	} catch {
		return false;
	}
}
