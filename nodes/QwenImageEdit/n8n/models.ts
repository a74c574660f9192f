import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { findProvider } from '../providers';

/** The models that the chosen provider documents, for the list of the Model field. */
export async function searchModels(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const provider = findProvider(this.getCurrentNodeParameter('provider'));
	const wanted = (filter ?? '').toLowerCase();
	return {
		results: (provider?.models ?? [])
			.filter(({ id }) => id.toLowerCase().includes(wanted))
			.map(({ id, note }) => ({
				name: note === undefined ? id : `${id} (${note})`,
				value: id,
			})),
	};
}
