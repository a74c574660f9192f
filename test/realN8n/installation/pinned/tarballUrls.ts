/** What of npm's lockfile is read and written here. */
export interface Lockfile {
	packages: Record<string, LockedPackage>;
}

interface LockedPackage {
	/** Set where a package lies under another name than its own. */
	name?: string;
	version?: string;
	resolved?: string;
	link?: boolean;
	optional?: boolean;
	inBundle?: boolean;
}

/**
 * The lockfile with the address of every package at this registry. Ours names no registry, so that any will do; without
 * addresses, npm first reads the list of all versions of each package, which takes longer than the packages themselves.
 * The hashes in the lockfile still decide what is installed.
 */
export function withTarballUrls(lock: Lockfile, registry: string): Lockfile {
	const base = registry.replace(/\/+$/, '');
	const packages = Object.entries(lock.packages).map(([path, locked]) => {
		const {
			name = path.split('node_modules/').at(-1)!,
			version,
			resolved,
			link,
			inBundle,
		} = locked;
		if (path === '' || version === undefined || resolved !== undefined || link || inBundle) {
			return [path, locked] as const;
		}
		const file = `${name.split('/').at(-1)}-${version}.tgz`;
		return [path, { ...locked, resolved: `${base}/${name}/-/${file}` }] as const;
	});
	return { ...lock, packages: Object.fromEntries(packages) };
}
