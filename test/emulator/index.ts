/** The emulator's door: what tests and benches import. */
export { startEmulator } from './start-emulator';
export { FAULTS } from './faults/fault-kinds';
export type { FaultKind, FaultRule } from './faults/fault-kinds';
export type { ActiveFault, FaultControl } from './faults/faults';
export { plainPng, readImageNotes } from './images/png';
export { GATEWAY_ANSWERS } from './faults/gateway-answers';
export type { GatewayName } from './faults/gateway-answers';
export { documents503 } from './providers';
export { CALLING_PROVIDERS, OPEN_AI_FACES, PROVIDER_IDS } from './types';
export type * from './types';
