import { Container } from './workflow/core';
import './workflow/log';

import { randomBytes } from 'node:crypto';

import { Cipher, Credentials, EncryptionKeyProxy, getAdditionalKeys, type KeyInfo } from 'n8n-core';
import {
	ICredentialsHelper,
	NodeHelpers,
	UnexpectedError,
	UserError,
	Workflow,
	injectDomainRestrictionFields,
	isExpression,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type ICredentialsEncrypted,
	type ICredentialsExpressionResolveValues,
	type IDataObject,
	type IExecuteData,
	type IHttpRequestHelper,
	type IHttpRequestOptions,
	type INode,
	type INodeCredentialsDetails,
	type INodeProperties,
	type INodeTypes,
	type IRequestOptionsSimplified,
	type IWorkflowExecuteAdditionalData,
	type NodeParameterValueType,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

/** A credential as a user saves it. */
export interface SavedCredential {
	type: string;
	data: ICredentialDataDecryptedObject;
}

const bareNode: INode = {
	id: 'credential',
	name: '',
	type: 'mock',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

/** The server keeps the key of its credentials in the database; here it is made anew for each process. */
function setEncryptionKey(): void {
	const key: KeyInfo = {
		id: 'engine',
		value: Container.get(Cipher).encryptDEKWithInstanceKey(randomBytes(32).toString('hex')),
		algorithm: 'aes-256-gcm',
		format: 'prefixed',
	};
	Container.get(EncryptionKeyProxy).setProvider({
		getActiveKey: async () => key,
		getKeyById: async () => key,
		getLegacyKey: async () => key,
	});
}
setEncryptionKey();

/** n8n resolves the expressions of a credential in a workflow whose only node has no type. */
const noNodeTypes = {
	getByName: () => undefined,
	getByNameAndVersion: () => undefined,
	getKnownTypes: () => ({}),
} as unknown as INodeTypes;

/**
 * Keeps credentials encrypted in memory and applies them to requests as n8n does.
 *
 * The rules are those of the CredentialsHelper in the n8n server, which is no part of n8n-core: defaults of
 * unset fields, expressions inside fields, and generic authentication written into the very options object
 * (also into a body that is no plain object, where it is lost).
 */
export class CredentialStore extends ICredentialsHelper {
	private readonly types: ReadonlyMap<string, ICredentialType>;

	private readonly saved = new Map<string, ICredentialsEncrypted>();

	constructor(types: readonly ICredentialType[]) {
		super();
		this.types = new Map(types.map((type) => [type.name, type]));
	}

	/** Encrypts a credential with n8n's cipher and keeps it under this id, which is its name too. */
	async save(id: string, { type, data }: SavedCredential): Promise<void> {
		this.typeOf(type);
		const credentials = new Credentials({ id, name: id }, type);
		await credentials.setData(data);
		this.saved.set(id, credentials.getDataToSave());
	}

	getParentTypes(name: string): string[] {
		const parents = this.typeOf(name).extends ?? [];
		return [...parents, ...parents.flatMap((parent) => this.getParentTypes(parent))];
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		incomingOptions: IHttpRequestOptions | IRequestOptionsSimplified,
		workflow?: Workflow,
		node?: INode,
	): Promise<IHttpRequestOptions> {
		const options = incomingOptions as IHttpRequestOptions;
		const { authenticate } = this.typeOf(typeName);
		if (authenticate === undefined) return options;
		if (typeof authenticate === 'function') return await authenticate(credentials, options);
		if (workflow === undefined || node === undefined) {
			throw new UnexpectedError('Generic authentication needs the workflow and the node');
		}
		options.headers ??= {};
		const resolve = (value: NodeParameterValueType): NodeParameterValueType => {
			if (!isExpression(value)) return value;
			const resolved = workflow.expression.getSimpleParameterValue(
				node,
				value,
				'internal',
				{ $credentials: credentials },
				undefined,
				'',
			);
			return resolved ? resolved.toString() : '';
		};
		const parts = options as unknown as Record<string, Record<string, unknown> | undefined>;
		for (const [part, entries] of Object.entries(authenticate.properties)) {
			for (const [name, value] of Object.entries(entries as Record<string, string>)) {
				const target = (parts[part] ||= {});
				target[String(resolve(name))] = resolve(value);
			}
		}
		return options;
	}

	/** None of the credentials here has an expirable field, and then n8n answers undefined. */
	async preAuthentication(
		_helpers: IHttpRequestHelper,
		_credentials: ICredentialDataDecryptedObject,
		typeName: string,
	): Promise<undefined> {
		const expirable = this.typeOf(typeName).properties.some(
			(property) => property.type === 'hidden' && property.typeOptions?.expirable === true,
		);
		if (expirable) throw new UnexpectedError('Expirable credentials are not built here');
		return undefined;
	}

	async runPreAuthentication(): Promise<undefined> {
		return undefined;
	}

	async getCredentials(details: INodeCredentialsDetails, type: string): Promise<Credentials> {
		const saved = details.id ? this.saved.get(details.id) : undefined;
		if (saved === undefined || saved.type !== type) {
			throw new UserError(`Credential with ID "${details.id}" does not exist for type "${type}".`);
		}
		return new Credentials({ id: details.id, name: saved.name }, saved.type, saved.data);
	}

	async getDecrypted(
		additionalData: IWorkflowExecuteAdditionalData,
		details: INodeCredentialsDetails,
		type: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		raw?: boolean,
		place?: ICredentialsExpressionResolveValues,
	): Promise<ICredentialDataDecryptedObject> {
		const stored = await (await this.getCredentials(details, type)).getData();
		if (raw) return stored;
		return await this.withDefaults(additionalData, stored, type, mode, executeData, place);
	}

	/** The stored fields with the defaults of those that are missing, and their expressions resolved. */
	async withDefaults(
		additionalData: IWorkflowExecuteAdditionalData,
		stored: ICredentialDataDecryptedObject,
		type: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		place?: ICredentialsExpressionResolveValues,
	): Promise<ICredentialDataDecryptedObject> {
		const withDefaults = NodeHelpers.getNodeParameters(
			this.getCredentialsProperties(type),
			stored as IDataObject as never,
			true,
			false,
			null,
			null,
		) as ICredentialDataDecryptedObject;
		for (const name of ['allowedHttpRequestDomains', 'allowedDomains']) {
			if (withDefaults[name] === undefined && stored[name] !== undefined) {
				withDefaults[name] = stored[name];
			}
		}
		const additionalKeys = getAdditionalKeys(additionalData, mode, null, { isCredential: true });
		if (place !== undefined) {
			return place.workflow.expression.getParameterValue(
				withDefaults as never,
				place.runExecutionData,
				place.runIndex,
				place.itemIndex,
				place.node.name,
				place.connectionInputData,
				mode,
				additionalKeys,
				executeData,
				false,
				withDefaults as never,
			) as ICredentialDataDecryptedObject;
		}
		const workflow = new Workflow({
			nodes: [bareNode],
			connections: {},
			active: false,
			nodeTypes: noNodeTypes,
		});
		await workflow.expression.acquireIsolate();
		try {
			return workflow.expression.getComplexParameterValue(
				bareNode,
				withDefaults as never,
				mode,
				additionalKeys,
				undefined,
				undefined,
				withDefaults as never,
			) as unknown as ICredentialDataDecryptedObject;
		} finally {
			await workflow.expression.releaseIsolate();
		}
	}

	async updateCredentials(): Promise<void> {
		throw new UnexpectedError('Nothing here changes a stored credential');
	}

	async updateCredentialsOauthTokenData(): Promise<void> {
		throw new UnexpectedError('Nothing here has OAuth');
	}

	getCredentialsProperties(type: string): INodeProperties[] {
		return injectDomainRestrictionFields(this.typeOf(type));
	}

	private typeOf(name: string): ICredentialType {
		const type = this.types.get(name);
		if (type === undefined) throw new UnexpectedError(`Unknown credential type "${name}"`);
		return type;
	}
}
