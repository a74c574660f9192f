import { hmacHolds } from '../../../nodes/QwenImageEdit/n8n/signature/hmac';
import type { SignedCall } from '../../../nodes/QwenImageEdit/n8n/signature/signedCall';
import { findProvider } from '../../../nodes/QwenImageEdit/providers';
import type { HmacSignature } from '../../../nodes/QwenImageEdit/wire/callback';

/** A call that was signed by somebody else than the code under test. */
interface Vector {
	signature: HmacSignature;
	/** What the signer used; from the specification, or made up. */
	signedWith: string;
	call: SignedCall;
	/** When it was signed, in seconds since the epoch. */
	at: number;
}

const signatureOf = (provider: string): HmacSignature => {
	const signature = findProvider(provider)?.task?.callback?.signature;
	if (signature?.kind !== 'hmac') throw new Error(`${provider} signs otherwise`);
	return signature;
};

const standard = (id: string, timestamp: number, signature: string) => ({
	'webhook-id': id,
	'webhook-timestamp': String(timestamp),
	'webhook-signature': signature,
});

const ofTheSpecification = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const vectors: Record<string, Vector> = {
	// The example of the Standard Webhooks specification, which Replicate follows.
	'Replicate, from the specification': {
		signature: signatureOf('replicate'),
		signedWith: ofTheSpecification,
		at: 1_614_265_330,
		call: {
			taskId: '',
			body: Buffer.from('{"test": 2432232314}'),
			headers: standard(
				'msg_p5jXN8AQM9LWM0D4loKWxJek',
				1_614_265_330,
				'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
			),
		},
	},
	// The vectors below were made with OpenSSL (`openssl dgst -sha256 -mac HMAC`) from the text of the document.
	'Replicate, with letters of more than one byte': {
		signature: signatureOf('replicate'),
		signedWith: ofTheSpecification,
		at: 1_700_000_000,
		call: {
			taskId: 'gm3qorzdhgbfurvjtvhg6dckhu',
			body: Buffer.from(
				'{"id":"gm3qorzdhgbfurvjtvhg6dckhu","status":"succeeded","output":["https://replicate.delivery/a.png"],"note":"café – 🎨"}',
			),
			headers: standard(
				'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W',
				1_700_000_000,
				'v1,I27JBAqEtthgxtCQm9spLLfYeYNCTlXieoHvLOCQAY8=',
			),
		},
	},
	WaveSpeedAI: {
		signature: signatureOf('waveSpeed'),
		signedWith: 'whsec_b1946ac92492d2347c6235b4d2611184',
		at: 1_700_000_000,
		call: {
			taskId: '24d0f4d7c8a04d07b9ff9a4c0bd1d1b0',
			body: Buffer.from(
				'{"id":"24d0f4d7c8a04d07b9ff9a4c0bd1d1b0","model":"wavespeed-ai/qwen-image/edit-2511","status":"completed","outputs":["https://cdn.example/1.png"]}',
			),
			headers: standard(
				'45b392b22c3b449fa935bd4b4c5d6e7f',
				1_700_000_000,
				'v3,a55b620ba514f4f23e59af8200c10c6c7933643492053128c8d5007e97e89329',
			),
		},
	},
	'Kie.ai': {
		signature: signatureOf('kie'),
		signedWith: 'kie-hmac-key-0123456789',
		at: 1_700_000_000,
		call: {
			taskId: 'task_qwen_1765179676651',
			body: Buffer.from('{"data":{"taskId":"task_qwen_1765179676651"}}'),
			headers: {
				'x-webhook-timestamp': '1700000000',
				'x-webhook-signature': 'M1rpk+ZxqMYuhHqKi4bW6LoRpHdo/z4e8ekF4MLY+wU=',
			},
		},
	},
};

describe.each(Object.entries(vectors))('%s', (_name, { signature, signedWith: key, call, at }) => {
	const holds = (changed: Partial<SignedCall> = {}, seconds = at, other = key): boolean =>
		hmacHolds(signature, { ...call, ...changed }, other, seconds * 1000);
	const header = (name: string, value: string): Partial<SignedCall> => ({
		headers: { ...call.headers, [name]: value },
	});
	const said = call.headers[signature.headers.signature]!;

	it('is believed', () => {
		expect(holds()).toBe(true);
	});

	it('is believed with the secret in either form, as people copy it', () => {
		expect(holds({}, at, ` ${key.replace('whsec_', '')}\n`)).toBe(true);
	});

	it('is not believed with another secret, or without one', () => {
		expect(holds({}, at, 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')).toBe(false);
		expect(holds({}, at, '')).toBe(false);
		expect(holds({}, at, 'whsec_')).toBe(false);
	});

	it('is believed for five minutes, before and after', () => {
		expect([-300, 300].map((seconds) => holds({}, at + seconds))).toEqual([true, true]);
		expect([-301, 301].map((seconds) => holds({}, at + seconds))).toEqual([false, false]);
	});

	it('is not believed when anything that is signed was changed', () => {
		if (signature.signs.includes('body')) {
			expect(holds({ body: Buffer.concat([call.body, Buffer.from(' ')]) })).toBe(false);
		}
		if (signature.signs.includes('taskId')) expect(holds({ taskId: 'task_other' })).toBe(false);
		if (signature.headers.id !== undefined) {
			expect(holds(header(signature.headers.id, 'msg_other'))).toBe(false);
		}
		expect(holds(header(signature.headers.timestamp, String(at + 1)))).toBe(false);
	});

	it.each(Object.values(signature.headers))('is not believed without %s', (name) => {
		expect(holds(header(name, ''))).toBe(false);
	});

	it.each(['NaN', '-1', '1e9', '0x65', ' 1700000000', '1700000000.5', '9'.repeat(20)])(
		'is not believed with the time %s',
		(timestamp) => {
			expect(holds(header(signature.headers.timestamp, timestamp))).toBe(false);
		},
	);

	it('is not believed with half a signature, a longer one, or none behind the version', () => {
		const wrong = [said.slice(0, -2), `${said}00`, `${signature.version ?? ''},`, 'x', '🎨'];
		for (const value of wrong)
			expect(holds(header(signature.headers.signature, value))).toBe(false);
	});

	it('is believed among signatures of an older secret, of its own version only', () => {
		if (signature.version === undefined) return;
		const name = signature.headers.signature;
		const other = `${signature.version},${said.split(',')[1]!.split('').reverse().join('')}`;
		expect(holds(header(name, `${other} ${said}`))).toBe(true);
		expect(holds(header(name, `v9${said.slice(2)}`))).toBe(false);
		// A header without end costs no more than ten comparisons.
		expect(holds(header(name, `${`${other} `.repeat(10)}${said}`))).toBe(false);
	});
});
