import type { CredentialStore } from './credentials';
import { additionalDataFor } from './workflow/engine';
import { findNodeTypes } from './workflow/nodeTypes';
import { describeNode } from './workflow/nodes';

import { CredentialTestContext, ExecuteContext, RoutingNode } from 'n8n-core';
import {
	Workflow,
	createEmptyRunExecutionData,
	type ICredentialDataDecryptedObject,
	type ICredentialTestFunctions,
	type ICredentialTestRequest,
	type ICredentialType,
	type ICredentialsDecrypted,
	type INode,
	type INodeCredentialTestResult,
	type INodeType,
	type NodeApiError,
} from 'n8n-workflow';

/** What the Test button of a credential tells: "OK" or why not. */
export type TestResult = INodeCredentialTestResult;

/**
 * Presses the Test button of a credential as n8n's server does: by the request of the credential type, else by
 * the function of the node that names it in `testedBy`.
 */
export async function testCredential(
	store: CredentialStore,
	type: ICredentialType,
	nodeType: INodeType,
	data: ICredentialDataDecryptedObject,
): Promise<TestResult> {
	const additionalData = additionalDataFor(store);
	const credential: ICredentialsDecrypted = {
		id: 'tested',
		name: 'tested',
		type: type.name,
		data: await store.withDefaults(additionalData, data, type.name, 'internal'),
	};
	if (type.test !== undefined) return await runRequest(store, type, type.test, credential);
	const described = nodeType.description.credentials?.find(({ name }) => name === type.name);
	const { testedBy } = described ?? {};
	if (typeof testedBy === 'object') return await runRequest(store, type, testedBy, credential);
	const test = testedBy === undefined ? undefined : nodeType.methods?.credentialTest?.[testedBy];
	if (test === undefined) {
		return { status: 'Error', message: 'No testing function found for this credential.' };
	}
	const context = new CredentialTestContext(additionalData) as unknown as ICredentialTestFunctions;
	return await test.call(context, credential);
}

/** n8n runs the request in a declarative node that has nothing else. */
async function runRequest(
	store: CredentialStore,
	type: ICredentialType,
	test: ICredentialTestRequest,
	credential: ICredentialsDecrypted,
): Promise<TestResult> {
	const name = 'n8n-nodes-base.noOp';
	const description = describeNode(name, {
		credentials: [{ name: type.name, required: true }],
		properties: [
			{
				displayName: 'Temp',
				name: 'temp',
				type: 'string',
				routing: { request: test.request },
				default: '',
			},
		],
	});
	const probe: INodeType = { description };
	const node: INode = {
		id: 'temp',
		name: 'Temp-Node',
		type: name,
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		credentials: { [type.name]: { id: credential.id, name: credential.name } },
	};
	const workflow = new Workflow({
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: findNodeTypes({ [name]: probe }),
	});
	const context = new ExecuteContext(
		workflow,
		node,
		{ ...additionalDataFor(store), currentNodeParameters: node.parameters },
		'internal',
		createEmptyRunExecutionData(),
		0,
		[],
		{ main: [[{ json: {} }]] },
		{ node, data: {}, source: null },
		[],
	);
	let json: Record<string, unknown>;
	try {
		await workflow.expression.acquireIsolate();
		const answer = await new RoutingNode(context, probe, credential).runNode();
		json = answer?.[0]?.[0]?.json ?? {};
	} catch (error) {
		return { status: 'Error', message: failureOf(error as NodeApiError, test) };
	} finally {
		await workflow.expression.releaseIsolate();
	}
	for (const rule of test.rules ?? []) {
		if (
			rule.type === 'responseSuccessBody' &&
			json[rule.properties.key] === rule.properties.value
		) {
			return { status: 'Error', message: rule.properties.message };
		}
	}
	return { status: 'OK', message: 'Connection successful!' };
}

interface Answered {
	response?: { status: number; statusText: string };
	code?: string;
}

function failureOf(error: NodeApiError, test: ICredentialTestRequest): string {
	const cause = error.cause as Answered | undefined;
	const { status, statusText } = cause?.response ?? {};
	if (status !== undefined) {
		for (const rule of test.rules ?? []) {
			if (rule.type === 'responseCode' && rule.properties.value === status) {
				return rule.properties.message;
			}
		}
		return statusText || `Received HTTP status code: ${status}`;
	}
	return cause?.code ?? error.message;
}
