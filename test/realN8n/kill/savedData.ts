/** A table of values in which every text inside an object or array is the place of another value. */
type Table = unknown[];

/**
 * Reads the data of an execution as n8n's REST interface hands it out: one JSON list whose first entry is the data,
 * and in which texts within objects and lists are positions in that list, so that nothing is written twice.
 */
export function readSavedData(text: string): unknown {
	const table = JSON.parse(text) as Table;
	const read = new Map<number, unknown>();
	const valueAt = (place: number): unknown => {
		if (read.has(place)) return read.get(place);
		const stored = table[place];
		if (typeof stored !== 'object' || stored === null) return stored;
		const value: unknown[] | Record<string, unknown> = Array.isArray(stored) ? [] : {};
		// Before its contents: they may lead back to it.
		read.set(place, value);
		for (const [key, inner] of Object.entries(stored)) {
			(value as Record<string, unknown>)[key] =
				typeof inner === 'string' ? valueAt(Number(inner)) : inner;
		}
		return value;
	};
	return valueAt(0);
}
