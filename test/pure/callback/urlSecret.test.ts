import { readUrlSecret, withUrlSecret } from '../../../nodes/QwenImageEdit/n8n/signature/urlSecret';

const webhookId = '5f8a1c1e-0000-4000-8000-1234567890ab';
const production = `https://n8n.example.com/webhook/${webhookId}/qwen-image-edit`;
const key = 'key-of-the-account';

const secretIn = (url: string): string => new URL(url).searchParams.get('secret') ?? '';

it('is put into the URL of a trigger, for production and for a test', () => {
	const filled = withUrlSecret(production, '', key);
	expect(filled).toMatch(new RegExp(`^${production}\\?secret=[0-9a-f]{64}$`));
	expect(readUrlSecret(secretIn(filled), webhookId, key)).toEqual({ state: 'right', note: '' });
	const test = withUrlSecret(production.replace('/webhook/', '/webhook-test/'), '', key);
	expect(secretIn(test)).toBe(secretIn(filled));
});

it('is an HMAC that n8n can make too, for those who submit by other means', () => {
	// printf 'callback\n%s\n' ID | openssl dgst -sha256 -hmac key-of-the-account
	expect(secretIn(withUrlSecret(production, '', key))).toBe(
		'6a31996d2b74cdecd9fb92ed63b36dbb716b98a96d34345185b9622fc3050101',
	);
});

it('keeps a note that only the same key can have written', () => {
	const note = 'fal-ai/qwen-image-edit-2511';
	const said = secretIn(withUrlSecret(production, note, key));
	expect(readUrlSecret(said, webhookId, key)).toEqual({ state: 'right', note });
	const [secret] = said.split('.');
	const other = Buffer.from('fal-ai/other').toString('base64url');
	for (const wrong of [`${secret}.${other}`, secret!, `${said}x`]) {
		expect(readUrlSecret(wrong, webhookId, key)).toEqual({ state: 'wrong', note: '' });
	}
});

it('leaves any other URL as it is', () => {
	for (const url of [
		'https://example.com/webhook/edited',
		'https://example.com/qwen-image-edit',
		`${production}/more`,
		'not a URL',
		'',
	]) {
		expect(withUrlSecret(url, '', key)).toBe(url);
	}
});

it('keeps other parameters, and replaces a secret that was pasted with the URL', () => {
	const once = withUrlSecret(`${production}?tenant=7`, '', key);
	expect(new URL(once).searchParams.get('tenant')).toBe('7');
	expect(withUrlSecret(once, '', key)).toBe(once);
});

it('belongs to one trigger and one key', () => {
	const said = secretIn(withUrlSecret(production, '', key));
	expect(readUrlSecret(said, webhookId, 'another key').state).toBe('wrong');
	expect(readUrlSecret(said, 'another-trigger', key).state).toBe('wrong');
	expect(readUrlSecret('', webhookId, key).state).toBe('absent');
	expect(readUrlSecret(said.toUpperCase(), webhookId, key).state).toBe('wrong');
});

it('does not hold the key', () => {
	expect(withUrlSecret(production, '', key)).not.toContain(key);
});
