/** What was thrown, as an error. n8n's lint allows no raw value to be thrown again. */
export function asError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}
