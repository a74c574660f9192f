const { loadAdapters } = require('../adapters');
const { codex } = require('./codex');
const { credentialClass } = require('./credentialClass');
const { failOnDrift, formatted, writeFiles } = require('../generatedFile');
const { manifest } = require('./manifest');
const { nodeCredentials } = require('./nodeCredentials');

/** What n8n wants as literal files besides the adapters. */
async function literalFiles() {
	const adapters = loadAdapters();
	const files = [
		...adapters.providers.map(credentialClass),
		...codex(adapters),
		...nodeCredentials(adapters),
	];
	// npm writes package.json in its own form, so it is left in that.
	return [...(await Promise.all(files.map(formatted))), manifest(adapters)];
}

/** Writes credential classes, the nodes' lists of them, manifest paths and aliases anew. */
async function providers() {
	writeFiles(await literalFiles());
}

/** Fails when one of them says something else than the adapters. */
async function providersCheck() {
	failOnDrift(await literalFiles(), 'providers');
}

module.exports = { providers, providersCheck };
