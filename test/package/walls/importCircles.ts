/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { posix } from 'node:path';

import { importsOf, type SourceFile } from './sources';

/**
 * For each file the files that it imports, of those that there are.
 *
 * @param countsTypes whether an import for types alone counts as well
 */
export function importGraph(
	sources: readonly SourceFile[],
	countsTypes = true,
): Map<string, string[]> {
	const paths = new Set(sources.map(({ path }) => path));
	return new Map(
		sources.map(({ path, syntax }) => {
			const targets = importsOf(syntax, countsTypes)
				.filter((imported) => imported.startsWith('.'))
				.map((imported) => posix.join(posix.dirname(path), imported))
				.map((target) =>
					[target, `${target}.ts`, `${target}/index.ts`].find((one) => paths.has(one)),
				)
				.filter((target) => target !== undefined);
			return [path, [...new Set(targets)]];
		}),
	);
}

/** Every circle of imports, by the shortest way round from each file on it: `a.ts -> b.ts -> a.ts`. */
export function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
	const circles = new Set<string>();
	for (const path of graph.keys()) {
		const circle = wayBack(graph, path);
		if (circle === undefined) continue;
		// The same circle is found from each of its files: it is written from the first by name.
		const first = circle.indexOf([...circle].sort()[0]!);
		const turned = [...circle.slice(first), ...circle.slice(0, first)];
		circles.add([...turned, turned[0]].join(' -> '));
	}
	return [...circles].sort();
}

/** The files on the shortest way from a file back to itself. */
function wayBack(
	graph: ReadonlyMap<string, readonly string[]>,
	start: string,
): string[] | undefined {
	const cameFrom = new Map<string, string>();
	const queue = [start];
	for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
		for (const target of graph.get(file) ?? []) {
			if (target === start) {
				const way: string[] = [];
				for (let at = file; at !== start; at = cameFrom.get(at)!) way.unshift(at);
				return [start, ...way];
			}
			if (cameFrom.has(target)) continue;
			cameFrom.set(target, file);
			queue.push(target);
		}
	}
	return undefined;
}
