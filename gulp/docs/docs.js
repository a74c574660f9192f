const { loadAdapters } = require('../adapters');
const {
	currentText,
	failOnDrift,
	formatted,
	replaceSection,
	writeFiles,
} = require('../generatedFile');
const { providerPage } = require('./providerPage');
const { credentialTable, providerTable } = require('./providerTable');
const { retryPage } = require('./retryPage');

function readme(adapters) {
	const path = 'README.md';
	const tables = {
		'provider table': providerTable(adapters),
		'credential table': credentialTable(adapters),
	};
	const text = Object.entries(tables).reduce(
		(page, [name, section]) => replaceSection(page, name, section),
		currentText(path),
	);
	return { path, text };
}

/** Every document that is written from the adapters, as it should be. */
async function documents() {
	const adapters = loadAdapters();
	const pages = [
		readme(adapters),
		...adapters.providers.map((provider) => providerPage(provider, adapters)),
		retryPage(adapters),
	];
	return await Promise.all(pages.map(formatted));
}

/** Writes the generated parts of README.md and docs/ anew. */
async function docs() {
	writeFiles(await documents());
}

/** Fails when README.md or docs/ say something else than the adapters. */
async function docsCheck() {
	failOnDrift(await documents(), 'docs');
}

module.exports = { docs, docsCheck };
