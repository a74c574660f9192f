import { KeyCache } from '../../../nodes/QwenImageEdit/n8n/callback/keyCache';

/** A cache on a clock of its own, in front of a provider that counts how often it is asked. */
function cacheAt(keys: string[]) {
	let now = 0;
	let asked = 0;
	const cache = new KeyCache<string>({ now: () => now });
	const load = async (): Promise<string> => keys[Math.min(asked++, keys.length - 1)]!;
	return {
		wait: (seconds: number) => (now += seconds * 1000),
		asked: () => asked,
		holds: async (key: string) => await cache.holds('account', 3600, load, (kept) => kept === key),
	};
}

it('asks once, also for calls at the same time', async () => {
	const cache = cacheAt(['old']);
	expect(await Promise.all([cache.holds('old'), cache.holds('old')])).toEqual([true, true]);
	expect(await cache.holds('old')).toBe(true);
	expect(cache.asked()).toBe(1);
});

it('cannot be made to ask again and again by calls that do not hold', async () => {
	const cache = cacheAt(['old']);
	for (let call = 0; call < 100; call += 1) expect(await cache.holds('forged')).toBe(false);
	expect(cache.asked()).toBe(1);
	cache.wait(61);
	for (let call = 0; call < 100; call += 1) expect(await cache.holds('forged')).toBe(false);
	expect(cache.asked()).toBe(2);
});

it('finds a changed key, and keeps it no longer than it may', async () => {
	const cache = cacheAt(['old', 'new']);
	expect(await cache.holds('old')).toBe(true);
	cache.wait(61);
	expect(await cache.holds('new')).toBe(true);
	expect(await cache.holds('old')).toBe(false);
	cache.wait(3601);
	expect(await cache.holds('new')).toBe(true);
	expect(cache.asked()).toBe(3);
});

it('tells what went wrong with asking, and asks again', async () => {
	let tries = 0;
	const cache = new KeyCache<string>({ now: () => 0 });
	const load = async (): Promise<string> => {
		tries += 1;
		if (tries === 1) throw new Error('no connection');
		return 'key';
	};
	const holds = async () => await cache.holds('account', 3600, load, (key) => key === 'key');
	await expect(holds()).rejects.toThrow('no connection');
	expect(await holds()).toBe(true);
});
