const { readManifest } = require('../project');

/** What people type who do not know the name of the node. */
const words = [
	'image edit',
	'edit image',
	'image',
	'photo',
	'retouch',
	'background',
	'Qwen',
	'Alibaba',
	'AI',
];

/** "ModelVerse (UCloud)" is found by either name. */
function namesOf({ title }) {
	return title.split(/\s*[()]\s*/).filter((name) => name !== '');
}

/** The codex file: under which words and categories n8n's node picker finds the node. */
function codex({ providers }) {
	const { name, homepage } = readManifest();
	const content = {
		node: `${name}.qwenImageEdit`,
		nodeVersion: '1.0',
		codexVersion: '1.0',
		categories: ['Marketing & Content', 'Utility'],
		alias: [...words, ...providers.flatMap(namesOf)],
		resources: {
			credentialDocumentation: [{ url: `${homepage}#credentials` }],
			primaryDocumentation: [{ url: `${homepage}#usage` }],
		},
	};
	return { path: 'nodes/QwenImageEdit/QwenImageEdit.node.json', text: JSON.stringify(content) };
}

module.exports = { codex };
