// The first half of `npm run demo`, on a clone where nothing is installed yet: so in plain JavaScript, with nothing but Node.
// Not a script called "predemo": npm runs none of those where `.npmrc` says `ignore-scripts`.
const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '../../..');
const n8n = join(root, 'test/realN8n/installation');

/** Runs npm and resolves with whether it ended well; what it prints is shown. */
function npm(cwd, ...words) {
	// Two turning wheels in one terminal would overwrite each other.
	const env = { ...process.env, CI: 'true' };
	const options = { cwd, env, stdio: 'inherit', shell: process.platform === 'win32' };
	return new Promise((done) => {
		const child = spawn('npm', words, options);
		child.once('error', () => done(false));
		child.once('close', (code) => done(code === 0));
	});
}

async function installProject() {
	const startedAt = Date.now();
	if (!(await npm(root, 'ci', '--loglevel=error', '--no-progress'))) return false;
	console.log(
		`project: npm ci took ${Math.round((Date.now() - startedAt) / 1000)} s, building the package ...`,
	);
	return await npm(root, 'run', 'build', '--silent');
}

/** n8n waits for the network and the project for the processor: side by side they take little more than n8n alone. */
async function installN8n() {
	const { tsx } = require(join(root, 'package.json')).devDependencies;
	// From npm's cache: the project's own tsx is not there yet. Should this fail, the demo installs n8n itself, and says why.
	await npm(
		n8n,
		'exec',
		'--yes',
		'--loglevel=error',
		`--package=tsx@${tsx}`,
		'--',
		'tsx',
		'install.ts',
	);
}

async function main() {
	if (existsSync(join(root, 'node_modules', '.package-lock.json'))) return;
	console.log(
		'The demo: installing the project and n8n, about 4 GB. The next start takes half a minute.',
	);
	const [installed] = await Promise.all([installProject(), installN8n()]);
	if (!installed) process.exit(1);
}

main();
