import type { RunningInstance } from './start';

/** n8n ties a login to the browser that made it: the same constant goes into the browser's storage. */
const BROWSER_ID = 'panel-suite';

/** The owner's login at one n8n, for its REST interface and for the browser. */
export class Session {
	private constructor(
		readonly url: string,
		private readonly cookie: string,
	) {}

	/** Logs the owner in. */
	static async open({ url, email, password }: RunningInstance): Promise<Session> {
		const reply = await fetch(`${url}/rest/login`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'browser-id': BROWSER_ID },
			body: JSON.stringify({ emailOrLdapLoginId: email, password }),
		});
		const cookie = reply.headers
			.getSetCookie()
			.map((line) => /^n8n-auth=([^;]+)/.exec(line)?.[1])
			.find((value) => value !== undefined);
		if (!reply.ok || cookie === undefined)
			throw new Error(`n8n refused the login: ${reply.status}`);
		return new Session(url, cookie);
	}

	/** What a browser has to hold to be logged in. */
	get browserState() {
		const { origin, hostname } = new URL(this.url);
		return {
			cookies: [
				{
					name: 'n8n-auth',
					value: this.cookie,
					domain: hostname,
					path: '/',
					expires: -1,
					httpOnly: true,
					secure: false,
					sameSite: 'Lax' as const,
				},
			],
			origins: [{ origin, localStorage: [{ name: 'n8n-browserId', value: BROWSER_ID }] }],
		};
	}

	/** A file that an execution has put out, by the id in its binary data. */
	async readBinary(id: string | undefined): Promise<Buffer> {
		const address = `${this.url}/rest/binary-data?id=${encodeURIComponent(id ?? '')}&action=download`;
		const headers = { 'browser-id': BROWSER_ID, cookie: `n8n-auth=${this.cookie}` };
		const reply = await fetch(address, { headers });
		if (!reply.ok) throw new Error(`No binary data ${id}: ${reply.status}`);
		return Buffer.from(await reply.arrayBuffer());
	}

	/** A call of n8n's REST interface. Throws with n8n's words unless it succeeds. */
	async request(method: string, path: string, body?: unknown): Promise<unknown> {
		const reply = await fetch(`${this.url}/rest${path}`, {
			method,
			headers: {
				'content-type': 'application/json',
				'browser-id': BROWSER_ID,
				cookie: `n8n-auth=${this.cookie}`,
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await reply.text();
		if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text.slice(0, 500)}`);
		return (JSON.parse(text) as { data: unknown }).data;
	}
}
