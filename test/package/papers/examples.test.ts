import { checkOf, findOrphanedChecks } from '../../realN8n/demo/checks/exampleChecks';
import { loadExamples, writingNodesOf } from '../../realN8n/demo/examples';
import { readText } from '../project';

const examples = loadExamples();

it('every check belongs to an example', () => {
	expect(findOrphanedChecks(examples.map(({ name }) => name))).toEqual([]);
});

it('no two workflows, and no two nodes of them, have the same id', () => {
	const ids = examples.flatMap(({ workflow }) => [
		workflow.id,
		...workflow.nodes.map((node) => (node as unknown as { id: string }).id),
	]);
	expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

describe.each(examples)('$name', (example) => {
	const { name, workflow } = example;

	it('is told of in examples/README.md, in the gallery and in the README', () => {
		expect(readText('examples/README.md')).toContain(`(${name}.json)`);
		expect(readText('docs/gallery.md')).toContain(`(../examples/${name}.json)`);
		expect(readText('docs/gallery.md')).toContain(`(screenshots/example-${name}.png)`);
		expect(readText('README.md')).toContain(`(examples/${name}.json)`);
	});

	it('says on the canvas in three lines what to set, and in which node', () => {
		const notes = workflow.nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		const text = notes.map(({ parameters }) => String(parameters.content)).join('\n');
		expect(text).toMatch(/^## /);
		for (const { name: node, credentials } of workflow.nodes) {
			if (credentials !== undefined) expect(text).toContain(node);
		}
		const steps = text.split('\n').filter((line) => /^\d\. /.test(line));
		expect(steps.map((line) => line[0])).toEqual(['1', '2', '3']);
	});

	it('comes as a file that was never run: not active, and without data of a former run', () => {
		expect(workflow).toMatchObject({ active: false, pinData: {} });
		expect(workflow).not.toHaveProperty('staticData');
	});

	it('is checked for what it puts out', () => {
		expect(checkOf(name)).toBeInstanceOf(Function);
		expect(writingNodesOf(example).length > 0 || checkOf(name).name !== 'checkWrittenImages').toBe(
			true,
		);
	});
});
