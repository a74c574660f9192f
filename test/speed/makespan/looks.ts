import { plainPng } from '../../emulator';
import { seenEndsNeeded } from '../../../nodes/QwenImageEdit/edit/schedule';
import { goal, figure, type Section } from '../report';
import type { BenchSettings } from '../benchSettings';
import { startEmulatorProcess } from '../emulatorProcess';
import { EngineStage, type BenchProvider } from '../engineStage';
import {
	drawer,
	fixedIntervalFigures,
	watchTasks,
	type Duration,
	type LookFigures,
} from './virtualBatch';

const describeDuration = (duration: Duration): string =>
	typeof duration === 'number'
		? `${duration} s, always`
		: `${duration.median} s, log-normal (σ ${duration.sigma})`;

const cells = ({ meanLagSeconds, meanLooks }: LookFigures): string[] => [
	`${figure(meanLagSeconds)} s`,
	figure(meanLooks),
];

/** Tasks that are really waited for; the emulator's own notes tell when each was done and when it was looked at. */
async function watchRealTasks(
	provider: BenchProvider,
	count: number,
): Promise<{
	count: number;
	width: number;
	taskSeconds: number;
	before: LookFigures & { count: number };
	after: LookFigures & { count: number };
}> {
	const [width, taskSeconds] = [6, 20];
	const emulator = await startEmulatorProcess();
	try {
		await emulator.set({ taskSeconds });
		const stage = await EngineStage.open(emulator);
		const url = await emulator.hostImage(plainPng(416, 384), 'photo.png');
		await stage.batch({
			provider,
			items: Array.from({ length: count }, () => ({})),
			url,
			options: { maxConcurrency: width },
		});
		const { ledger, requests } = await emulator.state();
		const tasks = ledger.map(({ taskId, at }) => {
			const looks = requests.filter(
				({ route, path }) => route === 'read' && path.includes(taskId!),
			);
			const readyAt = at + taskSeconds * 1000;
			const seenAt = looks.map((look) => look.at).find((lookedAt) => lookedAt >= readyAt)!;
			return { at, seenAt, lagSeconds: (seenAt - readyAt) / 1000, looks: looks.length };
		});
		const knewEnough = (begunAt: number): boolean =>
			tasks.filter(({ seenAt }) => seenAt < begunAt).length >= seenEndsNeeded;
		const figuresOf = (part: typeof tasks): LookFigures & { count: number } => ({
			count: part.length,
			meanLagSeconds: part.reduce((sum, { lagSeconds }) => sum + lagSeconds, 0) / part.length,
			meanLooks: part.reduce((sum, { looks }) => sum + looks, 0) / part.length,
		});
		return {
			count,
			width,
			taskSeconds,
			before: figuresOf(tasks.filter(({ at }) => !knewEnough(at))),
			after: figuresOf(tasks.filter(({ at }) => knewEnough(at))),
		};
	} finally {
		await emulator.stop();
	}
}

/** How late finished tasks are noticed, and how many looks that takes. */
export async function measureLooks(bench: BenchSettings): Promise<Section> {
	const scale = bench.quick ? 0.2 : 1;
	const many = (count: number): number => Math.round(count * scale);
	const rows: string[][] = [];
	const at20: Record<'before' | 'after', LookFigures> = {} as never;
	const durations: Duration[] = [5, 20, 60].flatMap((median): Duration[] => [
		median,
		{ median, sigma: 0.25 },
	]);
	for (const editSeconds of durations) {
		const typicalSeconds = typeof editSeconds === 'number' ? editSeconds : editSeconds.median;
		const before = await watchTasks(200, [0, 1], { editSeconds, typicalSeconds });
		const misjudged = await watchTasks(200, [0, 1], { editSeconds });
		const after = await watchTasks(many(100), [5, 25], { editSeconds, typicalSeconds });
		const draw = drawer(editSeconds, 7);
		const draws = Array.from({ length: many(2000) }, () => draw() + 1e-9);
		const fixed = [2, 5].map((interval) => fixedIntervalFigures(draws, interval));
		if (editSeconds === 20) Object.assign(at20, { before, after });
		rows.push([
			describeDuration(editSeconds),
			...[before, misjudged, after, ...fixed].map((figures) => cells(figures).join(' / ')),
		]);
	}
	// Five waves: the first, one that begins while the first ends, and three that know enough.
	const many20 = bench.quick ? 12 : 30;
	const real = await watchRealTasks('odkkk', many20);
	const queued = await watchRealTasks('replicate', many20);
	const pushed = await watchRealTasks('fal', many20);
	return {
		title: 'Looks at tasks',
		introduction:
			'How long a finished task waits to be noticed (mean lag), and how often each task is looked at (mean looks), at a ' +
			'provider whose answer is a task. The node never looks twice within a second. The schedule runs as it is on a virtual ' +
			'clock, in many processes that have seen nothing at their start.',
		tables: [
			{
				caption: 'Mean lag / mean looks, on a virtual clock',
				head: [
					'A task takes',
					'first task, usual time known',
					'first task, declared time of odkkk (30 s)',
					'after five tasks',
					'every 2 s, the first at once',
					'every 5 s, the first at once',
				],
				rows,
				remark:
					'The last two columns are the fixed schedules of WaveSpeed’s and AtlasCloud’s nodes (2 s) and of ' +
					'`n8n-nodes-qwen-image` and fal’s node (5 s), worked out from the same draws.',
			},
			{
				caption: `The same on the real clock, through n8n’s engine: ${real.count} tasks of ${real.taskSeconds} s, ${real.width} at a time`,
				head: ['', 'tasks', 'mean lag', 'mean looks'],
				rows: [
					['odkkk, begun before five were seen', `${real.before.count}`, ...cells(real.before)],
					['odkkk, begun later', `${real.after.count}`, ...cells(real.after)],
					['Replicate, begun later', `${queued.after.count}`, ...cells(queued.after)],
					[
						'fal.ai, which pushes the end, before five were seen',
						`${pushed.before.count}`,
						...cells(pushed.before),
					],
					['fal.ai, begun later', `${pushed.after.count}`, ...cells(pushed.after)],
				],
				remark:
					'At fal.ai the request that is held open and the one for the result count as looks.',
			},
		],
		goals: [
			goal(
				'lag at tasks of 20 s, before any was seen: at most 1 s',
				at20.before.meanLagSeconds,
				1,
				's',
				'see the table',
			),
			goal('looks at them: at most 10', at20.before.meanLooks, 10, 'looks', 'see the table'),
			goal(
				'lag at tasks of 20 s, after five: at most 0.5 s',
				at20.after.meanLagSeconds,
				0.5,
				's',
				'see the table',
			),
			goal('looks at them: at most 6', at20.after.meanLooks, 6, 'looks', 'see the table'),
			goal(
				'the same lag on the real clock: at most 0.5 s',
				real.after.meanLagSeconds,
				0.5,
				's',
				'see the table',
			),
			goal('looks at them: at most 6', real.after.meanLooks, 6, 'looks', 'see the table'),
			goal(
				'lag at Replicate, after five tasks of 20 s: at most 0.3 s',
				queued.after.meanLagSeconds,
				0.3,
				's',
				'see the table',
			),
			goal('looks at them: at most 3', queued.after.meanLooks, 3, 'looks', 'see the table'),
			goal(
				'lag at fal.ai, which pushes the end: at most 0.1 s',
				pushed.after.meanLagSeconds,
				0.1,
				's',
				'see the table',
			),
		],
	};
}
