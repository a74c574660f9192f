const { currentText } = require('../generatedFile');

const start = '// <credentials>';
const end = '// </credentials>';

/** One credential, asked for when its provider is chosen: hidden for every other one of the node. */
function entry({ id, title, credential }, providers) {
	const others = providers.filter((other) => other.id !== id).map((other) => `'${other.id}'`);
	// A credential without a free test call is proved by a function of the node, named after the provider.
	const testedBy = credential.test !== 'request' ? `testedBy: '${id}CredentialTest', ` : '';
	return `			{ name: '${credential.type}', displayName: '${title}', required: true, ${testedBy}displayOptions: { hide: { provider: [${others.join(', ')}] } } },`;
}

/** The bucket of the user's own. As `hide` too: with `show` the editor moves all credentials down to the field Storage. */
const storage =
	"			{ name: 'qwenImageEditStorageApi', displayName: 'S3-Compatible Bucket', required: true, testedBy: 'storageCredentialTest', displayOptions: { hide: { operation: ['cancelTask', 'getTask'], storage: ['none'] } } },";

/** A node's own file with its list of credentials, which n8n's lint wants to read as text. */
function withCredentials(path, providers, others = []) {
	const text = currentText(path);
	const from = text.indexOf(start);
	const to = text.indexOf(end);
	if (from < 0 || to < from) throw new Error(`the markers of the credentials are not in ${path}`);
	const list = [...providers.map((provider) => entry(provider, providers)), ...others].join('\n');
	return {
		path,
		text: `${text.slice(0, from)}${start}\n		// prettier-ignore\n		credentials: [\n${list}\n		],\n		${text.slice(to)}`,
	};
}

/** The edit node asks for the credential of every provider, the trigger for those of providers that call back. */
function nodeCredentials({ providers }) {
	return [
		withCredentials('nodes/QwenImageEdit/QwenImageEdit.node.ts', providers, [storage]),
		withCredentials(
			'nodes/QwenImageEditTrigger/QwenImageEditTrigger.node.ts',
			providers.filter(({ task }) => task?.callback !== undefined),
		),
	];
}

module.exports = { nodeCredentials };
