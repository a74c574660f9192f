/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { readFileSync } from 'node:fs';

import { objectUrl } from '../../../nodes/QwenImageEdit/storage/s3/address';
import { maximumLinkSeconds, presignedLink } from '../../../nodes/QwenImageEdit/storage/s3/signing';
import {
	PRESIGNED_LINKS_FILE,
	type PresignedLink,
	type PresignedLinks,
} from '../../thirdParty/presigned/presignedLinks';

const known = JSON.parse(readFileSync(PRESIGNED_LINKS_FILE, 'utf8')) as PresignedLinks;
/** A URL with such a step is another URL. The address of a bucket refuses them in its prefix. */
const links = known.links.filter(({ key }) => !/(^|\/)\.{1,2}(\/|$)/.test(key));
const { accessKeyId, secretAccessKey, expiresSeconds } = known;

function addressOf({ endpoint, region, bucket, pathStyle }: PresignedLink) {
	return { endpoint, region, bucket, forcePathStyle: pathStyle, prefix: '' };
}

/** AWS's presigner writes the same parameters in another order. */
function parametersOf(url: string): Record<string, string> {
	return Object.fromEntries(new URL(url).searchParams);
}

describe('a presigned link', () => {
	it('is compared with enough of those that AWS makes', () => {
		expect(links.length).toBeGreaterThan(50);
	});

	it.each(links.map((link) => [`${link.endpoint} ${link.key}`, link] as const))(
		'%s is the one that AWS makes',
		async (_name, link) => {
			const url = await presignedLink(
				objectUrl(addressOf(link), link.key),
				expiresSeconds,
				{ accessKeyId, secretAccessKey, region: link.region },
				Date.parse(known.signedAt),
			);
			expect(parametersOf(url)).toEqual(parametersOf(link.url));
			expect(new URL(url).origin + new URL(url).pathname).toBe(
				new URL(link.url).origin + new URL(link.url).pathname,
			);
		},
	);

	it('lives no longer than AWS allows', async () => {
		const [link] = known.links as [PresignedLink];
		const key = { accessKeyId, secretAccessKey, region: link.region };
		const url = await presignedLink(objectUrl(addressOf(link), 'a'), 10 * 86_400, key, 0);
		expect(parametersOf(url)['X-Amz-Expires']).toBe(String(maximumLinkSeconds));
	});
});
