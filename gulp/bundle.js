const { existsSync, readFileSync, readdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const esbuild = require('esbuild');
const { nodeEntries, root } = require('./project');

/** The folders of the npm packages whose code is in the bundle, from the files that esbuild put in. */
function bundledPackages(inputs) {
	const folders = Object.keys(inputs).flatMap(
		(file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? [],
	);
	return [...new Set(folders)].sort();
}

/** Their licences: MIT and its like ask that the notice travels with the code. */
function licenceNotice(packageFolder) {
	const folder = join(root, packageFolder);
	const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
	const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
	if (file === undefined) throw new Error(`${name} is bundled but carries no licence file`);
	const text = readFileSync(join(folder, file), 'utf8').trim().replace(/\*\//g, '* /');
	return `/*! Contains ${name} ${version} (${license})\n\n${text}\n*/`;
}

async function bundleNode({ source, output }) {
	if (!existsSync(join(root, output))) {
		throw new Error(
			`${output} is not there: run "n8n-node build" first ("npm run build" does both)`,
		);
	}
	const { metafile, outputFiles } = await esbuild.build({
		absWorkingDir: root,
		entryPoints: [source],
		outfile: output,
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node20',
		mainFields: ['module', 'main'],
		// The one package that n8n hands to a node; anything else is packed in, since n8n forbids dependencies.
		external: ['n8n-workflow'],
		// No source map: the code is not minified, so a stack trace is readable as it is (docs/decisions/0017-what-the-tarball-holds.md).
		minify: false,
		legalComments: 'inline',
		charset: 'utf8',
		metafile: true,
		write: false,
		logLevel: 'warning',
	});
	const notices = bundledPackages(metafile.inputs).map(licenceNotice).join('\n');
	writeFileSync(join(root, output), `${outputFiles[0].text}${notices}\n`);
}

/** Packs each node with all it needs but n8n-workflow into the one file that n8n loads. */
async function bundle() {
	for (const entry of nodeEntries()) await bundleNode(entry);
}

module.exports = { bundle };
