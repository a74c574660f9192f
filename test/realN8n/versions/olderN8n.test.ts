/* eslint-disable @n8n/community-nodes/no-restricted-globals -- tests never ship */
import type { IExecuteFunctions } from 'n8n-workflow';

import { allowedDomains } from '../../../nodes/QwenImageEdit/n8n/http/allowedDomains';
import { systemClock } from '../../../nodes/QwenImageEdit/n8n/runtime/clock';
import type { ReadCredential } from '../../../nodes/QwenImageEdit/n8n/http/credential';
import { providers } from '../../../nodes/QwenImageEdit/providers';

// What n8n-workflow 2.0.0 has in their place: a sleep without a signal, and no reader of allowed domains.
jest.mock('n8n-workflow', () => ({
	...jest.requireActual<object>('n8n-workflow'),
	getCredentialAllowedDomains: undefined,
	sleep: async (milliseconds: number) =>
		await new Promise((resolve) => setTimeout(resolve, milliseconds)),
}));

const aiml = providers.find(({ id }) => id === 'aiml')!;
const ownServer = providers.find(({ id }) => id === 'openAiCompatible')!;
const ownHost = 'https://api.aimlapi.com/v1/images/generations';
const otherHost = 'https://proxy.example.com/v1/images/generations';

function read(
	url: string,
	provider: typeof aiml,
	data: ReadCredential['data'],
): string | undefined {
	return allowedDomains(url, {} as IExecuteFunctions, provider.credential.defaultBaseUrl, data);
}

describe('in an n8n whose sleep knows of no signal', () => {
	it('a stop ends the sleep at once', async () => {
		const controller = new AbortController();
		const startedAt = Date.now();
		setTimeout(() => controller.abort(), 50);
		await systemClock.sleep(1500, controller.signal);
		expect(Date.now() - startedAt).toBeLessThan(1000);
	});

	it('a sleep without a stop lasts as long as it should', async () => {
		const startedAt = Date.now();
		await systemClock.sleep(120, new AbortController().signal);
		await systemClock.sleep(120);
		expect(Date.now() - startedAt).toBeGreaterThanOrEqual(230);
	});
});

describe('in an n8n that looks at allowed domains in its HTTP Request node alone', () => {
	it.each([undefined, 'all', 'none'])('%s: every host', (allowedHttpRequestDomains) => {
		const data = {
			allowedHttpRequestDomains,
			allowedDomains: 'example.com',
		} as ReadCredential['data'];
		expect(read(otherHost, aiml, data)).toBeUndefined();
	});

	it.each([
		['proxy.example.com', true],
		['other.com, *.example.com', true],
		['PROXY.example.com.', true],
		['example.com', false],
		['*.proxy.example.com', false],
		['*.', false],
		['', false],
	])('a list of "%s": %s', (allowedDomainsField, allowed) => {
		const data = { allowedHttpRequestDomains: 'domains', allowedDomains: allowedDomainsField };
		const reading = (): string | undefined => read(otherHost, aiml, data);
		if (allowed) expect(reading()).toContain(allowedDomainsField);
		else expect(reading).toThrow('Domain not allowed: proxy.example.com');
	});

	it("the provider's own host is always allowed, as in n8n", () => {
		const data = { allowedHttpRequestDomains: 'domains', allowedDomains: 'example.com' };
		expect(read(ownHost, aiml, data)).toBe('api.aimlapi.com, example.com');
	});

	it('a server of your own has no host that is always allowed', () => {
		const data = { allowedHttpRequestDomains: 'domains', allowedDomains: '' };
		expect(() => read(otherHost, ownServer, data)).toThrow('Domain not allowed');
	});
});
