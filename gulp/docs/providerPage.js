const { currentText, emptySection, replaceSection } = require('../generatedFile');
const { operationTitles } = require('./providerTable');
const words = require('./providerWords');

const pagePath = (provider) => `docs/providers/${provider.id}.md`;

function atAGlance(provider, operations, imageTypes) {
	const { credential, images } = provider;
	const sides =
		images.minimumSide === undefined && images.maximumSide === undefined
			? words.notDocumented
			: `${images.minimumSide ?? 1} to ${images.maximumSide ?? 'any number of'} pixels`;
	return words.table(
		['What', 'Value'],
		[
			['Provider value in workflows', `\`${provider.id}\``],
			['Documentation', provider.documentationUrl],
			['Credential', `${credential.title} (type \`${credential.type}\`)`],
			['Where the key comes from', words.keySource(provider)],
			['Default Base URL', words.baseUrls(provider)],
			['How the key is sent', words.keyPlace(provider)],
			['Operations', words.listed(operations.map((operation) => operationTitles[operation]))],
			['Answer', words.answer(provider)],
			['Models offered', modelNames(provider)],
			['Images in one edit', words.imageCount(provider)],
			[
				'Image types',
				images.types === undefined
					? words.notDocumented
					: words.listed(images.types.map((type) => imageTypes[type].extension)),
			],
			['Each side', sides],
			...(images.mask === true
				? [['Mask', 'a second image can mark where the first is to change']]
				: []),
			[
				'Largest file',
				images.maximumBytes === undefined ? words.notDocumented : words.bytes(images.maximumBytes),
			],
			['Local images go', words.fileRoute(provider)],
			['Longest prompt', words.promptLimit(provider)],
			['Requests at once, unless you set Max Concurrency', provider.concurrency],
			['Usual time of an edit', `about ${provider.typicalSeconds} seconds`],
			['Result URL expires after', words.duration(provider.resultLifetimeSeconds)],
			...(provider.task === undefined
				? []
				: [['Callback', provider.task.callback?.says ?? words.notDocumented]]),
			['Price', words.priceRange(provider)],
			...(provider.models.some(({ prices }) => prices !== undefined)
				? [['Source of the price', words.priceSources(provider)]]
				: []),
			...(provider.free === undefined
				? []
				: [['Not billed', `${provider.free.says} (${provider.free.source})`]]),
		],
	);
}

function modelNames({ models, defaultModel }) {
	if (models.length === 0) return 'those that the server lists; any id can be typed';
	return words.listed(
		models.map(({ id }) => `\`${id}\`${id === defaultModel ? ' (default)' : ''}`),
	);
}

function resultSize({ size }) {
	if (size === undefined) return '—';
	const { minimumSide, maximumSide, minimumPixels, maximumPixels, maximumRatio } = size;
	const parts = [
		words.range(minimumSide, maximumSide) && `sides${words.range(minimumSide, maximumSide)}`,
		words.range(minimumPixels, maximumPixels) &&
			`pixels in all${words.range(minimumPixels, maximumPixels)}`,
		maximumRatio === undefined ? '' : `ratio up to ${maximumRatio}:1`,
		...(size.words ?? []).map((word) => `or ${word}`),
	];
	return parts.filter((part) => part !== '').join(', ');
}

/** What a model takes as an input image, where that is less than the provider does. */
function imageLimits({ types, minimumSide, maximumSide, maximumBytes }) {
	return [
		types === undefined ? '' : `images ${types.join(', ')}`,
		words.range(minimumSide, maximumSide) && `each side${words.range(minimumSide, maximumSide)}`,
		maximumBytes === undefined ? '' : `files up to ${words.bytes(maximumBytes)}`,
	].filter((part) => part !== '');
}

/** What sets the models apart; nothing where they are alike. */
function modelTable({ models, fields, images }) {
	const special = ({ id, ...rest }) => Object.keys(rest).some((name) => name !== 'prices');
	if (!models.some(special)) return [];
	const label = (name) => fields[name]?.label ?? name;
	return [
		'## Models',
		words.table(
			['Model', 'Images', 'Size of the result', 'Limits of its own', 'Price'],
			models.map((model) => [
				`\`${model.id}\`${model.note === undefined ? '' : `: ${model.note}`}`,
				words.upTo(model.maximumImages ?? images.maximum),
				resultSize(model),
				words.listed([
					...(model.refuses ?? []).map((name) => `no ${label(name)}`),
					...Object.entries(model.minima ?? {}).map(
						([name, least]) => `${label(name)} from ${least}`,
					),
					...Object.entries(model.maxima ?? {}).map(
						([name, most]) => `${label(name)} up to ${most}`,
					),
					...Object.entries(model.choices ?? {}).map(
						([name, values]) => `${label(name)} ${values.join(' or ')}`,
					),
					...(model.maximumPromptLength === undefined
						? []
						: [`prompt up to ${model.maximumPromptLength} characters`]),
					...imageLimits(model.images ?? {}),
				]),
				model.prices === undefined
					? words.notDocumented
					: model.prices.map((entry) => words.price(entry)).join(', '),
			]),
		),
	];
}

function options({ fields }) {
	const entries = Object.entries(fields);
	if (entries.length === 0) {
		return 'The provider documents no options of its own. The README lists the options that every provider has.';
	}
	return words.table(
		['Option', 'Name in workflows', 'Sent as', 'Value', 'What it does'],
		entries.map(([name, field]) => [
			field.label,
			`\`${name}\``,
			field.wire === '' ? '—' : `\`${field.wire}\``,
			words.fieldValues(field),
			field.help,
		]),
	);
}

function facts(provider) {
	return words.table(
		['Fact', 'Source', 'Confidence'],
		provider.facts.map(({ says, source, confidence }) => [says, source, confidence]),
	);
}

function section(provider, { operationsOf, imageTypes }) {
	return [
		`${provider.summary}.`,
		'## At a glance',
		atAGlance(provider, operationsOf(provider), imageTypes),
		...modelTable(provider),
		'## Options',
		options(provider),
		'## Facts and sources',
		'[Sources](../sources.md) explains the sources and the levels of confidence.',
		facts(provider),
	].join('\n\n');
}

/** The page of one provider; what a person wrote around the generated part stays. */
function providerPage(provider, adapters) {
	const name = `provider ${provider.id}`;
	const path = pagePath(provider);
	const page = currentText(path) ?? `# ${provider.title}\n\n${emptySection(name)}`;
	return { path, text: replaceSection(page, name, section(provider, adapters)) };
}

module.exports = { pagePath, providerPage };
