import { plainPng } from '../../../emulator';
import type { Order, Stage, StageRun } from '../../stage/scenario';
import { startRawHost, type RawHandler, type RawHost } from './rawHost';

/** Runs an order against a host without manners, with the credential of a provider. */
export async function meet(
	stage: Stage,
	handle: RawHandler,
	order: Order,
): Promise<{ run: StageRun; host: RawHost; seconds: number }> {
	const host = await startRawHost(handle);
	const started = Date.now();
	try {
		const hasUploads = stage.emulator.uploadBaseUrl(order.provider) !== undefined;
		await stage.saveCredential('raw', order.provider, {
			baseUrl: host.origin,
			...(hasUploads ? { uploadBaseUrl: host.origin } : {}),
		});
		const run = await stage.run({
			images: [{ source: 'url', url: `${host.origin}/photo.png` }],
			node: { onError: 'continueRegularOutput' },
			...order,
			credential: 'raw',
			options: { timeoutSeconds: 10, ...order.options },
		});
		return { run, host, seconds: (Date.now() - started) / 1000 };
	} finally {
		await host.stop();
	}
}

/** Hands out images, and everything else as the test wants. */
export function withImages(handle: RawHandler): RawHandler {
	return async (request, response, host) => {
		if (request.path.startsWith('/photo') || request.path.startsWith('/result')) {
			response.writeHead(200, { 'content-type': 'image/png' }).end(plainPng(500, 500));
			return;
		}
		await handle(request, response, host);
	};
}
