/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { setImmediate as turn } from 'node:timers/promises';
import { runInLanes } from './lanes';

/** Jobs are named after how many turns they take; an exclamation mark leaves them alone. */
async function play(jobs: string[], count: number) {
	const running: string[] = [];
	const seen: string[] = [];
	const ended = await runInLanes(
		jobs,
		count,
		(job) => job.endsWith('!'),
		async (job) => {
			running.push(job);
			seen.push(running.join(' '));
			for (let left = parseInt(job, 10); left > 0; left -= 1) await turn();
			running.splice(running.indexOf(job), 1);
			return job;
		},
	);
	return { seen, ended };
}

it('runs one after another in one lane', async () => {
	const jobs = ['3', '1!', '2!', '4'];
	expect(await play(jobs, 1)).toEqual({ seen: jobs, ended: jobs });
});

it('fills a lane that is free with the next', async () => {
	const { seen, ended } = await play(['90', '10', '20'], 2);
	expect(seen).toEqual(['90', '90 10', '90 20']);
	expect(ended).toEqual(['10', '20', '90']);
});

it('runs nothing beside a job that wants to be alone, and lets others go before it', async () => {
	const { seen, ended } = await play(['10!', '90', '5!', '20', '30'], 2);
	expect(seen).toEqual(['10!', '90', '90 20', '90 30', '5!']);
	expect(ended).toEqual(['10!', '20', '30', '90', '5!']);
});

it('throws what a job throws', async () => {
	const fails = async () => await Promise.reject(new Error('broken'));
	await expect(runInLanes(['1'], 2, () => false, fails)).rejects.toThrow('broken');
});
