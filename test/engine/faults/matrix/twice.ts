import { type Cell, linksOnly, orderOf } from './cell';
import { BucketStage } from '../../stage/bucket';
import { Stage, type StageRun } from '../../stage/scenario';

import type { S3Server } from '../../../emulator/s3';

/** A fault in one execution, and the same edits in a second one without it: what both have cost together. */
export interface TwiceResult {
	cell: Cell;
	struck: boolean;
	billed: number;
	wanted: number;
	/** Nobody can know whether the provider took it, and so it was not sent again. */
	isUnknown: boolean;
	problems: string[];
}

const completed = ({ edited }: StageRun): number =>
	edited.filter(({ json }) => json.status === 'completed').length;

function kindsOf({ edited }: StageRun): unknown[] {
	return edited.flatMap(({ json }) =>
		'error' in json ? [(json.details as { errorKind: string }).errorKind] : [],
	);
}

/** Plays a cell and then the same workflow again, with one bucket as the memory of both. */
export async function playTwice(cell: Cell, s3: S3Server, prefix: string): Promise<TwiceResult> {
	const { fault, provider } = cell;
	const stage = await Stage.open({
		editImages: false,
		taskSeconds: 0.2,
		settings: { ...linksOnly, ...fault.settings },
	});
	try {
		const { emulator } = stage;
		const bucket = await BucketStage.open(stage, s3);
		await bucket.saveCredential({ prefix });
		await stage.saveCredential('cell', provider);
		const order = await orderOf(cell, stage);
		const options = { ...order.options, reusePaidEdits: 7 };
		const first = await bucket.run({ ...order, options });
		const struck = emulator.faults.list().some(({ fired }) => fired > 0);
		emulator.faults.clear();
		const submits = stage.requests('submit').length;
		// What a first time-out was too short for is waited for by the second.
		const timeoutSeconds = fault.name === 'never ends' ? 3 : 40;
		const second = await bucket.run({ ...order, options: { ...options, timeoutSeconds } });

		const items = fault.items ?? 1;
		// A task that failed has cost nothing, or is told of as billed: the edit is free to be sent again.
		const billed = emulator.ledger.filter(
			({ status }) => status === 'running' || status === 'completed',
		).length;
		const isUnknown = completed(second) < items;
		const problems: string[] = [];
		const check = (holds: boolean, problem: string): void => {
			if (!holds)
				problems.push(
					`${problem} (first ${JSON.stringify(kindsOf(first))}, then ${JSON.stringify(second.edited.map(({ json }) => json.error ?? json.status))})`,
				);
		};
		check(billed <= items, `billed ${billed} times for ${items}`);
		if (isUnknown) {
			// The emulator's task that never ends does not end later either.
			const isEndless = fault.name === 'never ends';
			const kinds = isEndless ? ['timeout', 'rateLimit'] : ['unknownOutcome'];
			check(
				kindsOf(second).every((kind) => kinds.includes(String(kind))),
				'no image, and not because nobody knows',
			);
			check(stage.requests('submit').length === submits, 'sent again, although nobody knows');
			check(
				fault.step === 'submit' || isEndless,
				'nobody knows, although the provider has answered',
			);
		} else check(billed === items, `billed ${billed} times for ${items} images`);
		problems.push(...stage.sweep());
		return { cell, struck, billed, wanted: isUnknown ? billed : items, isUnknown, problems };
	} finally {
		await stage.close();
	}
}
