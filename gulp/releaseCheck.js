const { readManifest } = require('./project');

/** Values that stand in package.json until a maintainer has set real ones. */
const placeholders = [
	['author.email', ({ author }) => author.email, /\.example$/],
	[
		'repository.url',
		({ repository }) => repository.url,
		/n8n-nodes-qwen-image-edit\/n8n-nodes-qwen-image-edit/,
	],
	['homepage', ({ homepage }) => homepage, /n8n-nodes-qwen-image-edit\/n8n-nodes-qwen-image-edit/],
];

/** The entries of package.json that must be set before a release. */
function unset(manifest) {
	return placeholders
		.filter(([, read, placeholder]) => placeholder.test(read(manifest)))
		.map(([name]) => name);
}

/** Refuses a release while package.json names a repository and an author that do not exist. */
async function releaseCheck() {
	const names = unset(readManifest());
	if (names.length > 0) {
		throw new Error(
			`set ${names.join(', ')} in package.json before a release (CONTRIBUTING.md, "Releasing")`,
		);
	}
}

module.exports = { releaseCheck, unset };
