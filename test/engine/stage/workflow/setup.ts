/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
/**
 * Must be imported before anything of n8n-core: n8n reads its settings when its modules load, and its
 * dependency injection needs the metadata of reflect-metadata.
 */
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Everything the engine writes (settings, stored binaries) lies here and is removed at the end. */
export const engineFolder = mkdtempSync(join(tmpdir(), 'n8n-engine-'));

process.env.N8N_USER_FOLDER = engineFolder;
process.env.N8N_ENCRYPTION_KEY = 'key-of-the-test-engine';
process.env.N8N_BINARY_DATA_SIGNING_SECRET = 'signing-secret-of-the-test-engine';
process.env.N8N_DEFAULT_BINARY_DATA_MODE = 'filesystem';
process.env.N8N_LOG_LEVEL = 'debug';
// What the machine has set must not lead requests to loopback servers through a proxy, nor store elsewhere.
for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']) {
	delete process.env[name];
	delete process.env[name.toLowerCase()];
}
delete process.env.N8N_STORAGE_PATH;
delete process.env.N8N_BINARY_DATA_STORAGE_PATH;

const removeFolder = (): void => rmSync(engineFolder, { recursive: true, force: true });
if (typeof afterAll === 'function') afterAll(removeFolder);
else process.once('exit', removeFolder);
