// Lints one folder with the rules of `n8n-node lint`, or with those of n8n's package scanner, and prints
// every finding as JSON. A script of its own, since both rule sets are ES modules that jest cannot load.
//
//   node lintFolder.mjs node-cli|scanner <folder> <pattern>...
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';

const [rules, folder, ...patterns] = process.argv.slice(2);

/** ESLint and rules have to come from the same tree, so each is found from the package that brings the rules. */
async function toolsOf(packageName) {
	const here = createRequire(import.meta.url);
	const scanner = here.resolve('@n8n/scan-community-package/scanner/scanner.mjs');
	if (packageName === 'scanner') {
		const { analyzePackage, buildScanConfig } = await import(pathToFileURL(scanner));
		const { ESLint } = await import(pathToFileURL(createRequire(scanner).resolve('eslint')));
		// The scanner's own verdict first: it reports errors only, and its command line hides even those.
		const verdict = await analyzePackage(folder, patterns);
		return { ESLint, config: await buildScanConfig(), inlineConfig: false, verdict };
	}
	const { config } = here('@n8n/node-cli/eslint');
	const { ESLint } = here('eslint');
	return { ESLint, config, inlineConfig: true, verdict: { passed: true } };
}

const { ESLint, config, inlineConfig, verdict } = await toolsOf(rules);
const eslint = new ESLint({
	cwd: folder,
	overrideConfigFile: true,
	overrideConfig: config,
	allowInlineConfig: inlineConfig,
});
const results = await eslint.lintFiles(patterns);
const findings = results.flatMap(({ filePath, messages }) =>
	messages.map(({ ruleId, severity, message, line }) => ({
		file: relative(folder, filePath),
		line,
		text: readFileSync(filePath, 'utf8').split('\n')[line - 1]?.trim().slice(0, 200),
		severity: severity === 2 ? 'error' : 'warning',
		rule: ruleId,
		message,
	})),
);
console.log(
	JSON.stringify({
		passed: verdict.passed,
		message: verdict.message,
		files: results.map(({ filePath }) => relative(folder, filePath)),
		findings,
	}),
);
