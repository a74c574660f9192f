import type { Provider } from '../adapter/provider';
import { aiml } from './aiml';
import { chainHub } from './chainHub';
import { dashScope } from './dashScope';
import { modelsLab } from './modelsLab';
import { modelVerse } from './modelVerse';
import { odkkk } from './odkkk';
import { openAiCompatible } from './openAiCompatible';

/** Every provider of the node, in the order of the Provider list (by title). */
export const providers: readonly Provider[] = [
	aiml,
	chainHub,
	dashScope,
	modelsLab,
	modelVerse,
	odkkk,
	openAiCompatible,
];

/** The provider stored under this id, if there is one. */
export function findProvider(id: unknown): Provider | undefined {
	return providers.find((provider) => provider.id === id);
}
