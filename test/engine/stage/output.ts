import { lookAt, sha256 } from './images';
import { facts, nodeTaskId, type Stage, type StageRun } from './scenario';

import { readImageNotes, type LedgerEntry, type ProviderId } from '../../emulator';

/** What is expected of one finished image; what is not given is as after a plain edit. */
export interface ExpectedImage {
	provider: ProviderId;
	operation?: 'edit' | 'submitTask' | 'getTask';
	/** The job that the provider has on its books for it. */
	entry: LedgerEntry;
	/** Place among the output items. Default 0. */
	at?: number;
	/** Input item it comes from. Default: `at`. */
	from?: number;
	binaryField?: string;
	fileName?: string;
	format?: 'png' | 'jpeg' | 'webp';
	width?: number;
	height?: number;
	/** What the provider reports; default: what its document shows after a plain edit. */
	usage?: unknown;
	/** What it cost; default: what is reported or listed. */
	cost?: unknown;
	/** How often a task was looked at; default: at least once where there is a task. */
	polls?: number;
	/** Whether the image came without a link. */
	withoutLink?: boolean;
}

const usageOf: Record<ProviderId, unknown> = {
	aiml: { tokens_used: 63_000, credits_used: 63_000, usd_spent: 0.0315 },
	chainHub: {
		prompt_tokens: expect.any(Number),
		completion_tokens: 1056,
		total_tokens: expect.any(Number),
		prompt_tokens_details: { cached_tokens_details: {} },
		completion_tokens_details: {},
		output_tokens: 1056,
	},
	dashScope: { width: expect.any(Number), height: expect.any(Number), image_count: 1 },
	evoLink: { credits_used: 1.5, cost: { credits: 1.5, usd: 0.0221 } },
	fal: undefined,
	kie: { costTime: expect.any(Number) },
	modelsLab: undefined,
	replicate: { predict_time: expect.any(Number) },
	siliconFlow: undefined,
	waveSpeed: { inference: expect.any(Number) },
	modelVerse: { input_tokens_details: {} },
	odkkk: { billing_rule: 'per_call', credits_reserved: 1, user_group: 'default' },
	openAiCompatible: undefined,
};

const reported = (amount: number): unknown => ({ amount, currency: 'USD', basis: 'reported' });

const listed = (amount: number, currency: string, asOf: string): unknown => ({
	amount: Math.round(amount * 1e6) / 1e6,
	currency,
	basis: 'listed',
	asOf,
});

/** What one image of the default model costs by its document or price list (research), by its megapixels. */
const costOf: Partial<Record<ProviderId, (megapixels: number) => unknown>> = {
	aiml: () => reported(0.0315),
	dashScope: () => listed(0.03, 'USD', '2026-05'),
	evoLink: () => reported(0.0221),
	fal: (megapixels) => listed(0.03 * megapixels, 'USD', '2026-11'),
	kie: (megapixels) => listed(0.03 * megapixels, 'USD', '2026-08'),
	modelVerse: () => listed(0.3, 'CNY', '2026-04'),
	siliconFlow: () => listed(0.3, 'CNY', '2026-10'),
};

/** What comes of the usual photo of 416 x 384 when no size is asked for. */
export function usualSize(provider: ProviderId): { width: number; height: number } {
	// About 1024 x 1024 pixels in the shape of the last image, in steps of 16: research O1.
	if (provider === 'dashScope') return { width: 1072, height: 976 };
	// Landscape 4:3 unless it is told otherwise, whatever came in: research M1.
	if (provider === 'kie') return { width: 1024, height: 768 };
	return { width: 416, height: 384 };
}

const extensions = { png: 'png', jpeg: 'jpg', webp: 'webp' } as const;

/** When a link of the emulator's object store ends, as it says itself. */
function endOf(url: string): string | undefined {
	const seconds = new URL(url).searchParams.get('Expires');
	return seconds === null ? undefined : new Date(Number(seconds) * 1000).toISOString();
}

/**
 * Checks one output item to the letter of the contract: its JSON has these keys and no others, the file is in
 * the binary field, is the image that the provider made for this very job, and arrives at the next node.
 */
export async function expectImage(
	stage: Stage,
	run: StageRun,
	expected: ExpectedImage,
): Promise<void> {
	const { provider, entry, at = 0, binaryField = 'data', format = 'png' } = expected;
	const usual = usualSize(provider);
	const { width = usual.width, height = usual.height, operation = 'edit' } = expected;
	const item = run.edited[at]!;
	expect(item).toBeDefined();
	const links = stage.emulator.results.filter(({ entryId }) => entryId === entry.id);
	const bytes = await run.binaryBuffer(item, binaryField);
	const fileName = `${expected.fileName ?? 'photo-edited'}.${extensions[format]}`;
	const mimeType = `image/${format}`;
	const usage = 'usage' in expected ? expected.usage : usageOf[provider];
	const cost =
		'cost' in expected ? expected.cost : costOf[provider]?.((width * height) / 1_000_000);
	// Servers of one's own answer with the image itself, unless they are asked for a link.
	const url = expected.withoutLink === true ? undefined : links[0]?.url;
	const expiresAt = url === undefined ? undefined : (endOf(url) ?? expect.any(String));
	const json = JSON.parse(JSON.stringify(item.json)) as unknown;
	expect(json).toStrictEqual({
		provider,
		operation,
		...(facts[provider].model === '' ? {} : { model: facts[provider].model }),
		status: 'completed',
		...(['dashScope', 'siliconFlow'].includes(provider) ? { requestId: expect.any(String) } : {}),
		...(entry.taskId === undefined ? {} : { taskId: nodeTaskId(provider, entry.taskId) }),
		image: {
			...(url === undefined ? {} : { url }),
			mimeType,
			width,
			height,
			bytes: bytes.length,
			fileName,
			...(expiresAt === undefined ? {} : { expiresAt }),
		},
		index: 0,
		count: 1,
		...(usage === undefined ? {} : { usage }),
		...(cost === undefined ? {} : { cost }),
		warnings: [],
		timing: { seconds: expect.any(Number), polls: expect.any(Number) },
	});
	const { timing } = item.json as { timing: { seconds: number; polls: number } };
	expect(timing.seconds).toBeGreaterThanOrEqual(0);
	expect(timing.seconds).toBeLessThan(30);
	if (expected.polls !== undefined) expect(timing.polls).toBe(expected.polls);
	else if (entry.taskId !== undefined) expect(timing.polls).toBeGreaterThan(0);
	else expect(timing.polls).toBe(0);

	expect(item.pairedItem).toEqual({ item: expected.from ?? at });
	expect(Object.keys(item.binary!)).toEqual([binaryField]);
	expect(item.binary![binaryField]).toMatchObject({
		mimeType,
		fileExtension: extensions[format],
		fileName,
		fileType: 'image',
		bytes: bytes.length,
	});
	expect(await lookAt(bytes)).toEqual({ format, width, height });
	if (format === 'png') {
		expect(readImageNotes(bytes)).toEqual({
			provider,
			prompt: entry.prompt,
			job: String(entry.id),
		});
	}
	expect(run.next[at]!.json.files).toEqual({
		[binaryField]: {
			sha256: sha256(bytes),
			bytes: bytes.length,
			mimeType,
			fileName,
			fileExtension: extensions[format],
		},
	});
}

/** The keys that the contract gives the `details` of a failed item. */
const detailKeys = [
	'provider',
	'operation',
	'errorKind',
	'billed',
	'taskId',
	'url',
	'httpStatus',
	'requestId',
] as const;

/** The parts of a failed item's JSON. */
export interface FailedJson {
	error: string;
	details: Partial<Record<(typeof detailKeys)[number], string | number>>;
}

/** Checks a failed item to the letter of the contract, and returns its JSON. */
export function expectFailedItem(
	item: { json: unknown; pairedItem?: unknown; binary?: unknown; error?: unknown } | undefined,
	index: number,
	details: FailedJson['details'],
): FailedJson {
	expect(item).toBeDefined();
	const json = item!.json as FailedJson;
	expect(Object.keys(json).sort()).toEqual(['details', 'error']);
	expect(typeof json.error).toBe('string');
	expect(json.error).not.toBe('');
	const { details: given } = json;
	expect(
		Object.keys(given).filter((key) => !(detailKeys as readonly string[]).includes(key)),
	).toEqual([]);
	expect(given).toMatchObject(details);
	expect(item!.pairedItem).toEqual({ item: index });
	expect(item!.binary).toBeUndefined();
	return json;
}
