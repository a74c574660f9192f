import type { Provider } from '../adapter/provider';
import { aiml } from './aiml';
import { chainHub } from './chainHub';
import { dashScope } from './dashScope';
import { evoLink } from './evoLink';
import { fal } from './fal';
import { kie } from './kie';
import { modelsLab } from './modelsLab';
import { modelVerse } from './modelVerse';
import { odkkk } from './odkkk';
import { openAiCompatible } from './openAiCompatible';
import { replicate } from './replicate';
import { siliconFlow } from './siliconFlow';
import { waveSpeed } from './waveSpeed';

/** Every provider of the node, in the order of the Provider list (by title). */
export const providers: readonly Provider[] = [
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

/** The provider stored under this id, if there is one. */
export function findProvider(id: unknown): Provider | undefined {
	return providers.find((provider) => provider.id === id);
}
