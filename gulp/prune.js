const { readFileSync, readdirSync, rmSync, rmdirSync, writeFileSync } = require('node:fs');
const { join, sep } = require('node:path');
const { readManifest, root } = require('./project');

/** Whether a file of `dist` is needed where n8n runs. */
function keeps({ nodes, credentials }) {
	const named = new Set([...nodes, ...credentials]);
	const nodeFolders = nodes.map((file) => file.slice(0, file.lastIndexOf('/') + 1));
	return (file) =>
		named.has(file) ||
		nodes.some((node) => file === node.replace(/\.js$/, '.json')) ||
		/^dist\/credentials\/icons\/[^/]+\.svg$/.test(file) ||
		nodeFolders.some(
			(folder) => file.startsWith(folder) && /^[^/]+\.svg$/.test(file.slice(folder.length)),
		);
}

function pruneFolder(folder, keep) {
	for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
		const path = `${folder}/${entry.name}`;
		if (entry.isDirectory()) {
			pruneFolder(path, keep);
			if (readdirSync(join(root, path)).length === 0) rmdirSync(join(root, path));
		} else if (!keep(path)) rmSync(join(root, path));
	}
}

/** No source map ships, so the comment that points to it goes too. */
function dropMapComment(file) {
	const path = join(root, file.split('/').join(sep));
	const code = readFileSync(path, 'utf8');
	writeFileSync(path, code.replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n'));
}

/**
 * Takes out of `dist` all that does not run: what tsc made of the files that are in the bundle by now,
 * images of docs and tests that n8n-node copied, the copy of package.json.
 */
async function prune() {
	const { n8n } = readManifest();
	pruneFolder('dist', keeps(n8n));
	n8n.credentials.forEach(dropMapComment);
}

module.exports = { prune };
