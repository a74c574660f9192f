import { providers } from '../../../nodes/QwenImageEdit/providers';
import { demoCredentials, SERVICE_CREDENTIALS } from '../demo/services/credentials';
import type { Emulator } from '../../emulator/types';
import type { CredentialToImport } from '../instance/home';

/** What the examples name besides the providers: to be looked at on the canvas, not to be used. */
export function canvasCredentials(): CredentialToImport[] {
	return Object.values(SERVICE_CREDENTIALS).map((credential) => ({ ...credential, data: {} }));
}

/** One stored credential for each provider of the node: the demo's, or one of the same form. */
export function panelCredentials(emulator: Emulator): CredentialToImport[] {
	const ready = demoCredentials(emulator);
	return providers.map(({ id, title, credential: { type } }) => {
		const found = ready.find((credential) => credential.type === type);
		if (found !== undefined) return found;
		// No emulation speaks for it yet: the panel can be looked at all the same.
		const data = { apiKey: 'panel-suite-key', baseUrl: `${emulator.apiOrigin}/${id}` };
		return { id: `panel${type}`.slice(0, 30), name: `${title} account`, type, data };
	});
}
