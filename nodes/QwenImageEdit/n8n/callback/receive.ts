import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import type { Provider } from '../../adapter/provider';
import { EditFault } from '../../edit/fault';
import { Requests } from '../../run/requests';
import { Redaction } from '../../wire/text/redaction';
import { readCredential, type ReadCredential } from '../http/credential';
import { N8nTransport, redactionOfAnswers } from '../http/transport';
import { readProvider } from '../in/choice';
import { systemClock } from '../runtime/clock';
import { gateOf } from '../runtime/gates';
import { believedTask } from './belief';
import { type Call, readCall } from './call';
import { discardImage } from './discardImage';
import { SeenTasks, type StaticData } from './seenTasks';
import { readTaskState } from './taskState';

/** Shared by all triggers of this process. */
const seenTasks = new SeenTasks();

/** Providers hang up after 10 seconds and call again. */
const maximumSeconds = 8;

/** What a call is answered with, and what is emitted. */
interface Answer {
	httpStatus: 200 | 400 | 401 | 404 | 503;
	message: string;
	/** Absent: no execution is started. */
	emit?: { taskId: string; event: string };
}

/**
 * Answers the call of a provider. It starts an execution only if it is believed, the provider itself says that the
 * task has ended, and the task was not emitted before. The images are brought by the execution: the answer must not
 * take as long as an image is heavy.
 */
export async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const { httpStatus, message, emit } = await answerTo(context);
	const response = context.getResponseObject();
	if (httpStatus === 503) response.setHeader('Retry-After', '30');
	response.status(httpStatus).json({ message });
	// Answered by ourselves, because n8n stores static data before an execution starts only then (docs/decisions/0024).
	if (emit === undefined) return { noWebhookResponse: true };
	return { noWebhookResponse: true, workflowData: [[{ json: emit }]] };
}

async function answerTo(context: IWebhookFunctions): Promise<Answer> {
	const call = readCall(context);
	const provider = readProvider(context.getNodeParameter('provider'));
	let key = '';
	try {
		const credential = await readCredential(context, provider, 0);
		({ key } = credential);
		return await answerBelieved(context, call, provider, credential);
	} catch (error) {
		if (!(error instanceof EditFault)) throw error as Error;
		// Not the caller's doing: it is asked to come again, and this n8n's log says why.
		const reason = new Redaction([key]).text(error.fault.message);
		context.logger.warn(`${provider.title} called, and the call could not be checked: ${reason}`);
		return { httpStatus: 503, message: 'The call cannot be checked now, call again' };
	}
}

async function answerBelieved(
	context: IWebhookFunctions,
	call: Call,
	provider: Provider,
	credential: ReadCredential,
): Promise<Answer> {
	const requests = requestsOf(context, provider, credential);
	const taskId = await believedTask(call, { provider, credential, requests });
	if (taskId === undefined) return { httpStatus: 401, message: 'The call is not believed' };
	if (taskId === '') return { httpStatus: 400, message: 'The call names no task' };

	const read = async (): Promise<Answer> =>
		await answerForTask(context, provider, credential.baseUrl, taskId, requests);
	// A listening editor is one person who wants to see it work, as often as they try.
	if (context.getMode() === 'manual') return await read();

	const workflow = context.getWorkflow().id ?? '';
	const task = `${context.getNode().id} ${taskId}`;
	const stored = context.getWorkflowStaticData('global') as StaticData;
	const { isSeen, underWay } = seenTasks.look(workflow, task, stored);
	if (isSeen) return { httpStatus: 200, message: 'The task was emitted before' };
	if (underWay !== undefined) {
		const httpStatus = (await underWay) as Answer['httpStatus'];
		return { httpStatus, message: 'Answered as the call about the same task before this one' };
	}
	let answer!: Answer;
	await seenTasks.during(workflow, task, async () => {
		answer = await read();
		if (answer.emit !== undefined) seenTasks.remember(workflow, task, stored);
		return answer.httpStatus;
	});
	return answer;
}

async function answerForTask(
	context: IWebhookFunctions,
	provider: Provider,
	baseUrl: string,
	taskId: string,
	requests: Requests,
): Promise<Answer> {
	const read = await readTaskState(provider, baseUrl, taskId, requests);
	switch (read.state) {
		case 'unknown':
			return { httpStatus: 404, message: 'The account does not know this task' };
		case 'unavailable':
			throw new EditFault(read.fault);
		case 'pending':
			return { httpStatus: 503, message: 'The task has not ended yet, call again' };
		default: {
			const events = context.getNodeParameter('events', []) as string[];
			if (!events.includes(read.state)) {
				return { httpStatus: 200, message: 'The trigger does not emit such events' };
			}
			return { httpStatus: 200, message: 'Accepted', emit: { taskId, event: read.state } };
		}
	}
}

function requestsOf(
	context: IWebhookFunctions,
	provider: Provider,
	credential: ReadCredential,
): Requests {
	const transport = new N8nTransport({
		context,
		provider,
		credential,
		redaction: redactionOfAnswers(credential),
		hold: discardImage,
	});
	const { signal } = new AbortController();
	const gate = gateOf(credential.baseUrl, credential.key);
	return new Requests(
		{ clock: systemClock, gate, transport, signal },
		provider,
		systemClock.now() + maximumSeconds * 1000,
	);
}
