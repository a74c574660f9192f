import {
	NodeHelpers,
	UnexpectedError,
	type IDataObject,
	type INodeType,
	type INodeTypes,
	type IVersionedNodeType,
} from 'n8n-workflow';

/** Node types by their full name, as n8n looks them up. */
export function findNodeTypes(
	byName: Readonly<Record<string, INodeType | IVersionedNodeType>>,
): INodeTypes {
	const getByName = (name: string): INodeType | IVersionedNodeType => {
		const type = byName[name];
		if (type === undefined) throw new UnexpectedError(`Unrecognized node type: ${name}`);
		return type;
	};
	return {
		getByName,
		getByNameAndVersion: (name, version) =>
			NodeHelpers.getVersionedNodeType(getByName(name), version),
		getKnownTypes: () => ({}) as IDataObject,
	};
}
