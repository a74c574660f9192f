/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { CALLING_PROVIDERS } from '../../emulator/types';
import assert from 'node:assert/strict';
import type { CallbackRecord, Emulator } from '../../emulator';
import type { Checks } from '../endToEnd/checks';

async function post(
	url: string,
	{ headers, payload }: { headers: Record<string, string>; payload: string },
): Promise<number> {
	const reply = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body: payload,
	});
	return reply.status;
}

/** Calls that must start nothing: forged, old, of another account, about a task that nobody has. */
export async function checkStrangers(
	checks: Checks,
	emulator: Emulator,
	n8nUrl: string,
): Promise<void> {
	for (const provider of CALLING_PROVIDERS) {
		const record = emulator.callbacks.find((one) => one.provider === provider)!;
		const { pathname, searchParams } = new URL(record.url);
		const right = `${n8nUrl}${pathname}?secret=${searchParams.get('secret')}`;
		const wrong = `${n8nUrl}${pathname}?secret=${'0'.repeat(64)}`;
		const signed = emulator.signCallback(record);
		await checks.check(
			`${provider}: forged, old or foreign calls are answered with 401`,
			async () => {
				assert.equal(await post(wrong, signed), 401);
				assert.equal(await post(`${n8nUrl}${pathname}`, { ...signed, headers: {} }), 401);
				if (Object.keys(signed.headers).length === 0) return;
				assert.equal(await post(right, { ...signed, headers: {} }), 401);
				const old = emulator.signCallback(record, { at: Date.now() - 330_000 });
				assert.equal(await post(right, old), 401);
				// fal.ai signs for everybody with the same key.
				const foreign = emulator.signCallback(record, { account: 'other' });
				if (provider !== 'fal') assert.equal(await post(right, foreign), 401);
			},
		);
		await checks.check(`${provider}: a task that the account does not know is 404`, async () => {
			const unknown = { ...record, body: withUnknownTask(record.body) };
			assert.equal(await post(right, emulator.signCallback(unknown)), 404);
		});
	}
}

/** The same call about an ID of the same form that was never given out. */
function withUnknownTask(body: CallbackRecord['body']): CallbackRecord['body'] {
	const data = body.data as { taskId?: string } | undefined;
	const known = String(body.id ?? body.request_id ?? data?.taskId);
	const other = known.replace(/.$/, (letter) => (letter === '7' ? '8' : '7'));
	return JSON.parse(JSON.stringify(body).replaceAll(known, other)) as CallbackRecord['body'];
}
