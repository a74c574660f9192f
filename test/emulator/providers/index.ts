import { aiml } from './aiml';
import { chainHub } from './chain-hub';
import { dashScope } from './dash-scope';
import { evoLink } from './evo-link';
import { fal } from './fal';
import { kie } from './kie';
import { modelVerse } from './model-verse';
import { modelsLab } from './models-lab';
import { odkkk } from './odkkk';
import { openAiCompatible } from './open-ai-compatible';
import { replicate } from './replicate';
import { siliconFlow } from './silicon-flow';
import { waveSpeed } from './wave-speed';
import type { ProviderEmulation } from './provider';
import type { ProviderId } from '../types';

/** Every provider the emulator speaks as. */
export const PROVIDERS: readonly ProviderEmulation[] = [
	aiml,
	chainHub,
	dashScope,
	evoLink,
	fal,
	kie,
	modelsLab,
	modelVerse,
	odkkk,
	openAiCompatible,
	replicate,
	siliconFlow,
	waveSpeed,
];

/** Whether the document of a provider says what its HTTP 503 looks like. */
export function documents503(id: ProviderId): boolean {
	return PROVIDERS.some((provider) => provider.id === id && provider.documents503 !== false);
}
