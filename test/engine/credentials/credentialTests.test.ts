/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { testCredential, type TestResult } from '../stage/credentialTest';
import { credentialTypes, facts, onStage, providerIds, type Stage } from '../stage/scenario';

import { runInNewContext } from 'node:vm';

import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { QwenImageEdit } from '../../../nodes/QwenImageEdit/QwenImageEdit.node';
import type { ProviderId } from '../../emulator';

async function press(
	stage: Stage,
	provider: ProviderId,
	data: ICredentialDataDecryptedObject = {},
): Promise<TestResult> {
	const type = credentialTypes().find(({ name }) => name === facts[provider].credential)!;
	return await testCredential(stage.credentials, type, new QwenImageEdit(), {
		apiKey: stage.emulator.key(provider),
		baseUrl: stage.emulator.baseUrl(provider),
		...data,
	});
}

/** What the request of a credential type makes of a base URL as a person has typed it. */
function addressAsked(provider: ProviderId, baseUrl: string): string {
	const type = credentialTypes().find(({ name }) => name === facts[provider].credential)!;
	const [, expression] = /^=\{\{(.*)\}\}$/.exec(type.test!.request.baseURL!)!;
	return String(runInNewContext(expression!, { $credentials: { baseUrl, region: 'beijing' } }));
}

/** Providers without a free call: what their test asks for. */
const probes: Partial<Record<ProviderId, 'credit' | 'submit'>> = {
	fal: 'credit',
	modelVerse: 'submit',
};

describe.each(providerIds)('the test of the credential for %s', (provider) => {
	// The only request of a test; some providers are asked by a request that they refuse.
	const isProbe = provider in probes;
	const route = probes[provider] ?? 'credit';

	onStage('passes with the right key, and costs nothing', async (stage) => {
		expect(await press(stage, provider)).toMatchObject({ status: 'OK' });
		expect(stage.emulator.ledger).toEqual([]);
		expect(stage.emulator.requests).toHaveLength(1);
	});

	onStage('fails with a wrong key, and tells it from everything else', async (stage) => {
		for (const apiKey of ['wrong-key-0815', stage.emulator.key(provider).slice(1)]) {
			const { status, message } = await press(stage, provider, { apiKey });
			expect(status).toBe('Error');
			expect(message).toMatch(/key|unauthori[sz]ed|authorization|credential/i);
			expect(message).not.toContain(apiKey);
		}
		expect(stage.emulator.ledger).toEqual([]);
	});

	onStage('takes key and address as people paste them', async (stage) => {
		const key = stage.emulator.key(provider);
		for (const apiKey of [` Bearer ${key} `, `Key ${key}`, `Token ${key}`]) {
			expect(await press(stage, provider, { apiKey })).toMatchObject({ status: 'OK' });
		}
		const apiKey = ` Bearer ${key} `;
		for (const end of ['/', '//', ' ']) {
			const baseUrl = `${stage.emulator.baseUrl(provider)}${end}`;
			expect(await press(stage, provider, { apiKey, baseUrl })).toMatchObject({ status: 'OK' });
		}
		const submits: Record<ProviderId, string> = {
			aiml: '/v1/images/generations',
			chainHub: '/v1/images/generations',
			dashScope: '/services/aigc/multimodal-generation/generation',
			evoLink: '/v1/images/generations',
			// The path is the model.
			fal: '',
			kie: '/api/v1/jobs/createTask',
			replicate: '/v1/models',
			siliconFlow: '/images/generations',
			waveSpeed: '/api/v3',
			modelsLab: '/image_editing/qwen_edit',
			modelVerse: '/v1/images/generations',
			odkkk: '/v1/images/generations',
			openAiCompatible: '/v1/images/edits',
		};
		const whole = `${stage.emulator.baseUrl(provider)}${submits[provider]}`;
		expect(await press(stage, provider, { baseUrl: whole })).toMatchObject({ status: 'OK' });
		expect(stage.emulator.ledger).toEqual([]);
	});

	// A key goes to the origin of its own base URL and nowhere else (`CONTRACT.md`, money rule 5).
	onStage('fails at a redirect, and does not follow it with the key', async (stage) => {
		stage.emulator.faults.add({ provider, route, kind: 'redirect', times: 1 });
		expect(await press(stage, provider)).toMatchObject({ status: 'Error' });
		expect(stage.emulator.requests).toHaveLength(1);
		expect(stage.emulator.leaks).toEqual([]);
	});

	onStage('fails where something else answers with 200', async (stage) => {
		// A probe is refused before there is an answer that could be broken.
		const kinds = isProbe ? (['gatewayPage'] as const) : (['notJson', 'emptyBody'] as const);
		for (const kind of kinds) {
			stage.emulator.faults.add({ provider, route, kind, times: 1 });
			const { status, message } = await press(stage, provider);
			expect(status).toBe('Error');
			expect(message).toMatch(
				/check (the key and )?the Base URL|does not tell whether the key is right/,
			);
		}
	});

	onStage('sends a key to a public name over https only', async (stage) => {
		const asked = (baseUrl: string): string => addressAsked(provider, baseUrl);
		if (isProbe) {
			const { message } = await press(stage, provider, { baseUrl: 'http://api.example.com' });
			expect(message).toMatch(/http:\/\//);
			expect(stage.emulator.requests).toEqual([]);
			return;
		}
		expect(asked('http://api.example.com/v1')).toMatch(/^https:\/\/api\.example\.com/);
		expect(asked(' HTTP://API.EXAMPLE.COM:8080')).toMatch(/^https:\/\/API\.EXAMPLE\.COM:8080/);
		for (const own of ['localhost:81', '127.0.0.1:81', '192.168.1.20', 'gpu', 'gpu.lan:8000']) {
			expect(asked(`http://${own}`).startsWith(`http://${own}`)).toBe(true);
		}
		if (provider !== 'openAiCompatible') expect(asked('  ')).toMatch(/^https:\/\/[a-z.-]+/);
	});

	onStage('fails where nobody answers', async (stage) => {
		const baseUrl = stage.emulator.unreachableOrigin;
		expect(await press(stage, provider, { baseUrl })).toMatchObject({ status: 'Error' });
	});
});

// The others are asked by n8n itself, which counts the base URL of a credential among the domains it allows.
onStage('a probe goes to no host that the credential may not be used for', async (stage) => {
	const restricted = { allowedHttpRequestDomains: 'domains', allowedDomains: 'example.com' };
	expect(await press(stage, 'modelVerse', restricted)).toEqual({
		status: 'Error',
		message: 'Domain not allowed: 127.0.0.1',
	});
	expect(stage.emulator.requests).toEqual([]);
	const allowed = { ...restricted, allowedDomains: '127.0.0.1' };
	expect(await press(stage, 'modelVerse', allowed)).toMatchObject({ status: 'OK' });
});
