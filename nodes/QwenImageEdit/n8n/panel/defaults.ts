/** What holds when an option is not set; shown in the panel, and used by the runner. */
export const defaults = {
	binaryPropertyName: 'data',
	/** Long enough for a busy queue; a task that takes longer is not lost, only waited for no more. */
	timeoutSeconds: 600,
	maxImageMegabytes: 100,
} as const;
