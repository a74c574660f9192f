/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createContext, runInContext } from 'node:vm';

/** Runs something that may never end; work that takes longer becomes an error instead of a hang. */
export function within<Result>(milliseconds: number, work: () => Result): Result {
	return runInContext('work()', createContext({ work }), { timeout: milliseconds }) as Result;
}
