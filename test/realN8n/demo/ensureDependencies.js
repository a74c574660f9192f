// The first half of `npm run demo`, on a clone where nothing is installed yet: so in plain JavaScript, with nothing but Node.
// Not a script called "predemo": npm runs none of those where `.npmrc` says `ignore-scripts`.
const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '../../..');

if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) {
	console.log('The demo: installing what the project needs (npm ci) ...');
	const { status } = spawnSync('npm', ['ci'], {
		cwd: root,
		stdio: 'inherit',
		shell: process.platform === 'win32',
	});
	process.exit(status ?? 1);
}
