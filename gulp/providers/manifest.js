const { readdirSync } = require('node:fs');
const { join } = require('node:path');
const { classPath } = require('./credentialClass');
const { currentText } = require('../generatedFile');
const { root } = require('../project');

/** Written by hand: it belongs to no provider. */
const storageClass = 'credentials/QwenImageEditStorageApi.credentials.ts';

const built = (source) => `dist/${source.replace(/\.ts$/, '.js')}`;

function nodeSources() {
	return readdirSync(join(root, 'nodes'), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith('.node.ts'))
		.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
		.map((path) => path.replaceAll('\\', '/'))
		.sort();
}

/** package.json with the files that n8n is to load; nothing else in it is touched. */
function manifest({ providers }) {
	const path = 'package.json';
	const before = currentText(path);
	const content = JSON.parse(before);
	content.n8n.credentials = [...providers.map(classPath), storageClass].map(built);
	content.n8n.nodes = nodeSources().map(built);
	const indent = /^([ \t]+)"/m.exec(before)[1];
	return { path, text: `${JSON.stringify(content, null, indent)}\n` };
}

module.exports = { manifest };
