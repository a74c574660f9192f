const { readFileSync } = require('node:fs');
const { join } = require('node:path');

/** The folder of the package; every path below is relative to it. */
const root = join(__dirname, '..');

/** The manifest as it is on disk now. */
function readManifest() {
	return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

/** Files that are named in the manifest, such as `dist/nodes/X/X.node.js`, with their source. */
function nodeEntries() {
	return readManifest().n8n.nodes.map((output) => ({
		output,
		source: output.replace(/^dist\//, '').replace(/\.js$/, '.ts'),
	}));
}

module.exports = { root, readManifest, nodeEntries };
