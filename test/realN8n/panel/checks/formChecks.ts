import { FormPage } from '../../demo/checks/conversations/formPage';
import { PHOTO_FILE, formPathOf, loadExamples } from '../../demo/examples';
import { publishWorkflow } from '../../instance/executions';
import type { Bench } from '../bench';

const EXAMPLE = 'form-before-and-after';
const CHANGE = 'Make it night, with warm lamplight';

/** What a stranger sees who uses the form: the page to fill in, and the one with both images. */
export async function checkFormPages(bench: Bench): Promise<void> {
	const { checks, gallery, instance, session, browser } = bench;
	await checks.check('form: the page to fill in, and the page before and after', async () => {
		const example = loadExamples().find(({ name }) => name === EXAMPLE)!;
		await publishWorkflow(session, example.workflow.id);
		const form = await FormPage.open(browser, `${instance.url}/form/${formPathOf(example)}`);
		const empty = await form.image();
		await form.submit({ photo: PHOTO_FILE, change: CHANGE });
		await form.slideTo(0.45);
		await gallery.add('form', empty);
		await gallery.add('form-before-and-after', await form.image());
		await form.close();
	});
}
