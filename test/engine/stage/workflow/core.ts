/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import './setup';

import { createRequire } from 'node:module';

/**
 * Requires as n8n-core does. Its container of services has to be the very copy that n8n-core uses, and other
 * packages bring copies of other versions, so it is not the one that a plain import would find.
 */
const requireFromCore = createRequire(require.resolve('n8n-core/package.json'));

/** The container that holds n8n-core's services. */
export const { Container } = requireFromCore('@n8n/di') as typeof import('@n8n/di');

/** The class under which the container keeps n8n's logger. */
export const { Logger } = requireFromCore(
	'@n8n/backend-common',
) as typeof import('@n8n/backend-common');
