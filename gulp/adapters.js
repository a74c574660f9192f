const { join } = require('node:path');
const Module = require('node:module');
const esbuild = require('esbuild');
const { root } = require('./project');

const entry = `
	export { providers } from './nodes/QwenImageEdit/providers';
	export { operationsOf } from './nodes/QwenImageEdit/adapter/provider';
	export { maximumTries, requestEnds, retryRule } from './nodes/QwenImageEdit/edit/retry';
	export { imageTypes } from './nodes/QwenImageEdit/image/imageType';
`;

/**
 * The provider adapters and the retry rule as values. They are TypeScript and depend on nothing of n8n,
 * so a bundle in memory is enough to read them.
 */
function loadAdapters() {
	const { outputFiles } = esbuild.buildSync({
		absWorkingDir: root,
		stdin: { contents: entry, resolveDir: root, loader: 'ts' },
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node20',
		write: false,
		logLevel: 'warning',
	});
	const file = join(root, 'adapters.cjs');
	const loaded = new Module(file);
	loaded.filename = file;
	loaded.paths = Module._nodeModulePaths(root);
	loaded._compile(outputFiles[0].text, file);
	return loaded.exports;
}

module.exports = { loadAdapters };
