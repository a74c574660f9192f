import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { EditFault, type Fault } from '../../edit/fault';
import { priceText } from '../../edit/price';
import type { Model, Provider } from '../../adapter/provider';
import { Redaction } from '../../wire/text/redaction';
import { readMalformed, readRefusal } from '../../wire/answer/refusal';
import { plainText } from '../../wire/text/plainText';
import type { Reply } from '../../wire/wire';
import { findProvider } from '../../providers';
import { type ReadCredential, readFields } from '../http/credential';
import { asNodeError, redactFault } from '../out/errors';
import { keyedRequest } from '../http/keyedRequest';
import { readNetworkFailure } from '../http/networkFailure';
import { isReadable, readBeginning, withDeadline } from '../http/streams';

/** How long the list may take; the user is looking at it. */
const listTimeoutSeconds = 15;

/** A longer list is cut, and then is none; gateways with hundreds of models stay far below. */
const maximumListBytes = 4 * 1024 * 1024;

/** More than fit a list are cut; the search narrows them down. */
const maximumListed = 200;

/** The host's answer to the question for its models. */
async function ask(
	context: ILoadOptionsFunctions,
	provider: Provider,
	credential: ReadCredential,
	list: NonNullable<Provider['modelList']>,
): Promise<Reply> {
	const { method, path } = list.encode();
	const response = await keyedRequest(context, provider, credential, {
		method,
		url: `${credential.baseUrl}${path}`,
		encoding: 'stream',
		timeout: listTimeoutSeconds * 1000,
	});
	const body = response.body as unknown;
	const text = isReadable(body)
		? await withDeadline(
				body,
				{ timeoutSeconds: listTimeoutSeconds, signal: new AbortController().signal },
				async () => (await readBeginning(body, maximumListBytes)).toString('utf8'),
			)
		: '';
	return { httpStatus: response.statusCode, headers: {}, text, ...parsed(text) };
}

function parsed(text: string): { json?: unknown } {
	try {
		return { json: JSON.parse(text) as unknown };
	} catch {
		return {};
	}
}

/** The models that the host itself lists, asked for with the credential of the node. */
async function modelsOfHost(
	context: ILoadOptionsFunctions,
	provider: Provider,
	list: NonNullable<Provider['modelList']>,
): Promise<readonly Model[]> {
	const data = await context.getCredentials(provider.credential.type);
	const host = provider.title;
	let key = '';
	try {
		const credential: ReadCredential = { data, ...readFields(provider, data) };
		({ key } = credential);
		const reply = await ask(context, provider, credential, list);
		if (reply.httpStatus >= 400) {
			throw new EditFault(readRefusal(reply, { provider: host }).fault);
		}
		const models = list.decode(reply);
		if (models !== undefined) return models;
		const { message } = readMalformed(reply, `${host} did not answer with a list of models`);
		throw new EditFault({
			kind: 'provider',
			message,
			advice: "Check the base URL of the credential, or type the model's id",
		});
	} catch (error) {
		const fault: Fault =
			error instanceof EditFault
				? error.fault
				: { kind: 'network', message: readNetworkFailure(error, host).message };
		throw asNodeError(context.getNode(), redactFault(fault, new Redaction([key])), 0);
	}
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
			.map((model) => ({ ...wordsOf(model), value: model.id })),
	};
}

/** A model in the list. The editor shows the name only; the description has the month of the price. */
function wordsOf({ id, note, prices = [] }: Model): { name: string; description?: string } {
	const price = prices.map(priceText).join(' or ');
	const more = [note ?? '', price].filter((part) => part !== '').join('; ');
	const name = plainText(more === '' ? id : `${id} (${more})`, 120);
	if (prices.length === 0) return { name };
	const listed = prices.map((entry) => `${priceText(entry)} (listed ${entry.asOf})`);
	return { name, description: `Costs ${listed.join(' or ')}` };
}
