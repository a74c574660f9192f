/** What one model takes. */
export interface DashScopeModel {
	/** Most images in one message. */
	mostImages: number;
	/** Most images made in one call. */
	mostResults: number;
	/** How `size` is limited; absent: the model takes none. */
	size?: 'sides' | 'pixels' | 'pixelsAndRatio';
	/** Whether `prompt_extend` means anything. */
	extendsPrompt: boolean;
	/** Without a size: about 1024*1024 pixels, or the size of the last input image. */
	defaultSize: 'megapixel' | 'lastInput';
}

const edit: DashScopeModel = {
	mostImages: 3,
	mostResults: 6,
	size: 'sides',
	extendsPrompt: true,
	defaultSize: 'megapixel',
};

/** The 2.0 series: "Default: same as the input image" (alibabacloud.com, "Qwen - image editing", 3 March 2026). */
const unified: DashScopeModel = { ...edit, size: 'pixels', defaultSize: 'lastInput' };

const third: DashScopeModel = { ...unified, size: 'pixelsAndRatio' };

/** The models and what each takes (provider research O1). Their output is PNG. */
export const DASH_SCOPE_MODELS: Readonly<Record<string, DashScopeModel>> = {
	'qwen-image-edit': {
		mostImages: 3,
		mostResults: 1,
		extendsPrompt: false,
		defaultSize: 'megapixel',
	},
	'qwen-image-edit-plus': edit,
	'qwen-image-edit-plus-2025-10-30': edit,
	'qwen-image-edit-plus-2025-12-15': edit,
	'qwen-image-edit-max': edit,
	'qwen-image-edit-max-2026-01-16': edit,
	'qwen-image-2.0': unified,
	'qwen-image-2.0-2026-03-03': unified,
	'qwen-image-2.0-pro': unified,
	'qwen-image-2.0-pro-2026-03-03': unified,
	'qwen-image-2.0-pro-2026-04-22': unified,
	'qwen-image-2.0-pro-2026-06-22': unified,
	'qwen-image-2.1-pro': { ...unified, mostImages: 10 },
	'qwen-image-3.0': third,
	'qwen-image-3.0-pro': third,
};

const STEP = 16;
const LEAST_SIDE = 512;
const MOST_SIDE = 2048;
const MOST_RATIO = 8;

export interface PixelSize {
	width: number;
	height: number;
}

/** To the next multiple of 16, halves to the even one: 1033*1032 becomes 1040*1024 (provider research O1). */
function rounded(side: number): number {
	const steps = side / STEP;
	const nearest = Math.round(steps);
	const even = steps % 1 === 0.5 && nearest % 2 === 1 ? nearest - 1 : nearest;
	return Math.max(1, even) * STEP;
}

/** The size that is made without being asked for. */
export function defaultSize(model: DashScopeModel, last: PixelSize): PixelSize {
	const { width, height } = last;
	const scale = model.defaultSize === 'lastInput' ? 1 : 1024 / Math.sqrt(width * height);
	return { width: rounded(width * scale), height: rounded(height * scale) };
}

/** What is wrong with a size that was asked for, or the size that is made. */
export function readSize(
	model: DashScopeModel,
	text: string,
	last: PixelSize,
): PixelSize | { problem: string } {
	if (model.size === undefined) return { problem: 'size is not supported by this model' };
	if (text === 'auto' && model.size === 'pixelsAndRatio') return defaultSize(model, last);
	const parts = /^(\d+)\*(\d+)$/.exec(text);
	if (!parts) return { problem: 'size must look like 1024*1024' };
	const [width, height] = [Number(parts[1]), Number(parts[2])];
	if (
		model.size === 'sides' &&
		[width, height].some((side) => side < LEAST_SIDE || side > MOST_SIDE)
	) {
		return { problem: `size: width and height must be in [${LEAST_SIDE}, ${MOST_SIDE}]` };
	}
	const pixels = width * height;
	if (pixels < LEAST_SIDE * LEAST_SIDE || pixels > MOST_SIDE * MOST_SIDE) {
		return { problem: 'size: total pixels must be between 512*512 and 2048*2048' };
	}
	const ratio = Math.max(width, height) / Math.min(width, height);
	if (model.size === 'pixelsAndRatio' && ratio > MOST_RATIO) {
		return { problem: 'size: the ratio must be between 1:8 and 8:1' };
	}
	return { width: rounded(width), height: rounded(height) };
}
