/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, resolve } from 'node:path';

/**
 * The script of the npm in use. npm is run as `node npm-cli.js`, never through a shell, so that the same
 * code works on Windows, where `npm` is a batch file.
 */
export function npmScript(): string {
	const besideNode = dirname(realpathSync(process.execPath));
	const onPath = (process.env.PATH ?? '')
		.split(delimiter)
		.map((folder) => join(folder, 'npm'))
		.filter((file) => existsSync(file))
		.map((file) => realpathSync(file));
	const candidates = [
		process.env.npm_execpath,
		...onPath,
		resolve(besideNode, '../lib/node_modules/npm/bin/npm-cli.js'),
		resolve(besideNode, 'node_modules/npm/bin/npm-cli.js'),
	];
	for (const candidate of candidates) {
		if (candidate && /npm-cli\.c?js$/.test(candidate) && existsSync(candidate)) return candidate;
	}
	throw new Error('npm was not found. Run this with "npm run", or put npm on the PATH.');
}

/**
 * The node-gyp that npm carries. n8n's own tree has 8.4.1, whose gyp imports `distutils`, which Python 3.12
 * removed; npm's is current and always there.
 */
export function nodeGypScript(): string {
	return createRequire(npmScript()).resolve('node-gyp/bin/node-gyp.js');
}

/**
 * The environment for a nested npm: what `npm run` exported about *this* package is dropped, or the nested
 * npm would take it for settings of its own.
 */
export function npmEnvironment(): NodeJS.ProcessEnv {
	const environment: NodeJS.ProcessEnv = {};
	for (const [name, value] of Object.entries(process.env)) {
		const aboutThisRun = /^npm_(package|lifecycle|command|config_local_prefix)/i.test(name);
		if (!aboutThisRun && name !== 'NODE_OPTIONS') environment[name] = value;
	}
	return environment;
}
