/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';

import { importsOf, type SourceFile } from './sources';

const node = 'nodes/QwenImageEdit';

/** The room of a file: `edit`, `run`, `providers`, `n8n`, or the node class itself. */
export function roomOf(path: string): string {
	return path.startsWith(`${node}/`) && path.split('/').length > 3 ? path.split('/')[2]! : 'class';
}

/** What each room may import besides its own files: imports run one way. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
	image: [],
	edit: ['room image'],
	wire: ['zod/v4', 'ipaddr.js', 'room image', 'room edit'],
	adapter: ['zod/v4', 'room image', 'room edit', 'room wire'],
	providers: ['zod/v4', 'room edit', 'room wire', 'room adapter'],
	run: ['room image', 'room edit', 'room wire', 'room adapter'],
	storage: ['aws4fetch', 'room edit', 'room wire', 'room adapter', 'room run'],
	n8n: [
		'n8n-workflow',
		...['image', 'edit', 'wire', 'adapter', 'run', 'storage', 'providers'].map(
			(room) => `room ${room}`,
		),
	],
	class: ['n8n-workflow', 'room n8n'],
};

/** The rooms within `n8n/`: each may import those in rows below its own, and no other. */
const N8N_ROWS: ReadonlyArray<readonly string[]> = [
	['callback'],
	['execute'],
	['batch'],
	['in'],
	['panel'],
	['storage'],
	['out', 'files'],
	['http'],
	['signature', 'runtime'],
];

/** An import as the table above names it, or undefined for a file of the same room. */
function named(path: string, imported: string): string | undefined {
	if (!imported.startsWith('.')) return imported;
	const target = posix.join(posix.dirname(path), imported);
	if (!target.startsWith(`${node}/`)) return `outside: ${target}`;
	const room = target === `${node}/providers` ? 'providers' : roomOf(`${target}.ts`);
	return room === roomOf(path) ? undefined : `room ${room}`;
}

/** Imports between rooms that the table does not allow. */
export function importsAgainstTheOrder(sources: readonly SourceFile[]): string[] {
	return sources.flatMap(({ path, syntax }) => {
		const allowed = MAY_IMPORT[roomOf(path)] ?? [];
		return importsOf(syntax).flatMap((imported) => {
			const name = named(path, imported);
			// Only this room talks to the machine.
			const ofNode = name !== undefined && isBuiltin(name) && roomOf(path) === 'n8n';
			return name === undefined || allowed.includes(name) || ofNode
				? []
				: [`${path} imports ${imported}`];
		});
	});
}

/** The room within `n8n/`: `panel`, `http`, `execute` (a file of its own). */
function n8nRoomOf(path: string): string | undefined {
	const inside = path.startsWith(`${node}/n8n/`) ? path.slice(`${node}/n8n/`.length) : undefined;
	return inside?.split('/')[0]!.replace(/\.ts$/, '');
}

/** Imports between the rooms of `n8n/` that go up or sideways, and rooms that the table does not know. */
export function importsAgainstTheN8nOrder(sources: readonly SourceFile[]): string[] {
	const rowOf = (room: string): number => N8N_ROWS.findIndex((row) => row.includes(room));
	return sources.flatMap(({ path, syntax }) => {
		const room = n8nRoomOf(path);
		if (room === undefined) return [];
		if (rowOf(room) === -1) return [`${path}: the room ${room} is not in the table`];
		return importsOf(syntax).flatMap((imported) => {
			if (!imported.startsWith('.')) return [];
			const target = n8nRoomOf(posix.join(posix.dirname(path), imported));
			if (target === undefined || target === room || rowOf(target) > rowOf(room)) return [];
			return [`${path} imports ${imported}`];
		});
	});
}
