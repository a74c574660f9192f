/**
 * When a result link stops working: what the link itself says (`Expires=` of OSS and S3, `X-Amz-Date` with
 * `X-Amz-Expires`), else the lifetime that the provider documents.
 *
 * @returns an ISO date, or undefined when neither is known
 */
export function expiryOf(
	url: string,
	lifetimeSeconds: number | undefined,
	nowMilliseconds: number,
): string | undefined {
	const soonest = nowMilliseconds - 24 * 3600_000;
	const latest = nowMilliseconds + 366 * 24 * 3600_000;
	const plausible = (milliseconds: number): boolean =>
		milliseconds > soonest && milliseconds < latest;
	try {
		const query = new URL(url).searchParams;
		const epoch = Number(query.get('Expires') ?? NaN) * 1000;
		if (plausible(epoch)) return new Date(epoch).toISOString();
		const signed = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '');
		if (signed !== null) {
			const [year, month, day, hour, minute, second] = signed.slice(1).map(Number) as [
				number,
				number,
				number,
				number,
				number,
				number,
			];
			const end =
				Date.UTC(year, month - 1, day, hour, minute, second) +
				Number(query.get('X-Amz-Expires') ?? NaN) * 1000;
			if (plausible(end)) return new Date(end).toISOString();
		}
	} catch {
		return undefined;
	}
	if (lifetimeSeconds === undefined) return undefined;
	return new Date(nowMilliseconds + lifetimeSeconds * 1000).toISOString();
}
