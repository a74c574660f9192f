/** A number option of the node itself: its bounds are told in the panel and checked before anything is sent. */
export interface NumberOption {
	label: string;
	minimum: number;
	maximum: number;
	default: number;
	isWhole?: boolean;
}

/** The number options that every provider has. `maxConcurrency` has the provider's own default. */
export const numberOptions = {
	maxConcurrency: {
		label: 'Max Concurrency',
		minimum: 1,
		maximum: 200,
		default: 4,
		isWhole: true,
	},
	maxCost: {
		label: 'Max Cost',
		// Less than any edit costs, and more than anybody spends in one run.
		minimum: 0.001,
		maximum: 1_000_000,
		default: 1,
	},
	maxImageMegabytes: {
		label: 'Max Image Size (MB)',
		minimum: 0.1,
		// n8n reads a stored file into one Buffer when the next node asks for it.
		maximum: 1024,
		default: 100,
	},
	reusePaidEdits: {
		label: 'Reuse Paid Edits (Days)',
		// 0 turns it off, for an expression.
		minimum: 0,
		maximum: 365,
		default: 7,
	},
	timeoutSeconds: {
		label: 'Timeout (Seconds)',
		minimum: 1,
		// 24 hours; timers take no more than 24 days.
		maximum: 86_400,
		// Long enough for a busy queue. A task that takes longer is not lost.
		default: 600,
	},
} as const satisfies Readonly<Record<string, NumberOption>>;

/** The output field that is used when none is set. */
export const defaultBinaryPropertyName = 'data';
