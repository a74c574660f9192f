import { isPrivateHost, readWebUrl } from './webUrl';

/**
 * Puts a base URL right as users paste it: spaces, trailing slashes, and a path that the adapter adds
 * itself (`/v1`, or a whole endpoint) are taken off.
 *
 * @param wirePaths the paths that will be added, such as `/v1/images/generations`
 * @param versionPath added when no such step is there yet, such as `/v1`
 */
export function readBaseUrl(
	text: string,
	wirePaths: readonly string[],
	versionPath?: string,
): { baseUrl: string } | { reason: string } {
	const read = readWebUrl(text.trim());
	if ('reason' in read) return read;
	const { url } = read;
	if (url.protocol === 'http:' && !isPrivateHost(url.hostname)) {
		return {
			reason:
				'uses http://, which would send the key in the clear; use https:// (http:// is for servers in your own network)',
		};
	}
	let path = url.pathname.replace(/\/+$/, '');
	for (const wirePath of wirePaths) {
		const segments = wirePath.split('/').filter((segment) => segment !== '');
		for (let count = segments.length; count > 0; count -= 1) {
			const pasted = `/${segments.slice(0, count).join('/')}`;
			if (path.endsWith(pasted)) {
				path = path.slice(0, -pasted.length).replace(/\/+$/, '');
				break;
			}
		}
	}
	if (versionPath !== undefined && !`${path}/`.includes(`${versionPath}/`)) path += versionPath;
	return { baseUrl: `${url.origin}${path}` };
}
