import type { RecordName } from '../run/item';
import { recordKey, type RecordPorts } from './claim';
import { conditionFor } from './conditionalWrites';
import { readRecord, recordText } from './record';

/**
 * Makes the record of another run one of this run, so that it counts as delivered with it.
 *
 * @param record of a plan whose edit was put out by this run
 */
export async function adopt({ key, foreign }: RecordName, ports: RecordPorts): Promise<void> {
	const read = foreign === undefined ? undefined : readRecord(foreign.text);
	if (foreign === undefined || read === undefined) return;
	const adopted = recordText({ ...read, run: ports.mark.run });
	await ports.bucket
		.write(recordKey(key), adopted, conditionFor(await ports.conditionalWrites(), foreign.etag))
		// The next run then gets it once more, and pays nothing.
		.catch(() => undefined);
}
