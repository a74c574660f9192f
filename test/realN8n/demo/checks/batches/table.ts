/** Reads a CSV file as RFC 4180 has it: a line of names, then rows; quotes around what holds a comma, a quote or a line end. */
export function readTable(text: string): Array<Record<string, string>> {
	const rows: string[][] = [[]];
	const field = /("((?:[^"]|"")*)"|[^,\r\n]*)(,|\r?\n|$)/gy;
	const whole = text.replace(/^\uFEFF/, '').replace(/\r?\n$/, '');
	for (let at = 0; at <= whole.length; at = field.lastIndex) {
		field.lastIndex = at;
		const [, plain, quoted, end] = field.exec(whole)!;
		rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain!);
		if (end === '') break;
		if (end !== ',') rows.push([]);
	}
	const [names = [], ...lines] = rows;
	return lines.map((line) =>
		Object.fromEntries(names.map((name, column) => [name, line[column] ?? ''])),
	);
}
