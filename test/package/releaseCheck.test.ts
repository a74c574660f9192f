import type { Manifest } from './project';
import { readManifest, runTool } from './project';

const { unset } = jest.requireActual<{ unset(manifest: Manifest): string[] }>(
	'../../gulp/releaseCheck',
);

it('a release is refused while package.json names what does not exist', async () => {
	expect(unset(readManifest())).toEqual(['author.email', 'repository.url', 'homepage']);
	await expect(runTool('gulp/bin/gulp.js', ['release:check'])).rejects.toThrow(
		/set author\.email, repository\.url, homepage in package\.json/,
	);
});

it('and goes on when they are set', () => {
	const url = 'https://github.com/somebody/n8n-nodes-qwen-image-edit';
	const manifest: Manifest = {
		...readManifest(),
		author: { name: 'Somebody', email: 'somebody@example.com' },
		repository: { type: 'git', url: `git+${url}.git` },
		homepage: url,
	};
	expect(unset(manifest)).toEqual([]);
	expect(readManifest().scripts.release).toMatch(/^gulp release:check && /);
});
