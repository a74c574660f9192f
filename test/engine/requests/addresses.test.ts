/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { failBothWays, onItem } from '../stage/bothWays';
import { expectFailedItem } from '../stage/output';
import { onStage } from '../stage/scenario';

import { createServer } from 'node:http';

import type { ProviderId } from '../../emulator';
import { listenOnLoopback } from '../../processes/loopbackServer';

onStage('a server that is not there is an error of the network, soon', async (stage) => {
	const baseUrl = stage.emulator.unreachableOrigin;
	await stage.saveCredential('gone', 'aiml', { baseUrl });
	const order = { provider: 'aiml', credential: 'gone', options: { timeoutSeconds: 2 } } as const;
	const { stopped, failed } = await failBothWays(stage, order);
	expect(stopped.error!.message).toContain(new URL(baseUrl).host);
	const { error } = expectFailedItem(failed.edited[0], 0, { errorKind: 'network' });
	expect(error).not.toContain('billed');
});

onStage('a base URL that cannot be one is told before anything is sent', async (stage) => {
	for (const baseUrl of [
		'not a url',
		'http://api.example.com',
		'ftp://127.0.0.1',
		'https://a:b@example.com',
	]) {
		await stage.saveCredential('bad', 'aiml', { baseUrl });
		const { stopped, failed } = await failBothWays(stage, { provider: 'aiml', credential: 'bad' });
		expect(stopped.error!.message).toMatch(/base URL/i);
		expectFailedItem(failed.edited[0], 0, { errorKind: 'credential' });
	}
	expect(stage.emulator.requests).toEqual([]);
});

onStage('a credential without a key is told before anything is sent', async (stage) => {
	for (const apiKey of ['', ' ', 'two words']) {
		await stage.saveCredential('empty', 'odkkk', { apiKey });
		const { stopped } = await failBothWays(stage, { provider: 'odkkk', credential: 'empty' });
		expect(stopped.error!.message).toMatch(/API key/);
	}
	expect(stage.emulator.requests).toEqual([]);
});

onStage('a credential that allows other domains only sends nothing', async (stage) => {
	await stage.saveCredential('elsewhere', 'aiml', {
		allowedHttpRequestDomains: 'domains',
		allowedDomains: 'example.com',
	});
	const order = {
		provider: 'aiml',
		credential: 'elsewhere',
		options: { timeoutSeconds: 2 },
	} as const;
	const run = await stage.run({ ...order, node: onItem });
	expectFailedItem(run.edited[0], 0, { provider: 'aiml' });
	expect(stage.emulator.requests).toEqual([]);
});

onStage('a key never follows a redirect', async (stage) => {
	for (const [status, provider] of [
		[302, 'aiml'],
		[307, 'modelsLab'],
		[308, 'odkkk'],
	] as Array<[number, ProviderId]>) {
		const server = createServer((request, response) => {
			request.resume().on('end', () => {
				const location = `${stage.emulator.elsewhereOrigin}/stolen`;
				response.writeHead(status, { location }).end();
			});
		});
		const { origin: baseUrl, stop } = await listenOnLoopback(server);
		try {
			await stage.saveCredential('moved', provider, { baseUrl });
			const images = [
				{ source: 'url', url: `${stage.emulator.unreachableOrigin}/photo.png` } as const,
			];
			const run = await stage.run({ provider, credential: 'moved', images, node: onItem });
			expectFailedItem(run.edited[0], 0, { provider });
		} finally {
			await stop();
		}
	}
	expect(stage.emulator.requests).toEqual([]);
});
