import type { ApiCall } from '../server/exchange';
import type { ReceivedForm } from '../server/received-form';
import { textOf } from '../server/received-form';
import type { EmulatorState } from '../state';
import type { JsonObject, LedgerEntry, ImageFormat } from '../types';
import { faceOf, refuse } from './open-ai-compatible-errors';
import type { Face } from './open-ai-compatible-faces';
import { readImages } from './open-ai-compatible-images';
import { WORDS_OF } from './open-ai-compatible-words';
import type { FaceWords } from './open-ai-compatible-words';

/** An edit as the server understands it. */
export interface EditForm {
	model: string;
	prompt: string;
	count: number;
	inputs: Buffer[];
	inputSha256: string[];
	size?: { width: number; height: number };
	seed?: number;
	format: ImageFormat;
	/** `output_format` as it was sent. */
	outputFormat?: string;
	responseFormat: string;
	fields: JsonObject;
	notes: Pick<LedgerEntry, 'maskSha256' | 'unusedImages' | 'formFields'>;
}

/** Reads the fields of one form, one after the other, in one server's way. */
class FieldReader {
	constructor(
		private readonly state: EmulatorState,
		private readonly form: ReceivedForm,
		private readonly face: Face,
		private readonly words: FaceWords,
	) {}

	prompt(): string {
		const prompt = textOf(this.form, 'prompt');
		return prompt === undefined || prompt === ''
			? refuse(this.state, this.words.missing('prompt'))
			: prompt;
	}

	checkNumbers(): void {
		for (const [name, kind] of Object.entries(this.face.numbers)) {
			const text = textOf(this.form, name)?.trim();
			if (text === undefined) continue;
			const whole = kind === 'integer';
			const good = whole ? /^-?\d+$/.test(text) : text !== '' && Number.isFinite(Number(text));
			if (!good) refuse(this.state, this.words.badNumber(name, whole));
		}
	}

	model(): string {
		const { model } = this.face;
		const served = this.state.settings.openAiCompatible.model || this.face.modelName;
		const asked = textOf(this.form, 'model') ?? '';
		if (asked === '' && model === 'required') {
			return refuse(this.state, this.words.missing('model'));
		}
		if (asked === '' || asked === served || model === 'ignored') return asked || served;
		return refuse(this.state, this.words.badModel(asked, served));
	}

	count(): number {
		const asked = Number.parseInt(textOf(this.form, 'n') ?? '1', 10);
		if (!Number.isFinite(asked)) return 1;
		const inside = Math.max(1, Math.min(asked, 10));
		if (this.face.count === 'refused' && inside !== asked) {
			refuse(this.state, this.words.badCount);
		}
		return inside;
	}

	size(): { width: number; height: number } | undefined {
		const asked = textOf(this.form, 'size');
		const parts = /^([1-9]\d*)x([1-9]\d*)$/.exec(asked ?? '');
		if (parts) return { width: Number(parts[1]), height: Number(parts[2]) };
		if (asked !== undefined && asked !== 'auto' && this.face.size === 'checked') {
			refuse(this.state, this.words.badSize(asked));
		}
		const [width, height] = this.face.defaultSize ?? [];
		return width && height ? { width, height } : undefined;
	}

	/** -1 is random at stable-diffusion.cpp and its relatives. */
	seed(): number | undefined {
		const seed = Number(textOf(this.form, 'seed') ?? NaN);
		return Number.isInteger(seed) && seed >= 0 ? seed : undefined;
	}

	format(): Pick<EditForm, 'format' | 'outputFormat'> {
		const asked = textOf(this.form, 'output_format');
		const usual = this.state.settings.format.openAiCompatible;
		const { outputFormats, defaultFormat } = this.face;
		if (asked === undefined || !outputFormats.length) {
			return { format: usual === 'png' ? defaultFormat : usual };
		}
		if (!outputFormats.includes(asked)) {
			// The words are assumed.
			const message = `Unsupported output_format '${asked}', use one of ${outputFormats.join(', ')}`;
			refuse(this.state, { status: 400, error: { message, param: 'output_format' } });
		}
		return { format: asked === 'jpg' ? 'jpeg' : (asked as ImageFormat), outputFormat: asked };
	}

	responseFormat(): string {
		const asked = textOf(this.form, 'response_format')?.toLowerCase();
		const { responseFormats, defaultResponseFormat } = this.face;
		if (asked === undefined || !responseFormats.length) return defaultResponseFormat;
		if (!responseFormats.includes(asked)) {
			refuse(this.state, this.words.badResponseFormat(asked));
		}
		if (asked === 'url' && this.state.settings.openAiCompatible.urlsLeadTo === 'none') {
			const message = "response_format='url' requires cloud storage to be configured.";
			refuse(this.state, { status: 400, error: { message } });
		}
		return asked;
	}

	/** What the ledger keeps of the text fields. */
	noteFields(call: ApiCall): JsonObject {
		const { textFields, imageFields, maskField } = this.face;
		const known = [...textFields, ...imageFields, ...(maskField ? [maskField] : [])];
		const names = new Set(this.form.parts.map(({ name }) => name));
		call.record.unknownFields = [...names].filter((name) => !known.includes(name));
		return Object.fromEntries(
			this.form.parts.flatMap(({ name, value }) =>
				value !== undefined && textFields.includes(name) ? [[name, value]] : [],
			),
		);
	}
}

function refuseField(state: EmulatorState, form: ReceivedForm): void {
	const name = state.settings.openAiCompatible.refusedField;
	if (name === '' || !form.parts.some((part) => part.name === name)) return;
	// OpenAI's words (nexu-io/open-design issue 5727).
	const message = `Unknown parameter: '${name}'.`;
	refuse(state, { status: 400, error: { message, param: name, code: 'unknown_parameter' } });
}

/** Reads a form as the emulated server does; throws a `Refusal` in its words. */
export async function readForm(state: EmulatorState, call: ApiCall): Promise<EditForm> {
	const face = faceOf(state.settings);
	const words = WORDS_OF[state.settings.openAiCompatible.face];
	const { form } = call;
	if (!form) refuse(state, words.notMultipart);
	if (form.problem !== undefined) {
		const message = `There was an error parsing the body: ${form.problem}`;
		refuse(state, { status: 400, error: { message } });
	}
	const read = new FieldReader(state, form, face, words);
	const fields = read.noteFields(call);
	refuseField(state, form);
	const prompt = read.prompt();
	read.checkNumbers();
	const model = read.model();
	const responseFormat = read.responseFormat();
	const { inputs, inputSha256, unused } = await readImages(state, call, form, face, words);
	const mask = form.files.find(({ name }) => name === face.maskField);
	const [size, seed] = [read.size(), read.seed()];
	return {
		model,
		prompt,
		count: read.count(),
		inputs,
		inputSha256,
		...(size && { size }),
		...(seed !== undefined && { seed }),
		...read.format(),
		responseFormat,
		fields,
		notes: {
			formFields: form.parts.map(({ name }) => name),
			...(mask && { maskSha256: mask.sha256 }),
			...(unused > 0 && { unusedImages: unused }),
		},
	};
}
