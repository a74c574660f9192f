'use strict';
// Loads a package as n8n does, or one node file, in a process that has n8n's own modules loaded already, and
// prints the milliseconds. Without tsx, which would look at every file that is required.
//
//   node loadChild.cjs package <folder> | file <file>
require('reflect-metadata');
const { mkdtempSync, rmSync } = require('node:fs');
const { createRequire } = require('node:module');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const userFolder = mkdtempSync(join(tmpdir(), 'n8n-load-'));
process.once('exit', () => rmSync(userFolder, { recursive: true, force: true }));
process.env.N8N_USER_FOLDER = userFolder;
process.env.N8N_ENCRYPTION_KEY = 'key-of-the-bench';

const [kind, path] = process.argv.slice(2);
const find = createRequire(kind === 'file' ? path : __filename);
const { PackageDirectoryLoader } = require('n8n-core');
// The copy that the node will ask for, which every n8n has in memory anyway.
find('n8n-workflow');

async function main() {
	const started = performance.now();
	if (kind === 'package') await new PackageDirectoryLoader(path).loadAll();
	else for (const Class of Object.values(find(path))) void new Class();
	process.stdout.write(`milliseconds ${performance.now() - started}\n`, () => process.exit(0));
}

main().catch((error) => {
	process.stderr.write(`${error.stack}\n`);
	process.exit(1);
});
