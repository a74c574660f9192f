/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { compileFunction } from 'node:vm';

import { transformSync } from '@swc/core';

const root = join(__dirname, '../../..');

/** Compiles a source file in memory, as jest does. */
export function compile(source: string): string {
	return transformSync(source, {
		jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
		module: { type: 'commonjs' },
	}).code;
}

type Module = Record<string, unknown>;

/** Runs compiled code with a `require` of our own. */
function evaluate(
	code: string,
	file: string,
	requireFor: (name: string) => unknown,
	globals: Record<string, unknown> = {},
): Module {
	const module = { exports: {} as Module };
	const names = Object.keys(globals);
	const run = compileFunction(code, ['module', 'exports', 'require', '__dirname', ...names]);
	run(module, module.exports, requireFor, dirname(file), ...Object.values(globals));
	return module.exports;
}

interface Spec {
	name: string;
	run: () => unknown;
}

type Rows = ReadonlyArray<unknown>;

/** The part of jest's interface that the tests of pure functions use; it gathers the tests instead of running them. */
function collector(): { globals: Record<string, unknown>; specs: Spec[] } {
	const specs: Spec[] = [];
	const path: string[] = [];
	const valuesOf = (row: unknown): unknown[] => (Array.isArray(row) ? row : [row]);
	const it = (name: string, run: () => unknown): void => {
		specs.push({ name: [...path, name].join(' '), run });
	};
	it.each = (rows: Rows) => (name: string, run: (...values: unknown[]) => unknown) => {
		for (const row of rows) it(`${name} ${JSON.stringify(row)}`, () => run(...valuesOf(row)));
	};
	const describe = (name: string, body: () => void): void => {
		path.push(name);
		body();
		path.pop();
	};
	describe.each = (rows: Rows) => (name: string, body: (...values: unknown[]) => void) => {
		for (const row of rows) describe(name, () => body(...valuesOf(row)));
	};
	return { specs, globals: { describe, it, test: it, expect } };
}

/** A test file of the project that can be run against a changed source. */
export class SpecFile {
	private readonly code: string;

	private readonly file: string;

	private readonly subject: string;

	private readonly loaded = new Map<string, unknown>();

	/** @param spec and @param subject are paths from the root of the project */
	constructor(spec: string, subject: string) {
		this.file = join(root, spec);
		this.subject = join(root, subject);
		this.code = compile(readFileSync(this.file, 'utf8'));
	}

	/**
	 * Runs the tests against this source in place of the subject, up to the first that fails.
	 *
	 * @returns the name of that test; undefined when all pass
	 */
	async firstFailure(subjectSource: string): Promise<string | undefined> {
		const { globals, specs } = collector();
		try {
			const subject = evaluate(compile(subjectSource), this.subject, (name) =>
				this.load(this.subject, name),
			);
			evaluate(
				this.code,
				this.file,
				(name) =>
					resolve(dirname(this.file), `${name}.ts`) === this.subject
						? subject
						: this.load(this.file, name),
				globals,
			);
		} catch (error) {
			return `loading: ${String(error)}`;
		}
		if (specs.length === 0) throw new Error(`${this.file} has no tests`);
		for (const { name, run } of specs) {
			try {
				await run();
			} catch {
				return name;
			}
		}
		return undefined;
	}

	/** Everything but the subject is the real thing, loaded by jest. */
	private load(from: string, name: string): unknown {
		const path = name.startsWith('.') ? resolve(dirname(from), name) : name;
		if (!this.loaded.has(path)) {
			// eslint-disable-next-line @typescript-eslint/no-require-imports -- names are not known here
			this.loaded.set(path, require(path));
		}
		return this.loaded.get(path);
	}
}
