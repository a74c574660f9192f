import {
	PROVIDER_IDS,
	type Duration,
	type EmulatorOptions,
	type EmulatorSettings,
	type SettingsPatch,
} from './types';

const DEFAULTS: EmulatorSettings = {
	taskSeconds: 0.3,
	latencyMs: 0,
	editImages: true,
	resultBytes: 0,
	// ModelsLab, pay as you go: five queued requests (PROVIDERS S2). No other document names a limit.
	queueLimit: { modelsLab: 5 },
	queueRetryAfterSeconds: 30,
	fetchInputs: true,
	// Whatever else a document names: a PNG carries whose image it is.
	format: Object.fromEntries(PROVIDER_IDS.map((id) => [id, 'png'])) as EmulatorSettings['format'],
	evoLink: {
		checksImagesIn: 'submit',
		estimatedTimeSeconds: null,
		uploadErrorStatus: 'documented',
	},
	fal: { flags: 'none', stream: 'events' },
	kie: { errorStatus: 'always200', webhookHmacKey: '' },
	replicate: { output: 'list' },
	siliconFlow: { answer: 'images' },
	waveSpeed: { flags: 'none' },
	modelsLab: {
		answer: 'processing',
		etaSeconds: null,
		base64Prefix: false,
		errorStatus: 'always200',
		validationMessage: 'sentence',
	},
	odkkk: { checksImagesIn: 'submit', estimatedTimeSeconds: null },
	// Both in one item and with a prefix, as in the sample of seed 003.
	modelVerse: { answer: 'both', base64Prefix: true },
	aiml: { answer: 'url', nulls: 'none' },
	openAiCompatible: {
		face: 'generic',
		keyRequired: true,
		answer: 'asAsked',
		urlsLeadTo: 'server',
		errorForm: 'asFace',
		refusedField: '',
		model: '',
	},
	dashScope: {
		region: 'beijing',
		keyRegion: 'beijing',
		taskMetric: false,
		linkLifetimeSeconds: 24 * 3600,
		arrearageStatus: 400,
	},
};

/** Lays a patch over settings, in place. A name that does not exist is an error, so that a typo cannot pass. */
export function applySettings(settings: EmulatorSettings, patch: SettingsPatch): void {
	const lay = (target: Record<string, unknown>, over: Record<string, unknown>, path: string) => {
		for (const [name, value] of Object.entries(over)) {
			const free = path === 'queueLimit.' || path === 'latencyMs.' || path === 'taskSeconds.';
			if (!free && !Object.hasOwn(target, name))
				throw new Error(`There is no setting "${path}${name}"`);
			const current = target[name];
			const bothObjects =
				typeof current === 'object' &&
				current !== null &&
				typeof value === 'object' &&
				value !== null;
			if (bothObjects)
				lay(
					current as Record<string, unknown>,
					value as Record<string, unknown>,
					`${path}${name}.`,
				);
			else if (value !== undefined) target[name] = value;
		}
	};
	lay(settings as unknown as Record<string, unknown>, patch as Record<string, unknown>, '');
}

/** The settings an emulator starts with. */
export function settingsFrom(options: EmulatorOptions): EmulatorSettings {
	const settings = structuredClone(DEFAULTS);
	if (options.settings) applySettings(settings, options.settings);
	const { taskSeconds, latencyMs, editImages, resultBytes, queueLimit } = options;
	applySettings(settings, {
		...(taskSeconds !== undefined && { taskSeconds }),
		...(latencyMs !== undefined && { latencyMs }),
		...(editImages !== undefined && { editImages }),
		...(resultBytes !== undefined && { resultBytes }),
		...(queueLimit !== undefined && {
			queueLimit: typeof queueLimit === 'number' ? { modelsLab: queueLimit } : queueLimit,
		}),
	});
	return settings;
}

/** Draws durations; the same order of draws gives the same values on every run. */
export class DurationSource {
	private seed = 1;

	private uniform(): number {
		this.seed = (this.seed + 0x6d2b79f5) | 0;
		let mixed = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	}

	draw(duration: Duration): number {
		if (typeof duration === 'number') return duration;
		const normal =
			Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
		return duration.median * Math.exp(duration.sigma * normal);
	}

	restart(): void {
		this.seed = 1;
	}
}
