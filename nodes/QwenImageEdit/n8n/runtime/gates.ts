import { type RateGate, RateGates } from '../../run/pace/rateGate';
import { systemClock } from './clock';
import { digest } from './digest';

/** Shared by all runs of this process, so that a pause that a provider asked for holds for all of them. */
const gates = new RateGates();

/** The gate of a credential at an address. */
export function gateOf(baseUrl: string, key: string): RateGate {
	return gates.of(digest(`${baseUrl} ${key}`), systemClock);
}
