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

/** What people type who look for a node that waits for a call. */
const triggerWords = ['webhook', 'callback', 'edit finished', ...words];

/** A codex file: under which words and categories n8n's node picker finds a node. */
function codexOf(nodeName, words, providers, anchor) {
	const { name, homepage } = readManifest();
	const content = {
		node: `${name}.${nodeName}`,
		nodeVersion: '1.0',
		codexVersion: '1.0',
		categories: ['Marketing & Content', 'Utility'],
		alias: [...words, ...providers.flatMap(namesOf)],
		resources: {
			credentialDocumentation: [{ url: `${homepage}#credentials` }],
			primaryDocumentation: [{ url: `${homepage}${anchor}` }],
		},
	};
	const className = `${nodeName[0].toUpperCase()}${nodeName.slice(1)}`;
	return { path: `nodes/${className}/${className}.node.json`, text: JSON.stringify(content) };
}

/** The codex files of both nodes. */
function codex({ providers }) {
	const calling = providers.filter(({ task }) => task?.callback !== undefined);
	return [
		codexOf('qwenImageEdit', words, providers, '#usage'),
		codexOf('qwenImageEditTrigger', triggerWords, calling, '#callbacks'),
	];
}

module.exports = { codex };
