import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import type { Model, Provider } from '../edit/provider';
import { plainText } from '../edit/words';
import { findProvider } from '../providers';
import { readFields } from './credential';

/** How long the list may take; the user is looking at it. */
const listTimeoutMilliseconds = 15_000;

/** More than fit a list are cut; the search narrows them down. */
const maximumListed = 200;

/** The models that the host itself lists, asked for with the credential of the node. */
async function modelsOfHost(
	context: ILoadOptionsFunctions,
	provider: Provider,
	list: NonNullable<Provider['modelList']>,
): Promise<readonly Model[]> {
	const { baseUrl } = readFields(provider, await context.getCredentials(provider.credential.type));
	const { method, path } = list.encode();
	const body = (await context.helpers.httpRequestWithAuthentication.call(
		context,
		provider.credential.type,
		{
			method,
			url: `${baseUrl}${path}`,
			json: true,
			disableFollowRedirect: true,
			timeout: listTimeoutMilliseconds,
		},
	)) as unknown;
	return list.decode({ httpStatus: 200, headers: {}, json: body, text: '' });
}

/** The models of the chosen provider, for the list of the Model field. */
export async function searchModels(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const provider = findProvider(this.getCurrentNodeParameter('provider'));
	if (provider === undefined) return { results: [] };
	const models =
		provider.modelList === undefined
			? provider.models
			: await modelsOfHost(this, provider, provider.modelList);
	const wanted = (filter ?? '').toLowerCase();
	return {
		results: models
			.filter(({ id }) => id.toLowerCase().includes(wanted))
			.slice(0, maximumListed)
			.map(({ id, note }) => ({
				name: plainText(note === undefined ? id : `${id} (${note})`, 120),
				value: id,
			})),
	};
}
