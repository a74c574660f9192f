const { currentText } = require('../generatedFile');

const className = (type) => `${type[0].toUpperCase()}${type.slice(1)}`;
const classPath = (provider) => `credentials/${className(provider.credential.type)}.credentials.ts`;

/** Takes off what users paste around a key; single quotes and doubled backslashes, because it is written into a literal. */
const trimmedKey = String.raw`$credentials.apiKey.trim().replace(/^(bearer|key|token)\\s+/i, "")`;

/** The first match of a pattern in what a person wrote, if there is one. */
function written(text, pattern) {
	return text === undefined ? undefined : pattern.exec(text)?.[1];
}

/** How the key is put on a request. */
function authentication({ key, keyOptional }) {
	if (key.kind === 'body') {
		return {
			comment:
				'// The key travels in the JSON body of every call; users paste it with "Bearer " at times.',
			properties: `body: {\n ${key.field}: '={{ ${trimmedKey} }}' }`,
		};
	}
	if (keyOptional === true) {
		return {
			comment:
				'// Without a key no header is sent at all; users paste keys with "Bearer " in front.',
			properties: `headers: {\n Authorization: '={{ $credentials.apiKey ? "Bearer " + ${trimmedKey} : undefined }}' }`,
		};
	}
	return {
		comment:
			'// Users paste keys with "Bearer ", "Key " or "Token " in front; it is taken off before ours is added.',
		properties: `headers: {\n '${key.name}': '=${key.prefix}{{ ${trimmedKey} }}' }`,
	};
}

function keyField({ keyUrl, keyOptional }) {
	const description = [
		keyUrl === undefined
			? ''
			: `Get one at <a href="${keyUrl}" target="_blank">${new URL(keyUrl).host}</a>`,
		keyOptional === true ? 'Leave it empty for a server that wants none' : '',
	].filter((sentence) => sentence !== '');
	return `		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
${keyOptional === true ? '' : '\t\t\trequired: true,\n'}			default: '',
${description.length === 0 ? '' : `\t\t\tdescription: '${description.join('; ')}',\n`}		},
`;
}

function regionField({ regions, defaultBaseUrl }) {
	if (regions === undefined) return '';
	const choices = [...regions].sort((one, other) => one.label.localeCompare(other.label));
	const standard = regions.find(({ baseUrl }) => baseUrl === defaultBaseUrl) ?? regions[0];
	return `		{
			displayName: 'Region',
			name: 'region',
			type: 'options',
			options: [
${choices.map(({ value, label }) => `\t\t\t\t{ name: '${label}', value: '${value}' },\n`).join('')}			],
			default: '${standard.value}',
			description: 'Where the key was made; a key of one region is refused in the other',
		},
`;
}

function uploadBaseUrlField({ uploadBaseUrl }) {
	if (uploadBaseUrl === undefined) return '';
	return `		{
			displayName: 'Upload Base URL',
			name: 'uploadBaseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. ${uploadBaseUrl}',
			description: 'Where local images are uploaded, with the same key. Leave it empty unless you change the Base URL.',
		},
`;
}

function callbackSecretField({ callbackSecret }) {
	if (callbackSecret === undefined) return '';
	return `		{
			displayName: 'Callback Signing Secret',
			name: 'callbackSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: '${callbackSecret.placeholder}',
			description: '${callbackSecret.help}',
		},
`;
}

function baseUrlField({ regions, defaultBaseUrl }, before) {
	const ownServer = defaultBaseUrl === '';
	// Where the default is no example, a person knows a better one.
	const example =
		ownServer || regions !== undefined
			? (written(before, /name: 'baseUrl',[\s\S]*?placeholder: 'e\.g\. ([^']*)'/) ??
				'https://api.example.com/v1')
			: defaultBaseUrl;
	const description = ownServer
		? 'Address of the server, with or without /v1 at its end'
		: regions === undefined
			? 'Change it only if the service has another address for you'
			: 'Leave it empty for the address of the region; fill it in for a workspace of your own or a gateway';
	return `		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
${ownServer ? '\t\t\trequired: true,\n' : ''}			default: '${regions === undefined ? defaultBaseUrl : ''}',
			placeholder: 'e.g. ${example}',
			description: '${description}',
		},
`;
}

/**
 * The literal class that n8n and its linter want for the credential of a provider.
 *
 * Written from the adapter, but for what is no data: the comments, the link to the documentation and the
 * request that tests the key are kept as a person wrote them. A new class has no test yet; n8n's linter asks
 * for it.
 */
function credentialClass(provider) {
	const { type, title, test } = provider.credential;
	const path = classPath(provider);
	const before = currentText(path);
	const { comment, properties } = authentication(provider.credential);
	const about =
		written(before, /\n(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\nexport class /) ??
		`/** Key and address for ${provider.title}. */`;
	const documentationUrl =
		written(before, /\n\tdocumentationUrl = '([^']*)';/) ?? provider.documentationUrl;
	const keyComment = written(before, /\n((?:\t\/\/[^\n]*\n)+)\tauthenticate:/) ?? `\t${comment}\n`;
	const testMember =
		test !== 'request'
			? undefined
			: written(
					before,
					/\n((?:\t\/\/[^\n]*\n)*\ttest: ICredentialTestRequest = [\s\S]*?\n\t\};\n)/,
				);
	const types = [
		'IAuthenticateGeneric',
		'Icon',
		...(testMember === undefined ? [] : ['ICredentialTestRequest']),
		'ICredentialType',
		'INodeProperties',
	];
	const text = `import type { ${types.join(', ')} } from 'n8n-workflow';

${about}
export class ${className(type)} implements ICredentialType {
	name = '${type}';

	displayName = '${title}';

	icon: Icon = { light: 'file:icons/${type}.svg', dark: 'file:icons/${type}.dark.svg' };

	documentationUrl = '${documentationUrl}';

	properties: INodeProperties[] = [
${[keyField, regionField, baseUrlField, uploadBaseUrlField, callbackSecretField].map((field) => field(provider.credential, before)).join('')}	];

${keyComment}	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			${properties},
		},
	};
${testMember === undefined ? '' : `\n${testMember}`}}
`;
	return { path, text };
}

module.exports = { classPath, credentialClass };
