import { keySetHolds, readKeySet } from '../../../nodes/QwenImageEdit/n8n/signature/keySet';
import type { SignedCall } from '../../../nodes/QwenImageEdit/n8n/signature/signedCall';
import { findProvider } from '../../../nodes/QwenImageEdit/providers';
import type { KeySetSignature } from '../../../nodes/QwenImageEdit/wire/callback';

const signature = findProvider('fal')!.task!.callback!.signature as KeySetSignature;

const at = 1_700_000_000;
const requestId = '764cabcf-b745-4b3e-ae38-1200304cf45b';

/**
 * The key of RFC 8037, appendix A. The signature was made with OpenSSL (`openssl pkeyutl -sign -rawin`) over the four
 * lines that fal.ai documents, with the private key of the same appendix.
 */
const right = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };

/** The public keys of RFC 8032, section 7.1, tests 2 and 3. */
const others = [
	'3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
	'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
].map((hex) => ({ ...right, x: Buffer.from(hex, 'hex').toString('base64url') }));

const call: SignedCall = {
	taskId: requestId,
	body: Buffer.from(
		`{"request_id":"${requestId}","gateway_request_id":"${requestId}","status":"OK","payload":{"images":[{"url":"https://v3.fal.media/files/a.png"}],"seed":7}}`,
	),
	headers: {
		'x-fal-webhook-request-id': requestId,
		'x-fal-webhook-user-id': 'github|42',
		'x-fal-webhook-timestamp': String(at),
		'x-fal-webhook-signature':
			'd282bb2778757353a3321d4a67d156ba942dde23781acb56f2d93f168ba4c328bc649c03e3f5316eb1263831c3e97d431a0efd78eafbd28a0550d709f32dfb07',
	},
};

const holds = (
	changed: Partial<SignedCall> = {},
	seconds = at,
	keys: object[] = [...others, right],
): boolean => keySetHolds(signature, { ...call, ...changed }, readKeySet({ keys }), seconds * 1000);

const header = (name: string, value: string): Partial<SignedCall> => ({
	headers: { ...call.headers, [name]: value },
});

it('is believed when one of the keys has signed it', () => {
	expect(holds()).toBe(true);
	expect(holds({}, at, [right])).toBe(true);
	expect(holds({}, at, others)).toBe(false);
	expect(holds({}, at, [])).toBe(false);
});

it('is believed for five minutes, before and after', () => {
	expect([-300, 300].map((seconds) => holds({}, at + seconds))).toEqual([true, true]);
	expect([-301, 301].map((seconds) => holds({}, at + seconds))).toEqual([false, false]);
});

it.each(Object.values(signature.headers))('is not believed without or with another %s', (name) => {
	expect(holds(header(name, ''))).toBe(false);
	expect(holds(header(name, `${call.headers[name]}1`))).toBe(false);
});

it('is not believed with another body', () => {
	expect(holds({ body: Buffer.concat([call.body, Buffer.from('\n')]) })).toBe(false);
	expect(holds({ body: Buffer.alloc(0) })).toBe(false);
});

it('is not believed when lines are shifted from one header into another', () => {
	const user = `x\n${call.headers['x-fal-webhook-user-id']}`;
	expect(holds(header('x-fal-webhook-user-id', user))).toBe(false);
});

it('takes capitals in the hex, and nothing that is no hex of 64 bytes', () => {
	const name = 'x-fal-webhook-signature';
	const said = call.headers[name]!;
	expect(holds(header(name, said.toUpperCase()))).toBe(true);
	for (const wrong of [said.slice(2), `${said}00`, 'z'.repeat(128), '0'.repeat(128)]) {
		expect(holds(header(name, wrong))).toBe(false);
	}
});

it('reads keys in either alphabet, and passes over what is no such key', () => {
	const padded = { x: Buffer.from(right.x, 'base64url').toString('base64') };
	expect(holds({}, at, [padded])).toBe(true);
	const odd: unknown[] = [
		null,
		'text',
		{},
		{ x: 1 },
		{ ...right, crv: 'X25519' },
		{ ...right, kty: 'RSA' },
		{ ...right, x: 'c2hvcnQ' },
	];
	expect(readKeySet({ keys: odd })).toEqual([]);
	for (const json of [undefined, null, [], {}, { keys: {} }, '<html>']) {
		expect(readKeySet(json)).toEqual([]);
	}
	expect(readKeySet({ keys: Array.from({ length: 500 }, () => right) })).toHaveLength(20);
});
