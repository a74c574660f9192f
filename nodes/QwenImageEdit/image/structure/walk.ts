/**
 * What a walk asks for next: some bytes to look at, bytes to pass over, the place behind a certain byte, or the first
 * byte that is another one.
 */
export type Step = { read: number } | { skip: number } | { find: number } | { passOver: number };

/** Follows the structure of one type. It is handed the bytes that it asked to read, and returns at the end. */
export type Walk = Generator<Step, 'reached' | 'unknown', Buffer>;

/** The most bytes that one step reads. */
export const maximumRead = 32;
