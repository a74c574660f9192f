import { testCredential, type TestResult } from './credentialTest';
import { credentialTypes, facts, onStage, providerIds, type Stage } from './scenario';

import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { QwenImageEdit } from '../../nodes/QwenImageEdit/QwenImageEdit.node';
import type { ProviderId } from '../emulator';

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

describe.each(providerIds)('the test of the credential for %s', (provider) => {
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
		const apiKey = ` Bearer ${stage.emulator.key(provider)} `;
		for (const end of ['/', '//', ' ']) {
			const baseUrl = `${stage.emulator.baseUrl(provider)}${end}`;
			expect(await press(stage, provider, { apiKey, baseUrl })).toMatchObject({ status: 'OK' });
		}
		const submits: Record<ProviderId, string> = {
			aiml: '/v1/images/generations',
			chainHub: '/v1/images/generations',
			dashScope: '/services/aigc/multimodal-generation/generation',
			modelsLab: '/image_editing/qwen_edit',
			modelVerse: '/v1/images/generations',
			odkkk: '/v1/images/generations',
			openAiCompatible: '/v1/images/edits',
		};
		const whole = `${stage.emulator.baseUrl(provider)}${submits[provider]}`;
		expect(await press(stage, provider, { baseUrl: whole })).toMatchObject({ status: 'OK' });
		expect(stage.emulator.ledger).toEqual([]);
	});

	onStage('fails where nobody answers', async (stage) => {
		const baseUrl = stage.emulator.unreachableOrigin;
		expect(await press(stage, provider, { baseUrl })).toMatchObject({ status: 'Error' });
	});
});
