const words = require('./providerWords');

/** The table of the README: one row per provider. */
function providerTable({ providers, operationsOf }) {
	return words.table(
		[
			'Provider',
			'Images in one edit',
			'Local images go',
			'Operations',
			'Result URL expires after',
			'Price',
		],
		providers.map((provider) => [
			`[${provider.title}](docs/providers/${provider.id}.md)`,
			words.imageCount(provider),
			words.fileRoute(provider),
			words.listed(operationsOf(provider).map((operation) => operationTitles[operation])),
			words.duration(provider.resultLifetimeSeconds),
			words.priceRange(provider),
		]),
	);
}

/** Where each credential comes from: the second table of the README. */
function credentialTable({ providers }) {
	return words.table(
		['Credential', 'Where the key comes from', 'Default Base URL', 'How the key is sent'],
		providers.map((provider) => [
			provider.credential.title,
			words.keySource(provider),
			words.baseUrls(provider),
			words.keyPlace(provider),
		]),
	);
}

/** As the Operation list of the node shows them. */
const operationTitles = {
	edit: 'Edit Image',
	submitTask: 'Submit Task',
	getTask: 'Get Task',
	cancelTask: 'Cancel Task',
};

module.exports = { credentialTable, operationTitles, providerTable };
