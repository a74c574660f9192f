/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { odkkk } from '../../../../nodes/QwenImageEdit/providers/odkkk';
import { startS3Server, type S3Server } from '../../../emulator/s3';
import { bucketCredential } from '../../demo/services/bucketCredential';
import type { Bench } from '../bench';
import type { NodePanel } from '../editor/nodePanel';
import { expectedFields, expectedOptions, OPERATION_LABELS, type Storage } from '../expected';
import { editNode, photoNodes, READER, workflow } from '../workflows';

const STORAGE_LABELS: Readonly<Record<Storage, string>> = {
	none: 'None',
	s3: 'S3-Compatible Bucket',
};
const PROMPT = 'Make it night, with warm lamplight';

/** A bucket is asked for where one is chosen, and nowhere else; its credential says what its key may not do. */
export async function checkStorage(bench: Bench): Promise<void> {
	const s3 = await startS3Server();
	const { id, ...body } = bucketCredential(s3);
	try {
		// The one that the examples name: so far it is empty.
		await bench.session.request('PATCH', `/credentials/${id}`, body);
		await checkBucket(bench, s3, { id, name: body.name });
	} finally {
		await s3.stop();
	}
}

async function checkBucket(
	{ checks, credentials, editor, gallery, keep }: Bench,
	s3: S3Server,
	bucket: { id: string; name: string },
): Promise<void> {
	const credential = credentials.find((one) => one.type === odkkk.credential.type)!;
	let panel: NodePanel;
	const shows = async (operation: 'edit' | 'submitTask' | 'getTask', storage: Storage) => {
		assert.deepEqual(await panel.fields(), expectedFields(operation));
		const asked = operation !== 'getTask' && storage === 's3' ? [credential, bucket] : [credential];
		const { slots, chosen, offered } = await panel.credentials();
		assert.equal(slots, asked.length, 'credentials asked for');
		assert.deepEqual(
			chosen,
			asked.map((one) => one.name),
		);
		assert.deepEqual(
			offered,
			asked.map((one) => one.id),
		);
		const options = expectedOptions(odkkk, operation, storage).map(({ label }) => label);
		assert.deepEqual(await panel.optionLabels(), options);
	};

	await checks.check('storage: without a bucket none is asked for', async () => {
		const parameters = { prompt: PROMPT };
		const node = editNode('Edit the photo', {
			...{ provider: odkkk, operation: 'edit', credential, parameters },
		});
		const nodes = [...photoNodes(), node];
		await editor.createWorkflow(workflow('Storage', nodes, { [READER]: [node.name] }));
		panel = await editor.openNode(node.name);
		assert.equal(await panel.chosen('storage'), STORAGE_LABELS.none);
		assert.deepEqual(await panel.choices('storage'), Object.values(STORAGE_LABELS));
		await shows('edit', 'none');
	});

	await checks.check(
		'storage: with a bucket its credential and Reuse Paid Edits are there',
		async () => {
			await panel.choose('storage', STORAGE_LABELS.s3);
			await panel.chooseCredential(1, bucket.id);
			await shows('edit', 's3');
			await panel.addOption('Reuse Paid Edits (Days)');
			const added = await panel.options();
			assert.deepEqual(
				added.map((option) => option.name),
				['reusePaidEdits'],
			);
			assert.deepEqual(await panel.cutOffLabels(), []);
			await gallery.add('panel-storage', await panel.fieldsImage());
		},
	);

	await checks.check('storage: nothing of it is shown for Get Task', async () => {
		await panel.choose('operation', OPERATION_LABELS.getTask);
		await shows('getTask', 's3');
		await panel.choose('operation', OPERATION_LABELS.submitTask);
		await panel.choose('storage', STORAGE_LABELS.s3);
		await shows('submitTask', 's3');
	});

	const verdicts: Array<[string, () => void, RegExp]> = [
		['a key that may do all', () => s3.settings.denied.clear(), /Connection tested successfully/],
		[
			'one that may not delete',
			() => s3.settings.denied.add('delete'),
			/s3:DeleteObject.*AccessDenied/s,
		],
	];
	for (const [what, set, words] of verdicts) {
		await checks.check(`storage: the test of the credential, with ${what}`, async () => {
			set();
			const dialog = await panel.testCredential(1);
			const details = dialog.getByText('More details');
			await editor.until(async () => {
				if (await details.isVisible()) await details.click();
				return words.test(await dialog.innerText());
			}, `the dialog says ${words}`);
			await dialog.locator('label', { hasText: /^Prefix/ }).last().scrollIntoViewIfNeeded();
			await editor.settle(800);
			await keep(`credential of ${what}`, async () => await dialog.screenshot());
		});
	}
}
