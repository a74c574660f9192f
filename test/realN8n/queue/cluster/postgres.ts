/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../../processes/command';
import { reservePorts } from '../../../processes/reservedPorts';
import { BackgroundProcess } from '../../../processes/backgroundProcess';
import { findOrInstall } from '../../../processes/installedProgram';

const USER = 'n8n';
/** Debian keeps each version's programs apart, and not on the path. */
const DEBIAN_FOLDER = '/usr/lib/postgresql';

export interface Postgres {
	port: number;
	/** n8n's settings for this database. */
	environment: NodeJS.ProcessEnv;
	stop(): Promise<string>;
}

/** The program that makes a PostgreSQL; installed first where it is missing, with the others beside it. */
export async function findPostgres(log: (line: string) => void): Promise<string> {
	const folders = debianFolders;
	return await findOrInstall({ binaries: ['initdb'], folders, debianPackage: 'postgresql' }, log);
}

/** Starts a new, empty PostgreSQL in the folder: the database that n8n supports in queue mode. */
export async function startPostgres(
	folder: string,
	log: (line: string) => void,
): Promise<Postgres> {
	const initdb = await findPostgres(log);
	const data = join(folder, 'postgres');
	mkdirSync(data, { recursive: true });
	const user = unprivilegedUser();
	if (user !== undefined) {
		chownSync(data, user.uid, user.gid);
		// PostgreSQL will not run as root, and its user has to get through to its folder.
		chmodSync(folder, 0o711);
	}
	const options = { workingDirectory: data, user };
	const made = BackgroundProcess.start(
		initdb,
		['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
		{ ...options, logFile: join(folder, 'initdb.log') },
	);
	const ended = await made.ended;
	if (ended !== 'code 0') throw new Error(`initdb ended with ${ended}\n${made.log}`);

	const [port = 0] = await reservePorts(1);
	const programs = join(initdb, '..');
	const server = BackgroundProcess.start(
		join(programs, 'postgres'),
		['-D', data, '-p', String(port), '-k', data, '-c', 'listen_addresses=127.0.0.1'],
		{ ...options, logFile: join(folder, 'postgres.log') },
	);
	const address = ['-h', '127.0.0.1', '-p', String(port), '-U', USER];
	await server.becomesReady(async () => {
		await runCommand(join(programs, 'pg_isready'), address, { workingDirectory: data });
		return true;
	}, 20);
	await runCommand(join(programs, 'createdb'), [...address, USER], { workingDirectory: data });
	return {
		port,
		environment: {
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(port),
			DB_POSTGRESDB_DATABASE: USER,
			DB_POSTGRESDB_USER: USER,
			DB_POSTGRESDB_PASSWORD: 'trusted anyway',
		},
		// SIGINT is PostgreSQL's "fast shutdown": it does not wait for n8n to hang up.
		stop: async () => await server.stop('SIGINT'),
	};
}

function debianFolders(): string[] {
	if (!existsSync(DEBIAN_FOLDER)) return [];
	return readdirSync(DEBIAN_FOLDER)
		.sort((one, other) => Number(other) - Number(one))
		.map((version) => join(DEBIAN_FOLDER, version, 'bin'));
}

/** The user that Debian's package makes; `undefined` when we are not root and run it as ourselves. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const line = readFileSync('/etc/passwd', 'utf8')
		.split('\n')
		.find((one) => one.startsWith('postgres:'));
	if (line === undefined) throw new Error('There is no user "postgres", and root may not run it');
	const [, , uid, gid] = line.split(':');
	return { uid: Number(uid), gid: Number(gid) };
}
