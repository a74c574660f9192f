/* eslint-disable @n8n/community-nodes/require-node-api-error, no-console -- tests never ship */
import type { Emulator } from '../../emulator/types';
import { startInstance, type RunningInstance } from '../instance/start';
import { Session } from '../instance/session';
import { UPLOAD_KEY } from './services/credentials';
import { formPathOf, loadExamples, type Example } from './examples';
import { furnishPublicWorld } from './services/publicWorld';
import { startServices } from './services/services';
import { publishWorkflow } from '../instance/executions';
import { createWorkspace } from './workspace';

/** The example that needs nothing but a browser: what the demo begins with. */
const FORM_EXAMPLE = 'form-before-and-after';

/** Examples that can be tried without opening them. */
const PUBLISHED = [FORM_EXAMPLE, 'upload-edit-respond'];

/** Starts an n8n to look at, with servers, credentials and example workflows, and says where everything is. */
export async function openEditor(emulator: Emulator): Promise<RunningInstance> {
	const examples = loadExamples();
	furnishPublicWorld(emulator);
	const { userFolder, workingFolder, filesFolder } = await createWorkspace('editor');
	const services = await startServices(emulator, examples);
	try {
		const instance = await startInstance({
			userFolder,
			workingFolder,
			credentials: services.credentials,
			workflows: examples.map(({ workflow }) => workflow),
		});
		const session = await Session.open(instance);
		const named = (name: string): Example => examples.find((one) => one.name === name)!;
		for (const name of PUBLISHED) await publishWorkflow(session, named(name).workflow.id);
		const { storage, chat } = services;
		const lines = [
			'',
			`Form       ${instance.url}/form/${formPathOf(named(FORM_EXAMPLE))}   upload a photo, see it before and after`,
			'',
			`Editor     ${instance.url}/workflow/${named(FORM_EXAMPLE).workflow.id}   the workflow behind the form`,
			`Log in     ${instance.email}   password  ${instance.password}`,
			...examples.map(
				({ workflow }) => `Workflow   ${instance.url}/workflow/${workflow.id}   ${workflow.name}`,
			),
			`Images     ${filesFolder}`,
			`Upload     curl -H "${UPLOAD_KEY.name}: ${UPLOAD_KEY.value}" -F photo=@examples/photos/coffee.jpg ` +
				`-F prompt="Make it night" ${instance.url}/webhook/edit-a-photo -o edited.png`,
			...(storage ? [`Storage    ${storage.bucketUrl} (an S3 server on this machine)`] : []),
			...(chat ? [`Chat model ${chat.url} (a stand-in that does as it is told)`] : []),
			`Providers  ${emulator.apiOrigin} (an emulator on this machine: nothing is sent out or paid)`,
			'',
			'Ctrl-C stops everything.',
		];
		console.log(lines.join('\n'));
		return {
			...instance,
			stop: async () => {
				await instance.stop();
				await services.stop();
			},
		};
	} catch (error) {
		await services.stop();
		throw error;
	}
}
