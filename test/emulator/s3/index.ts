/** The store's door: what tests and benches import. */
export { resolveLocalhostNames } from './localhostNames';
export { startS3Server } from './s3Server';
export type { S3Server } from './s3Server';
export type * from './types';
