import { plainPng } from '../../emulator';
import { meet, withImages } from '../faults/hosts/meetHost';
import { sendJson } from '../faults/hosts/rawHost';
import { expectFailedItem } from '../stage/output';
import { onStage, type Order, type Stage } from '../stage/scenario';

/** A provider whose answer to the submit ends after so many bytes. */
async function meetCut(
	stage: Stage,
	provider: Order['provider'],
	submitted: (origin: string) => string,
	read: (origin: string) => object,
	bytes: number,
	announces: boolean,
) {
	let submits = 0;
	const met = await meet(
		stage,
		withImages(({ method, path }, response, { origin }) => {
			if (method !== 'POST' || path.includes('/fetch/')) return sendJson(response, read(origin));
			submits += 1;
			const body = Buffer.from(submitted(origin));
			response.writeHead(200, {
				'content-type': 'application/json',
				...(announces ? { 'content-length': body.length } : {}),
			});
			response.write(body.subarray(0, bytes), () => response.socket?.destroy());
		}),
		{ provider },
	);
	return { ...met, submits };
}

const cases = [
	{
		provider: 'odkkk' as const,
		submitted: () =>
			'{"created":1757156493,"id":"task-unified-1757156493-imcg5zqt","status":"pending"}',
		id: 'task-unified-1757156493-imcg5zqt',
		// The closing quote must have arrived: half an id is no id.
		wholeAt: '"task-unified-1757156493-imcg5zqt"',
		read: (origin: string) => ({ id: 'x', status: 'completed', results: [`${origin}/result.png`] }),
	},
	{
		provider: 'modelsLab' as const,
		submitted: () => '{"status":"processing","id":143526871,"eta":1,"output":[]}',
		id: '143526871',
		// Behind a number something must follow: it could go on.
		wholeAt: '143526871,',
		read: (origin: string) => ({ status: 'success', output: [`${origin}/result.png`] }),
	},
];

describe.each(cases)(
	'the answer of $provider that is cut',
	({ provider, submitted, id, wholeAt, read }) => {
		const text = submitted();
		const whole = text.indexOf(wholeAt) + wholeAt.length;

		for (const announces of [true, false]) {
			onStage(
				`is enough from the end of the task id on (${announces ? 'with' : 'without'} Content-Length)`,
				async (stage) => {
					for (let bytes = whole; bytes < text.length; bytes += 7) {
						const { run, submits } = await meetCut(
							stage,
							provider,
							submitted,
							read,
							bytes,
							announces,
						);
						expect(run.edited[0]!.json).toMatchObject({
							status: 'completed',
							taskId: id,
							warnings: [expect.stringContaining('cut off')],
						});
						expect(submits).toBe(1);
					}
				},
			);
		}

		onStage('leaves the outcome unknown before that', async (stage) => {
			for (const bytes of [0, 1, 20, whole - 9, whole - 1]) {
				const { run, submits } = await meetCut(stage, provider, submitted, read, bytes, true);
				const { details } = expectFailedItem(run.edited[0], 0, { errorKind: 'unknownOutcome' });
				expect(details.taskId).toBeUndefined();
				expect(submits).toBe(1);
			}
		});
	},
);

describe('the answer of a provider without tasks that is cut', () => {
	const submitted = (origin: string) =>
		JSON.stringify({
			created: 1,
			data: [{ url: `${origin}/result.png` }, { url: `${origin}/result.png?2` }],
		});
	const urlEnd = (origin: string) =>
		submitted(origin).indexOf('/result.png"') + '/result.png"'.length;

	onStage('gives the images whose URLs arrived whole, with a warning', async (stage) => {
		let at = 0;
		const { run, submits } = await meetCut(
			stage,
			'aiml',
			(origin) => {
				at = urlEnd(origin);
				return submitted(origin);
			},
			() => ({}),
			// The origin has one length in every run: a port of five digits.
			urlEnd('http://127.0.0.1:40000') + 2,
			true,
		);
		expect(Math.abs(at - urlEnd('http://127.0.0.1:40000'))).toBeLessThan(2);
		expect(run.edited[0]!.json).toMatchObject({
			status: 'completed',
			count: 1,
			warnings: [expect.stringMatching(/cut off.*may be more images/)],
		});
		expect(submits).toBe(1);
	});

	onStage('leaves the outcome unknown before that', async (stage) => {
		const { run } = await meetCut(stage, 'aiml', submitted, () => ({}), 40, true);
		expectFailedItem(run.edited[0], 0, { errorKind: 'unknownOutcome' });
	});

	onStage('in the middle of an image: what of it arrived is not an image', async (stage) => {
		const image = plainPng(300, 300).toString('base64');
		const { run } = await meetCut(
			stage,
			'aiml',
			() => JSON.stringify({ data: [{ b64_json: image }] }),
			() => ({}),
			300,
			true,
		);
		expectFailedItem(run.edited[0], 0, { errorKind: 'unknownOutcome' });
	});
});
