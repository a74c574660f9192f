import type { Fault } from '../../edit/fault';
import type { Reply } from '../wire';

/** What tells a page of a protection service from an answer of the provider. */
interface Protection {
	title: string;
	/** A header that only the service sends, and what it holds. */
	header?: readonly [name: string, form: RegExp];
	/** Words of its page. */
	page?: RegExp;
}

/** From the services' own documents and pages. */
const protections: readonly Protection[] = [
	// developers.cloudflare.com: a challenge carries this header; the pages have fixed titles.
	{ title: 'Cloudflare', header: ['cf-mitigated', /challenge/i] },
	{ title: 'Cloudflare', page: /<title>\s*(?:Just a moment|Attention Required! \| Cloudflare)/i },
	{ title: 'Cloudflare', page: /\/cdn-cgi\/challenge-platform\/|Sorry, you have been blocked/i },
	// docs.aws.amazon.com/waf: challenge and CAPTCHA actions.
	{ title: 'AWS WAF', header: ['x-amzn-waf-action', /challenge|captcha/i] },
	{ title: 'Akamai', page: /<title>\s*Access Denied[\s\S]{0,2000}Reference\s*(?:&#32;|\s)?#/i },
	{ title: 'Imperva', page: /_Incapsula_Resource|Incapsula incident ID/i },
	{ title: 'DataDome', header: ['x-datadome', /./] },
	{ title: 'DataDome', page: /geo\.captcha-delivery\.com|ct\.captcha-delivery\.com/i },
	{ title: 'Sucuri', page: /Sucuri WebSite Firewall/i },
	{ title: 'Vercel', header: ['x-vercel-mitigated', /challenge|deny/i] },
	{ title: 'PerimeterX', page: /px-captcha|captcha\.px-cdn\.net/i },
];

/** The title of the service that stopped a request before the provider saw it, if one did. */
export function protectionOf(reply: Reply): string | undefined {
	if (reply.json !== undefined) return undefined;
	const isPage = /<(?:!doctype|html|head|body|title|script)\b/i.test(reply.text);
	return protections.find(({ header, page }) =>
		header === undefined
			? isPage && page!.test(reply.text)
			: header[1].test(reply.headers[header[0]] ?? ''),
	)?.title;
}

/** The fault of a request that a protection stopped. */
export function protectionFault(reply: Reply, provider: string, title: string): Fault {
	const isRefusal = reply.httpStatus >= 400 && reply.httpStatus < 500;
	return {
		kind: 'network',
		message: `A protection in front of ${provider} (${title}) stopped this n8n before ${provider} saw the request (HTTP ${reply.httpStatus})`,
		advice: `${isRefusal ? 'Nothing was billed. ' : ''}The API key is not the reason. Run n8n from another network or IP address, ask ${provider} to allow the address of this n8n, and check the base URL of the credential`,
		httpStatus: reply.httpStatus,
	};
}
