/** What stands before the content of one part of a multipart/form-data body (RFC 7578). */
export interface PartHead {
	name: string;
	/** Present for files. */
	fileName?: string;
	contentType?: string;
}

/** Where the content of a part goes, piece by piece. */
export interface PartSink {
	write(bytes: Buffer): void;
	end(): void;
}

/** A body that is not what its Content-Type promises. */
export class MalformedForm extends Error {}

const MOST_HEAD_BYTES = 16 * 1024;
const LONGEST_BOUNDARY = 70;
const LINE_END = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');

/** Parameters behind a header's value: tokens, or quoted strings with backslashes (RFC 2045, RFC 822). */
function parameters(header: string): Map<string, string> {
	const found = new Map<string, string>();
	const one = /;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/g;
	for (const [, name, quoted, token] of header.matchAll(one)) {
		found.set(name!.toLowerCase(), quoted?.replace(/\\(["\\])/g, '$1') ?? token!);
	}
	return found;
}

/** The boundary of a multipart/form-data body; `undefined` for any other Content-Type. */
export function boundaryOf(contentType: string | undefined): string | undefined {
	if (!contentType || !/^multipart\/form-data\s*(;|$)/i.test(contentType)) return undefined;
	return parameters(contentType).get('boundary') ?? '';
}

/** Browsers and RFC 7578 write what would end the quotes or the line as a percent code, and nothing else. */
function unescaped(text: string): string {
	return text.replace(/%(0D|0A|22)/gi, (_all, code: string) =>
		String.fromCharCode(parseInt(code, 16)),
	);
}

function readHead(bytes: Buffer): PartHead {
	let disposition: Map<string, string> | undefined;
	let contentType: string | undefined;
	for (const line of bytes.toString('utf8').split('\r\n')) {
		const colon = line.indexOf(':');
		if (colon <= 0) throw new MalformedForm(`a part has a header without a name: ${line}`);
		const [name, value] = [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
		if (name === 'content-type') contentType = value;
		if (name !== 'content-disposition') continue;
		if (!/^form-data\s*(;|$)/i.test(value)) throw new MalformedForm(`a part is "${value}"`);
		disposition = parameters(value);
	}
	const name = disposition?.get('name');
	if (name === undefined) throw new MalformedForm('a part has no name');
	const fileName = disposition?.get('filename');
	return {
		name: unescaped(name),
		...(fileName !== undefined && { fileName: unescaped(fileName) }),
		...(contentType !== undefined && { contentType }),
	};
}

/** Takes a multipart/form-data body apart while it arrives; never holds more than a head and a delimiter. */
export class MultipartParser {
	private readonly delimiter: Buffer;

	/** The first delimiter needs no line end before it, so one is lent to it. */
	private rest: Buffer = LINE_END;

	private state: 'preamble' | 'delimiter' | 'head' | 'content' | 'done' = 'preamble';

	private sink: PartSink | undefined;

	constructor(
		boundary: string,
		private readonly open: (head: PartHead) => PartSink,
	) {
		if (!boundary || boundary.length > LONGEST_BOUNDARY) {
			throw new MalformedForm('the Content-Type names no boundary');
		}
		this.delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
	}

	/** Takes the next bytes. */
	push(bytes: Buffer): void {
		this.rest = this.rest.length ? Buffer.concat([this.rest, bytes]) : bytes;
		while (this.step());
	}

	/** The body has ended; throws when it ended in the middle. */
	end(): void {
		if (this.state !== 'done') throw new MalformedForm('the last boundary is missing');
	}

	/** Goes on as far as one state leads; `false` when more bytes are needed. */
	private step(): boolean {
		switch (this.state) {
			case 'preamble':
				return this.passContent(undefined);
			case 'content':
				return this.passContent(this.sink);
			case 'delimiter':
				return this.readDelimiterEnd();
			case 'head':
				return this.readPartHead();
			case 'done':
				this.rest = Buffer.alloc(0);
				return false;
		}
	}

	private passContent(sink: PartSink | undefined): boolean {
		const at = this.rest.indexOf(this.delimiter);
		const safe = at < 0 ? this.rest.length - this.delimiter.length + 1 : at;
		if (safe > 0) {
			sink?.write(this.rest.subarray(0, safe));
			this.rest = this.rest.subarray(safe);
		}
		if (at < 0) return false;
		sink?.end();
		this.sink = undefined;
		this.rest = this.rest.subarray(this.delimiter.length);
		this.state = 'delimiter';
		return true;
	}

	/** Behind a boundary stands "--" at the very end, else a line end, before which blanks are allowed. */
	private readDelimiterEnd(): boolean {
		if (this.rest.length < 2) return false;
		if (this.rest.toString('latin1', 0, 2) === '--') {
			this.state = 'done';
			return true;
		}
		const at = this.rest.indexOf(LINE_END);
		const blanks = this.rest.toString('latin1', 0, at < 0 ? this.rest.length : at);
		if (!/^[ \t\r]*$/.test(blanks)) throw new MalformedForm('a boundary is followed by other text');
		if (at < 0) return false;
		this.rest = this.rest.subarray(at + LINE_END.length);
		this.state = 'head';
		return true;
	}

	private readPartHead(): boolean {
		const at = this.rest.indexOf(HEAD_END);
		if ((at < 0 ? this.rest.length : at) > MOST_HEAD_BYTES) {
			throw new MalformedForm('the head of a part is too long');
		}
		if (at < 0) return false;
		this.sink = this.open(readHead(this.rest.subarray(0, at)));
		// The content's own line end is the delimiter's first: an empty part has none of its own.
		this.rest = this.rest.subarray(at + HEAD_END.length);
		this.state = 'content';
		return true;
	}
}
