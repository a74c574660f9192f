import { plainPng } from '../../emulator';
import { meet } from '../faults/hosts/meetHost';
import { sendJson, startRawHost } from '../faults/hosts/rawHost';
import { expectFailedItem } from '../stage/output';
import { onStage, type Stage } from '../stage/scenario';

const png = plainPng(60, 60);

/** Addresses that the node never opens. They are refused by their text: nothing is sent there. */
const never = [
	'http://169.254.169.254/latest/meta-data/',
	'http://[fe80::1]/x.png',
	'http://[fd00:ec2::254]/x.png',
	'http://100.100.100.200/latest/',
	'http://metadata.google.internal/computeMetadata/v1/',
	'http://0.0.0.0/x.png',
	'http://224.0.0.1/x.png',
	'http://[::ffff:169.254.169.254]/x.png',
];

async function meetWith(
	stage: Stage,
	result: (origin: string) => string,
	options = {},
	photo?: string,
) {
	return await meet(
		stage,
		({ path }, response, { origin }) => {
			if (path.startsWith('/photo') || path.startsWith('/result')) {
				response.writeHead(200, { 'content-type': 'image/png' }).end(png);
				return;
			}
			sendJson(response, { data: [{ url: result(origin) }] });
		},
		{
			provider: 'openAiCompatible',
			options,
			...(photo === undefined ? {} : { images: [{ source: 'url' as const, url: photo }] }),
		},
	);
}

describe('link-local and metadata addresses are never opened', () => {
	for (const url of never) {
		for (const allowPrivateNetwork of [false, true]) {
			onStage(
				`${url} as result, ${allowPrivateNetwork ? 'although' : 'unless'} private ones are allowed`,
				async (stage) => {
					const { run } = await meetWith(stage, () => url, { allowPrivateNetwork });
					const { error, details } = expectFailedItem(run.edited[0], 0, { errorKind: 'provider' });
					expect(error).toContain('never opens');
					expect(details.url).toBe(url);
				},
			);

			onStage(
				`${url} as input, ${allowPrivateNetwork ? 'although' : 'unless'} private ones are allowed`,
				async (stage) => {
					const { run, host } = await meetWith(
						stage,
						(origin) => `${origin}/result.png`,
						{ allowPrivateNetwork },
						url,
					);
					const { error } = expectFailedItem(run.edited[0], 0, { errorKind: 'input' });
					expect(error).toContain('never opens');
					expect(host.requests).toEqual([]);
				},
			);
		}
	}
});

describe('other private addresses', () => {
	onStage('are opened on the host of the base URL', async (stage) => {
		const { run } = await meetWith(stage, (origin) => `${origin}/result.png`);
		expect(run.edited[0]!.json.status).toBe('completed');
	});

	for (const url of [
		'http://10.0.0.7/x.png',
		'http://192.168.1.5/x.png',
		'http://nas.local/x.png',
	]) {
		onStage(`are not opened elsewhere: ${url}`, async (stage) => {
			const asResult = await meetWith(stage, () => url);
			const { error } = expectFailedItem(asResult.run.edited[0], 0, { errorKind: 'provider' });
			expect(error).toContain('private network');
			expect(error).toContain('Allow Private Network');
		});
	}
});

onStage('of a body from a private address nothing is quoted', async (stage) => {
	const content = 'db_password=hunter2';
	const inside = await startRawHost((_request, response) => {
		response.writeHead(200, { 'content-type': 'text/plain' }).end(content);
	});
	const refusing = await startRawHost((_request, response) => {
		response.writeHead(404, { 'content-type': 'text/plain' }).end(content);
	});
	try {
		for (const { origin } of [inside, refusing]) {
			const asResult = await meetWith(stage, () => `${origin}/config`);
			const asInput = await meetWith(stage, (own) => `${own}/result.png`, {}, `${origin}/config`);
			for (const { run } of [asResult, asInput]) {
				expectFailedItem(run.edited[0], 0, {});
				expect(JSON.stringify(run.edited)).not.toContain('hunter2');
			}
		}
	} finally {
		await inside.stop();
		await refusing.stop();
	}
});
