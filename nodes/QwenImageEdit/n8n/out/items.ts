import type { IBinaryData, IDataObject, INodeExecutionData } from 'n8n-workflow';

import { expiryOf } from '../../edit/expiry';
import type { Redaction } from '../../wire/redaction';
import type { Job, JobResult } from '../../run/editItem';

/** The node's output for one input item: one item an image, or one for a task that is not done. */
export function outputItems(
	job: Job,
	result: JobResult,
	settings: { itemIndex: number; binaryPropertyName: string; redaction: Redaction; now: number },
): INodeExecutionData[] {
	const { itemIndex, redaction } = settings;
	// A server with one model of its own is sent none.
	const model = job.request?.model || result.model;
	const json: IDataObject = {
		provider: job.provider.id,
		operation: job.operation,
		...(model === undefined ? {} : { model }),
		status: result.status,
		...(result.taskId === undefined ? {} : { taskId: result.taskId }),
		...(result.requestId === undefined ? {} : { requestId: result.requestId }),
		...(result.progress === undefined ? {} : { progress: result.progress }),
		...(result.etaSeconds === undefined ? {} : { etaSeconds: result.etaSeconds }),
	};
	const rest: IDataObject = {
		...(result.usage === undefined ? {} : { usage: result.usage as IDataObject }),
		warnings: result.warnings,
		timing: { seconds: result.seconds, polls: result.polls },
	};
	const redacted = (value: IDataObject): IDataObject => redaction.value(value) as IDataObject;
	if (result.images.length === 0) {
		return [{ json: redacted({ ...json, ...rest }), pairedItem: { item: itemIndex } }];
	}
	return result.images.map((image, index) => {
		const { url, facts } = image;
		const expiresAt =
			url === undefined
				? undefined
				: expiryOf(url, job.provider.resultLifetimeSeconds, settings.now);
		return {
			json: redacted({
				...json,
				image: {
					...(url === undefined ? {} : { url }),
					mimeType: facts.mimeType,
					...(facts.width === undefined ? {} : { width: facts.width }),
					...(facts.height === undefined ? {} : { height: facts.height }),
					bytes: image.bytes,
					fileName: image.fileName,
					...(expiresAt === undefined ? {} : { expiresAt }),
				},
				index,
				count: result.images.length,
				...rest,
			}),
			binary: { [settings.binaryPropertyName]: image.stored as IBinaryData },
			pairedItem: { item: itemIndex },
		};
	});
}
