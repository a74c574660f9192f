import { aiml } from './aiml';
import { chainHub } from './chain-hub';
import { dashScope } from './dash-scope';
import { modelVerse } from './model-verse';
import { modelsLab } from './models-lab';
import { odkkk } from './odkkk';
import { openAiCompatible } from './open-ai-compatible';
import type { ProviderEmulation } from './provider';
import type { ProviderId } from '../types';

/** Every provider the emulator speaks as. */
export const PROVIDERS: readonly ProviderEmulation[] = [
	aiml,
	chainHub,
	dashScope,
	modelsLab,
	modelVerse,
	odkkk,
	openAiCompatible,
];

/** Whether the document of a provider says what its HTTP 503 looks like. */
export function documents503(id: ProviderId): boolean {
	return PROVIDERS.some((provider) => provider.id === id && provider.documents503 !== false);
}
