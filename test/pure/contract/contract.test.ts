import { errorKinds } from '../../../nodes/QwenImageEdit/edit/fault';
import { operationsOf } from '../../../nodes/QwenImageEdit/adapter/provider';
import { findProvider, providers } from '../../../nodes/QwenImageEdit/providers';
import { describeFields } from './checks/fields';
import { fixtureFolders, fixturesOf } from './fixture';
import { describeLimits } from './checks/limits';
import { describeModelLimits } from './checks/modelLimits';
import { describePurity } from './checks/purity';
import { describeReplies } from './checks/replies';
import { describeRequests } from './checks/requests';

/**
 * The names that users' workflows and stored credentials hold, as the public contract has them. They
 * never change; a new provider adds its names in the declaration of its fixtures.
 */
const promisedNames = [
	['aiml', 'AI/ML API', 'qwenImageEditAimlApi', 'https://api.aimlapi.com'],
	['chainHub', 'ChainHub', 'qwenImageEditChainHubApi', 'https://api.chainhub.tech'],
	['modelsLab', 'ModelsLab', 'qwenImageEditModelsLabApi', 'https://modelslab.com/api/v6'],
	['modelVerse', 'ModelVerse (UCloud)', 'qwenImageEditModelVerseApi', 'https://api.umodelverse.ai'],
	['odkkk', 'odkkk', 'qwenImageEditOdkkkApi', 'https://ai.odkkk.com/apiv1'],
] as const;

describe('the providers of the node', () => {
	it.each(promisedNames)('%s keeps its names', (id, title, type, defaultBaseUrl) => {
		expect(findProvider(id)).toMatchObject({ id, title, credential: { type, defaultBaseUrl } });
	});

	it('keeps the names of the error kinds', () => {
		expect([...errorKinds].sort()).toEqual(
			[
				'input',
				'budget',
				'credential',
				'credit',
				'rateLimit',
				'content',
				'provider',
				'network',
				'timeout',
				'unknownOutcome',
				'cancelled',
			].sort(),
		);
	});

	it('each has its folder of fixtures, and each folder its provider', () => {
		expect(fixtureFolders().sort()).toEqual(providers.map(({ id }) => id).sort());
	});

	it('no two share an id, a title or a credential type', () => {
		for (const name of ['id', 'title'] as const) {
			expect(new Set(providers.map((provider) => provider[name])).size).toBe(providers.length);
		}
		expect(new Set(providers.map(({ credential }) => credential.type)).size).toBe(providers.length);
	});

	it('are listed by title', () => {
		const titles = providers.map(({ title }) => title);
		expect(titles).toEqual([...titles].sort((one, other) => one.localeCompare(other, 'en')));
	});

	it.each([undefined, null, '', 'AIML', 'constructor', '__proto__', 0])(
		'there is none called %p',
		(id) => {
			expect(findProvider(id)).toBeUndefined();
		},
	);
});

describe.each(providers.map((provider) => [provider.id, provider] as const))(
	'%s',
	(id, provider) => {
		const fixtures = fixturesOf(id);
		const { declaration } = fixtures;

		it('is what the document says', () => {
			expect(provider.title).toBe(declaration.title);
			expect(provider.credential.type).toBe(declaration.credentialType);
			expect(provider.credential.title).toMatch(/ API$/);
			expect(provider.credential.defaultBaseUrl).toBe(declaration.defaultBaseUrl);
			expect(provider.credential.key.kind === 'body' ? 'body' : 'header').toBe(declaration.key);
			expect(provider.models.map((model) => model.id)).toEqual(declaration.models);
			expect(provider.defaultModel).toBe(declaration.defaultModel);
			if (provider.defaultModel !== '') expect(declaration.models).toContain(provider.defaultModel);
			expect(operationsOf(provider)).toEqual(declaration.operations);
		});

		it('says where each fact comes from', () => {
			expect(provider.facts.length).toBeGreaterThanOrEqual(3);
			for (const fact of provider.facts) {
				expect(fact.says).toMatch(/^\S.{10,}/);
				expect(fact.source).toMatch(/^\S.{5,}/);
				expect(['high', 'medium', 'assumed']).toContain(fact.confidence);
				// What the provider's own page says names the page; an assumption tells why.
				if (fact.confidence === 'high') expect(fact.source).toMatch(/seed 00\d|research|docs?\//);
			}
			expect(new Set(provider.facts.map(({ says }) => says)).size).toBe(provider.facts.length);
		});

		it('has numbers that make sense', () => {
			expect(provider.typicalSeconds).toBeGreaterThan(0);
			expect(Number.isInteger(provider.concurrency) && provider.concurrency > 0).toBe(true);
			if (provider.resultLifetimeSeconds !== undefined) {
				expect(provider.resultLifetimeSeconds).toBeGreaterThanOrEqual(3600);
			}
			for (const url of [provider.documentationUrl, provider.credential.keyUrl]) {
				if (url !== undefined) expect(new URL(url).protocol).toBe('https:');
			}
			if (provider.task?.idPattern !== undefined) {
				expect(provider.task.idExample).toMatch(provider.task.idPattern);
			}
		});

		describeRequests(provider, fixtures);
		describeReplies(provider, fixtures);
		describeFields(provider, fixtures);
		describeLimits(provider, fixtures);
		describeModelLimits(provider, fixtures);
		describePurity(provider, fixtures);
	},
);
