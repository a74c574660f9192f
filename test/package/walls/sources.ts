/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '../../..');

/** One source file, parsed. */
export interface SourceFile {
	/** From the root of the project, with forward slashes. */
	path: string;
	syntax: ts.SourceFile;
}

/** Every file below a folder, from the root of the project; installed packages and results are left out. */
export function pathsBelow(folder: string): string[] {
	return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
		if (['node_modules', 'dist'].includes(entry.name)) return [];
		const path = join(folder, entry.name);
		return entry.isDirectory() ? pathsBelow(path) : [relative('', path).split(sep).join('/')];
	});
}

/** Every TypeScript file below a folder. */
export function sourcesBelow(folder: string): SourceFile[] {
	return pathsBelow(folder)
		.filter((path) => path.endsWith('.ts'))
		.map((path) => ({ path, syntax: parse(path, readFileSync(join(root, path), 'utf8')) }));
}

/** A text as a source file. */
export function parse(path: string, text: string): ts.SourceFile {
	return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

function everyNode(node: ts.Node, see: (node: ts.Node) => void): void {
	see(node);
	node.forEachChild((child) => everyNode(child, see));
}

/** Whether an import or export brings types alone, of which nothing is left at run time. */
function isForTypes(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
	if (ts.isExportDeclaration(node)) return node.isTypeOnly;
	const clause = node.importClause;
	if (clause === undefined) return false;
	if (clause.isTypeOnly) return true;
	const named = clause.namedBindings;
	return (
		clause.name === undefined &&
		named !== undefined &&
		ts.isNamedImports(named) &&
		named.elements.every(({ isTypeOnly }) => isTypeOnly)
	);
}

/**
 * What a file imports, in every form: import, export from, import(), require(), import types.
 *
 * @param countsTypes whether imports for types alone count
 */
export function importsOf(syntax: ts.SourceFile, countsTypes = true): string[] {
	const found: string[] = [];
	everyNode(syntax, (node) => {
		const isDeclaration = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
		if (!countsTypes && isDeclaration && isForTypes(node)) return;
		const named =
			ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
				? node.moduleSpecifier
				: ts.isExternalModuleReference(node)
					? node.expression
					: ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
						? node.argument.literal
						: ts.isCallExpression(node) &&
							  (node.expression.kind === ts.SyntaxKind.ImportKeyword ||
									(ts.isIdentifier(node.expression) && node.expression.text === 'require'))
							? node.arguments[0]
							: undefined;
		if (named === undefined) return;
		found.push(ts.isStringLiteralLike(named) ? named.text : `not a text: ${named.getText()}`);
	});
	return found;
}

/** Names that a file uses as values of their own: no properties, no names that it declares as members. */
export function globalsUsed(syntax: ts.SourceFile, names: ReadonlySet<string>): string[] {
	const found: string[] = [];
	everyNode(syntax, (node) => {
		if (!ts.isIdentifier(node) || !names.has(node.text)) return;
		const { parent } = node;
		const isMember =
			(ts.isPropertyAccessExpression(parent) && parent.name === node) ||
			(ts.isQualifiedName(parent) && parent.right === node) ||
			((ts.isPropertyAssignment(parent) ||
				ts.isPropertySignature(parent) ||
				ts.isPropertyDeclaration(parent) ||
				ts.isMethodSignature(parent) ||
				ts.isMethodDeclaration(parent) ||
				ts.isEnumMember(parent)) &&
				parent.name === node);
		if (!isMember) found.push(`${node.text} in line ${lineOf(syntax, node)}`);
	});
	return found;
}

function lineOf(syntax: ts.SourceFile, node: ts.Node): number {
	return syntax.getLineAndCharacterOfPosition(node.getStart()).line + 1;
}

/** An exported name, and whether it is explained. */
export interface Exported {
	name: string;
	line: number;
	isDocumented: boolean;
}

function namesOf(statement: ts.Statement): string[] {
	if (ts.isVariableStatement(statement)) {
		return statement.declarationList.declarations.map((declaration) => declaration.name.getText());
	}
	const declared =
		ts.isFunctionDeclaration(statement) ||
		ts.isClassDeclaration(statement) ||
		ts.isInterfaceDeclaration(statement) ||
		ts.isTypeAliasDeclaration(statement) ||
		ts.isEnumDeclaration(statement);
	return declared ? [statement.name?.text ?? 'default'] : [];
}

/** Everything that a file exports by a declaration of its own. */
export function exportsOf(syntax: ts.SourceFile): (Exported & { isTypeAlias: boolean })[] {
	return syntax.statements.flatMap((statement) => {
		const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
		if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
		const comments = ts.getLeadingCommentRanges(syntax.text, statement.pos) ?? [];
		const last = comments.at(-1);
		const isDocumented =
			last !== undefined &&
			syntax.text.slice(last.pos, last.pos + 3) === '/**' &&
			// Right above: nothing but one line end between.
			/^[ \t]*\r?\n[ \t]*$/.test(syntax.text.slice(last.end, statement.getStart()));
		return namesOf(statement).map((name) => ({
			name,
			line: lineOf(syntax, statement),
			isDocumented,
			isTypeAlias: ts.isTypeAliasDeclaration(statement),
		}));
	});
}
