import { plainPng } from '../../emulator';
import { startS3Process } from '../../emulator/s3';
import type { BenchSettings } from '../benchSettings';
import { startEmulatorProcess } from '../emulatorProcess';
import { EngineStage } from '../engineStage';
import { figure, goal, ratio, type Section } from '../report';

/** A batch without a bucket, the same with one, and the same again with all of it in the bucket. */
export interface StorageFigures {
	count: number;
	width: number;
	editSeconds: number;
	idealSeconds: number;
	withoutSeconds: number;
	withSeconds: number;
	reuseSeconds: number;
	/** Requests to the store for each edit that was paid for. */
	requestsEach: number;
}

/** Edits that answer at once, with the store in a process of its own. */
export async function measureStorageBatch(
	count: number,
	width: number,
	editSeconds: number,
): Promise<StorageFigures> {
	const emulator = await startEmulatorProcess();
	const store = await startS3Process();
	try {
		const stage = await EngineStage.open(emulator);
		await stage.saveBucket(store);
		const url = await emulator.hostImage(plainPng(416, 384), 'photo.png');
		const run = async (
			items: number,
			prompt: string,
			hasBucket: boolean,
			reuses = false,
		): Promise<number> => {
			const { run: finished, seconds } = await stage.batch({
				provider: 'aiml',
				items: Array.from({ length: items }, (_, index) => ({ json: { index } })),
				url,
				prompt: `={{ "${prompt} " + $json.index }}`,
				options: {
					maxConcurrency: width,
					timeoutSeconds: 3600,
					...(reuses ? { reusePaidEdits: 7 } : {}),
				},
				hasBucket,
			});
			const { length } = finished.items('Edit');
			if (length !== items) throw new Error(`${length} images came of ${items}`);
			return seconds;
		};
		// The first requests of a process load and compile what the later ones use.
		await emulator.set({ fetchInputs: false, latencyMs: 50 });
		await run(2 * width, 'Warm up', true);
		await emulator.set({ latencyMs: editSeconds * 1000 });
		const withoutSeconds = await run(count, 'Without', false);
		const before = (await store.state()).requests.length;
		const withSeconds = await run(count, 'With', true);
		const requests = (await store.state()).requests.length - before;
		const paid = (await emulator.state()).ledger.length;
		const reuseSeconds = await run(count, 'With', true, true);
		if ((await emulator.state()).ledger.length !== paid) throw new Error('an edit was paid twice');
		return {
			count,
			width,
			editSeconds,
			idealSeconds: Math.ceil(count / width) * editSeconds,
			withoutSeconds,
			withSeconds,
			reuseSeconds,
			requestsEach: requests / count,
		};
	} finally {
		await store.stop();
		await emulator.stop();
	}
}

/** What the bucket costs, and what it saves. */
export async function measureStorage(settings: BenchSettings): Promise<Section> {
	const [count, width, editSeconds] = settings.quick ? [100, 20, 1] : [1000, 20, 2];
	settings.log(`storage: ${count}/${width} three times ...`);
	const found = await measureStorageBatch(count, width, editSeconds);
	const { idealSeconds, withoutSeconds, withSeconds, reuseSeconds, requestsEach } = found;
	const cores = 'processor time: n8n, the node, the emulator and the store share the cores';
	return {
		title: 'Storage',
		introduction:
			'What a bucket as the memory of the node costs, and what it saves. The store is the S3 server of the tests, in a process of its own on the same machine.',
		tables: [
			{
				caption: `${count} edits of ${editSeconds} s that answer at once, ${width} at a time`,
				head: ['Batch', 'Seconds', 'Beside'],
				rows: [
					['ideal', figure(idealSeconds), ''],
					[
						'without a bucket',
						figure(withoutSeconds),
						`${ratio(withoutSeconds / idealSeconds)} the ideal`,
					],
					[
						'with a bucket',
						figure(withSeconds),
						`${ratio(withSeconds / idealSeconds)} the ideal, ${ratio(withSeconds / withoutSeconds)} without`,
					],
					[
						'all of it put out again',
						figure(reuseSeconds),
						`${ratio(withSeconds / reuseSeconds)} as fast as paying`,
					],
				],
				remark: `${figure(requestsEach)} requests to the store for each edit that was paid for, the image itself among them.`,
			},
		],
		goals: [
			goal(
				`makespan ÷ ideal at most 1.03 with storage, N = ${count}, c = ${width}`,
				withSeconds / idealSeconds,
				1.03,
				'×',
				cores,
			),
			goal(
				`putting out ${count} stored edits takes at most a twentieth of paying for them at 2 s each`,
				reuseSeconds / ((count * 2) / width),
				1 / 20,
				'×',
				cores,
			),
		],
	};
}
