/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { errorKinds } from '../../../nodes/QwenImageEdit/edit/fault';
import { providers } from '../../../nodes/QwenImageEdit/providers';
import { filesUnder, projectFolder, readManifest, readText, runTool } from '../project';

const papers = [
	...['README', 'CHANGELOG', 'CONTRIBUTING', 'LICENSE', 'SECURITY'].map((name) => `${name}.md`),
	...filesUnder(join(projectFolder, 'docs'))
		.filter((file) => file.endsWith('.md'))
		.map((file) => `docs/${file}`),
];

/** The text without code, where links and headings are only examples. */
const prose = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '');

/** The name that GitHub gives a heading in links. */
const anchor = (heading: string): string =>
	heading
		.toLowerCase()
		.replace(/[^\p{L}\p{N}\s_-]/gu, '')
		.trim()
		.replaceAll(' ', '-');

const anchorsOf = (text: string): string[] =>
	[...prose(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => anchor(heading!));

/** First cells of the rows of the first table behind this text. */
function firstColumn(text: string, after: string): string[] {
	const rest = text.slice(text.indexOf(after) + after.length);
	const rows = /(?:^\|.*\n)+/m.exec(rest)![0].trim().split('\n').slice(2);
	return rows.map((row) => row.split('|')[1]!.trim());
}

it.each(['docs:check', 'providers:check'])('gulp %s: nothing has drifted', async (task) => {
	const { stdout } = await runTool('gulp/bin/gulp.js', [task]);
	expect(stdout).toContain(`Finished '${task}'`);
});

it('has no link that leads nowhere', () => {
	const broken = papers.flatMap((paper) => {
		const links = [...prose(readText(paper)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
		return links
			.filter((link) => !/^https?:/.test(link))
			.filter((link) => {
				const [path, heading] = link.split('#') as [string, string?];
				const file =
					path === ''
						? join(projectFolder, paper)
						: resolve(dirname(join(projectFolder, paper)), path);
				if (!existsSync(file)) return true;
				return heading !== undefined && !anchorsOf(readFileSync(file, 'utf8')).includes(heading);
			})
			.map((link) => `${paper}: ${link}`);
	});
	expect(broken).toEqual([]);
});

it('can be reached from docs/index.md, every page of it', () => {
	const index = readText('docs/index.md');
	const pages = papers.filter((paper) => paper.startsWith('docs/') && paper !== 'docs/index.md');
	expect(pages.filter((page) => !index.includes(`(${page.slice('docs/'.length)})`))).toEqual([]);
});

it('README.md has the sections that n8n asks for, and the test command to the letter', () => {
	const readme = readText('README.md');
	expect(anchorsOf(readme)).toEqual(
		expect.arrayContaining([
			'installation',
			'operations',
			'credentials',
			'compatibility',
			'usage',
			'resources',
			'version-history',
		]),
	);
	expect(readme).toContain('```sh\nnpm ci && npm test\n```');
});

it('runs only scripts that package.json has', () => {
	const { scripts } = readManifest();
	const named = papers
		.concat('examples/README.md')
		.flatMap((paper) =>
			[...readText(paper).matchAll(/\bnpm run ([\w:-]+)/g)].map(([, script]) => script!),
		);
	expect(named).toContain('demo');
	expect([...new Set(named)].filter((script) => scripts[script] === undefined)).toEqual([]);
});

it('docs/errors.md tells of every kind of error and of no other', () => {
	const kinds = firstColumn(readText('docs/errors.md'), '`errorKind`, never');
	expect(firstColumn(readText('docs/errors.md'), 'words of the message').length).toBe(
		errorKinds.length,
	);
	expect(kinds.map((kind) => kind.replaceAll('`', ''))).toEqual([...errorKinds]);
});

it('troubleshooting quotes only what the node really says', () => {
	const sources = ['nodes', 'credentials']
		.flatMap((folder) => filesUnder(join(projectFolder, folder)).map((file) => `${folder}/${file}`))
		.filter((file) => file.endsWith('.ts'))
		.map(readText)
		.join('\n');
	const quoted = firstColumn(
		readText('docs/troubleshooting.md'),
		'<!-- troubleshooting -->',
	).flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text!));
	expect(quoted.length).toBeGreaterThan(5);
	// What stands between the dots is the node's; what varies is left out, as are statuses and settings.
	const fixed = quoted
		.flatMap((text) => text.split('…'))
		.map((part) => part.trim())
		.filter((part) => !/^(\(HTTP \d+\)|[A-Z]+(_[A-Z]+)+)?$/.test(part));
	expect(fixed.filter((part) => !sources.includes(part))).toEqual([]);
});

it('every provider has a page, and the README a row for it', () => {
	for (const { id, title } of providers) {
		expect(existsSync(join(projectFolder, 'docs', 'providers', `${id}.md`))).toBe(true);
		expect(readText('README.md')).toContain(`[${title}](docs/providers/${id}.md)`);
	}
});

it('no paper tells of the machine that it was written on', () => {
	for (const paper of papers) {
		expect(readText(paper)).not.toMatch(/\/(?:work|tmp|home|root)\//);
	}
});
