const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { root } = require('./project');

const startOf = (name) =>
	`<!-- generated: ${name}. Change the adapters, then run "npx gulp docs" -->`;
const endOf = (name) => `<!-- end of generated: ${name} -->`;

/** The text with the part between the markers of this name replaced. */
function replaceSection(text, name, section) {
	const start = text.indexOf(startOf(name));
	const end = text.indexOf(endOf(name));
	if (start < 0 || end < start) throw new Error(`the markers of "${name}" are not there`);
	return `${text.slice(0, start)}${startOf(name)}\n\n${section.trim()}\n\n${text.slice(end)}`;
}

/** An empty section, for a file that does not exist yet. */
function emptySection(name) {
	return `${startOf(name)}\n\n${endOf(name)}\n`;
}

/** What is on disk, if anything. */
function currentText(path, folder = root) {
	const file = join(folder, path);
	return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** The file in the form that the project's formatter gives it. */
async function formatted({ path, text }) {
	// Required here, because prettier is an ES module, which tests of this file cannot load.
	const prettier = require('prettier');
	const file = join(root, path);
	const settings = await prettier.resolveConfig(file);
	return { path, text: await prettier.format(text, { ...settings, filepath: file }) };
}

/** Writes the files that differ and says which. */
function writeFiles(files, folder = root) {
	const changed = driftedFiles(files, folder);
	for (const { path, text } of changed) {
		mkdirSync(dirname(join(folder, path)), { recursive: true });
		writeFileSync(join(folder, path), text);
		console.log(`wrote ${path}`);
	}
}

/** The files that are not on disk as they should be. */
function driftedFiles(files, folder = root) {
	return files.filter(({ path, text }) => currentText(path, folder) !== text);
}

/** Fails when a file on disk is not what its source says. */
function failOnDrift(files, command, folder = root) {
	const drifted = driftedFiles(files, folder).map(({ path }) => path);
	if (drifted.length > 0) {
		throw new Error(`out of date: ${drifted.join(', ')}. Run "npx gulp ${command}" and commit`);
	}
}

module.exports = {
	currentText,
	driftedFiles,
	emptySection,
	failOnDrift,
	formatted,
	replaceSection,
	writeFiles,
};
