/** The store's door: what tests and benches import. */
export { resolveLocalhostNames } from './localhostNames';
export { startS3Process } from './s3Process';
export type { S3Process } from './s3Process';
export { startS3Server } from './s3Server';
export type { S3Server } from './s3Server';
export type * from './types';
