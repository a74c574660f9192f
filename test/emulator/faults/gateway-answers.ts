import type { Answer } from '../server/exchange';
import { html, json, text } from '../server/exchange';

/**
 * What gateways write when the server behind them is late or gone, from their own documents and default pages. The
 * request may have been taken all the same.
 */
export const GATEWAY_ANSWERS = {
	// docs.aws.amazon.com/apigateway: REST API, INTEGRATION_TIMEOUT and INTEGRATION_FAILURE.
	awsRestTimeout: () => json(504, { message: 'Endpoint request timed out' }),
	awsRestFailure: () => json(502, { message: 'Internal server error' }),
	// docs.aws.amazon.com/apigateway: HTTP API.
	awsHttpApi: () => json(503, { message: 'Service Unavailable' }),
	awsHttpApiTimeout: () => json(504, { message: 'Gateway Timeout' }),
	// docs.aws.amazon.com/elasticloadbalancing: the pages of an Application Load Balancer.
	awsLoadBalancer: () => html(503, '503 Service Temporarily Unavailable'),
	// developer.konghq.com: the proxy's own answers.
	kongTimeout: () => json(504, { message: 'The upstream server is timing out', request_id: 'k-1' }),
	kongInvalid: () =>
		json(502, {
			message: 'An invalid response was received from the upstream server',
			request_id: 'k-2',
		}),
	kongNoPeer: () => json(503, { message: 'failure to get a peer from the ring-balancer' }),
	// envoyproxy.io: response flags UF, UH and UT.
	envoyReset: () =>
		text(
			503,
			'upstream connect error or disconnect/reset before headers. reset reason: connection termination',
		),
	envoyNoHost: () => text(503, 'no healthy upstream'),
	envoyTimeout: () => text(504, 'upstream request timeout'),
	// learn.microsoft.com/azure/api-management: the default error body.
	azureInternal: () =>
		json(500, { statusCode: 500, message: 'Internal server error', activityId: 'a-1' }),
	azureUnavailable: () => json(503, { statusCode: 503, message: 'Service Unavailable' }),
	// developers.cloudflare.com: origin errors, as a page and for a client that wants JSON.
	cloudflare502: () => json(502, { title: 'Error 502: Bad gateway', status: 502, error_code: 502 }),
	cloudflare520: () => html(520, '520: Web server is returning an unknown error'),
	cloudflare524: () => html(524, '524: A timeout occurred'),
	cloudflareText: () => text(503, 'error code: 503'),
	// nginx's own pages.
	nginx502: () => html(502, '502 Bad Gateway'),
	nginx504: () => html(504, '504 Gateway Time-out'),
	// devcenter.heroku.com: H12 and H13 have a page.
	heroku: () => html(503, 'Application error'),
} as const satisfies Record<string, () => Answer>;

/** The name of one of them. */
export type GatewayName = keyof typeof GATEWAY_ANSWERS;
