import { json } from '../server/exchange';
import { refuse } from './evolink-checks';
import { evoLinkEmulation } from './evolink-tasks';
import { ODKKK_ERRORS, errors, odkkkError } from './odkkk-errors';

// Seed 002. Task reading, credits, idempotency and the files that fail a task: PROVIDERS S3 (EvoLink, whose page seed 002 is).
const DOCUMENTED_FIELDS = ['model', 'prompt', 'image_urls', 'callback_url'];
/** The one model of seed 002. */
const MODEL = 'qwen-image-edit';
/** Sold by EvoLink; assumed to be known here and not open to this account, which shows the documented 403. */
const MODEL_WITHOUT_ACCESS = 'qwen-image-edit-plus';

/** odkkk, after seed 002. */
export const odkkk = evoLinkEmulation({
	id: 'odkkk',
	name: 'odkkk',
	mount: '/odkkk',
	prefix: '/apiv1',
	documentedFields: () => DOCUMENTED_FIELDS,
	checkModel({ model }) {
		if (typeof model !== 'string' || model === '')
			refuse('model missing', json(400, ODKKK_ERRORS[400]));
		if (model === MODEL_WITHOUT_ACCESS)
			refuse('no access to the model', json(403, ODKKK_ERRORS[403]));
		if (model !== MODEL) refuse('unknown model', json(404, ODKKK_ERRORS[404]));
		return model;
	},
	price: ({ billed }) => billed,
	errors,
	malformedTaskId: odkkkError(400, {
		code: 'invalid_task_id',
		message: 'Invalid task ID format, must start with task-unified-',
	}),
});
