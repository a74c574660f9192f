/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { delimiter, dirname } from 'node:path';

export interface EnvironmentOptions {
	nodeBinary: string;
	/** n8n keeps everything it stores in `.n8n` below this folder. */
	userFolder: string;
	temporaryFolder: string;
	/** The one folder that workflows may read files from and write files to. */
	filesFolder: string;
	port: number;
	/** Where n8n's own code runner waits; every n8n process needs one of its own. */
	taskBrokerPort: number;
	/** Settings of the caller, which win. */
	overrides?: NodeJS.ProcessEnv;
}

/** Settings of whoever starts the test: none of them may change what it tests. */
const INHERITED_AND_UNWANTED =
	/^(n8n_|npm_|db_|queue_|executions_|credentials_|webhook_url$|node_options$|node_env$|jest_|https?_proxy$|all_proxy$)/i;

/** Environment for an n8n that is quiet, calls nobody, and listens on the loopback interface alone. */
export function n8nEnvironment(options: EnvironmentOptions): NodeJS.ProcessEnv {
	const environment: NodeJS.ProcessEnv = {};
	for (const [name, value] of Object.entries(process.env)) {
		if (!INHERITED_AND_UNWANTED.test(name)) environment[name] = value;
	}
	const address = `http://127.0.0.1:${options.port}`;
	return {
		...environment,
		// n8n starts its code runner as `node`: it has to be the Node.js that n8n runs on.
		PATH: [dirname(options.nodeBinary), process.env.PATH].join(delimiter),
		N8N_USER_FOLDER: options.userFolder,
		// n8n leaves a folder for uploads behind in the system's.
		TMPDIR: options.temporaryFolder,
		TEMP: options.temporaryFolder,
		TMP: options.temporaryFolder,
		N8N_RESTRICT_FILE_ACCESS_TO: options.filesFolder,
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
		N8N_PORT: String(options.port),
		N8N_RUNNERS_BROKER_PORT: String(options.taskBrokerPort),
		// Signed binary URLs and callback URLs start with these; the emulator can reach the loopback interface.
		WEBHOOK_URL: `${address}/`,
		N8N_EDITOR_BASE_URL: address,
		// Plain http: the login cookie must not ask for https.
		N8N_SECURE_COOKIE: 'false',
		N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '5',
		// `n8n execute` prints its result as a log line of this level.
		N8N_LOG_LEVEL: 'info',
		GENERIC_TIMEZONE: 'UTC',
		...CALLS_NOBODY,
		...options.overrides,
	};
}

/** Each of these would open a connection to somewhere, or put a banner or a survey over the editor. */
const CALLS_NOBODY = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_AI_ENABLED: 'false',
	EXTERNAL_FRONTEND_HOOKS_URLS: '',
};
