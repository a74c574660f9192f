/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { join } from 'node:path';

import { filesUnder, projectFolder, readManifest, readText } from '../project';

const folder = '.github/workflows';
const files = filesUnder(join(projectFolder, folder));

it.each(files)('%s pins every action by its commit and says which version that is', (file) => {
	const uses = readText(`${folder}/${file}`)
		.split('\n')
		.filter((line) => /^\s*-?\s*uses:/.test(line));
	expect(uses.length).toBeGreaterThan(0);
	for (const line of uses) {
		expect(line).toMatch(/uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
	}
});

it.each(files)('%s grants no more than reading, but for what publishing needs', (file) => {
	const text = readText(`${folder}/${file}`);
	expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
	const writes = [...text.matchAll(/^\s+([\w-]+): write$/gm)].map(([, name]) => name);
	expect(writes).toEqual(file === 'publish.yml' ? ['id-token'] : []);
});

it.each(files)('%s keeps expressions out of shell commands', (file) => {
	const commands = readText(`${folder}/${file}`)
		.split('\n')
		.filter((line) => /^\s*-?\s*run:/.test(line));
	expect(commands.length).toBeGreaterThan(0);
	expect(commands.filter((line) => line.includes('${{'))).toEqual([]);
});

it.each(files)('%s runs only scripts that package.json has', (file) => {
	const { scripts } = readManifest();
	const named = [...readText(`${folder}/${file}`).matchAll(/npm run ([\w:-]+)/g)].map(
		([, script]) => script!,
	);
	expect(named.filter((script) => scripts[script] === undefined)).toEqual([]);
});

it('the version is published only by a tag, through n8n-node release', () => {
	const text = readText(`${folder}/publish.yml`);
	expect(text).toMatch(/^on:\n {2}push:\n {4}tags:\n {6}- '\*\.\*\.\*'$/m);
	expect(text).toContain('npm run release');
	expect(readManifest().scripts).toMatchObject({
		release: 'gulp release:check && n8n-node release',
		prepublishOnly: 'n8n-node prerelease',
	});
});
