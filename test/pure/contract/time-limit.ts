/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createContext, runInContext } from 'node:vm';

/** One for all calls: making one takes longer than most of the work. */
const room: { work?: () => unknown } = createContext({});

/** Runs something that may never end; work that takes longer becomes an error instead of a hang. */
export function within<Result>(milliseconds: number, work: () => Result): Result {
	room.work = work;
	return runInContext('work()', room, { timeout: milliseconds }) as Result;
}
