import { endByStatus, type RequestEnd } from '../edit/retry';
import type { Reply } from '../wire/wire';
import type { Provider } from './provider';

/** Names the end of a request that was answered with a failing status. */
export function endOfReply(provider: Pick<Provider, 'busy'>, reply: Reply): RequestEnd {
	const isBusy = reply.httpStatus === 503 && provider.busy?.when(reply.json) === true;
	return isBusy ? 'busy' : endByStatus(reply.httpStatus);
}
