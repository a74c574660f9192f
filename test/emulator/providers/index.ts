import { aiml } from './aiml';
import { chainHub } from './chain-hub';
import { modelVerse } from './model-verse';
import { modelsLab } from './models-lab';
import { odkkk } from './odkkk';
import type { ProviderEmulation } from './provider';

/** Every provider the emulator speaks as. */
export const PROVIDERS: readonly ProviderEmulation[] = [
	aiml,
	chainHub,
	modelsLab,
	modelVerse,
	odkkk,
];
