import type { Need } from './needs';

/** A part of the end-to-end tests: a program of its own that says how many checks it made. */
export interface Part {
	/** What it shows, for the table at the end. */
	shows: string;
	command: readonly string[];
	needs: readonly Need[];
	/** Whether it needs the whole machine: what it shows has to happen at the same time, or within seconds. */
	isAlone?: true;
}

/**
 * Everything that needs more than npm: a real n8n, a browser, Redis, servers that nobody here wrote. In the order in
 * which they begin: what runs alone, then the longest. Each has its n8n, ports and folders to itself.
 */
export const PARTS: Readonly<Record<string, Part>> = {
	queue: {
		shows: 'queue mode: Redis, one main, two workers',
		command: ['npm', 'run', 'queue'],
		needs: ['n8n', 'redis', 'postgres'],
		isAlone: true,
	},
	kill: {
		shows: 'n8n killed in the middle of paid work',
		command: ['npm', 'run', 'kill'],
		needs: ['n8n'],
		isAlone: true,
	},
	panel: {
		shows: 'the editor in a real browser',
		command: ['npm', 'run', 'panel'],
		needs: ['n8n', 'chromium'],
	},
	versions: {
		shows: 'the oldest n8n that is claimed',
		command: ['npm', 'run', 'versions'],
		needs: ['n8n', 'olderN8n'],
	},
	examples: {
		shows: 'every example workflow in a real n8n',
		command: ['npm', 'run', 'demo', '--', '--headless', '--all-examples'],
		needs: ['n8n', 'chromium', 'graphicsMagick'],
	},
	callbacks: {
		shows: 'providers that call a trigger, some twice, with n8n restarted in between',
		command: ['npm', 'run', 'callbacks'],
		needs: ['n8n'],
	},
	neighbours: {
		shows: 'another package with our old credential names in the same n8n',
		command: ['npm', 'run', 'neighbours'],
		needs: ['n8n'],
	},
	clients: {
		shows: "the providers' own clients against the emulator",
		command: ['npx', 'jest', '--config', 'test/thirdParty/jest.config.js'],
		needs: ['n8n', 'clients'],
	},
	thirdParty: {
		shows: 'servers and clients that nobody here wrote',
		command: ['npx', 'jest', '--config', 'test/realN8n/thirdParty/jest.config.js'],
		needs: ['n8n', 'servers'],
	},
};
