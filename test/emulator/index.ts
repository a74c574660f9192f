/** The emulator's door: what tests and benches import. */
export { startEmulator } from './start-emulator';
export { FAULTS } from './fault-kinds';
export type { FaultKind, FaultRule } from './fault-kinds';
export type { ActiveFault, FaultControl } from './faults';
export { plainPng, readImageNotes } from './png';
export { GATEWAY_ANSWERS } from './gateway-answers';
export type { GatewayName } from './gateway-answers';
export { documents503 } from './providers';
export { OPEN_AI_FACES, PROVIDER_IDS } from './types';
export type * from './types';
