import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

/** One DER element: tag, length, content. */
function der(tag: number, ...content: Buffer[]): Buffer {
	const body = Buffer.concat(content);
	const { length } = body;
	const head =
		length < 128
			? [length]
			: length < 256
				? [0x81, length]
				: [0x82, Math.floor(length / 256), length % 256];
	return Buffer.concat([Buffer.from([tag, ...head]), body]);
}

const sequence = (...content: Buffer[]): Buffer => der(0x30, ...content);
const identifier = (...bytes: number[]): Buffer => der(0x06, Buffer.from(bytes));
const time = (date: Date): Buffer =>
	der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]|\.\d+/g, '')}`, 'latin1'));

/** ecdsa-with-SHA256, commonName, subjectAltName as DER object identifiers. */
const signatureAlgorithm = sequence(identifier(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const commonName = identifier(0x55, 0x04, 0x03);
const subjectAltName = identifier(0x55, 0x1d, 0x11);

/**
 * A self-signed certificate for some host names, made anew each time: no private key lies in the repository,
 * and no tool has to be installed to make one. Valid for a day.
 */
export function makeCertificate(hosts: readonly string[]): { key: string; cert: string } {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const name = sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from(hosts[0]!)))));
	const now = Date.now();
	const names = sequence(...hosts.map((host) => der(0x82, Buffer.from(host, 'latin1'))));
	const body = sequence(
		der(0xa0, der(0x02, Buffer.from([2]))),
		der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
		signatureAlgorithm,
		name,
		sequence(time(new Date(now - 3_600_000)), time(new Date(now + 86_400_000))),
		name,
		publicKey.export({ type: 'spki', format: 'der' }),
		der(0xa3, sequence(sequence(subjectAltName, der(0x04, names)))),
	);
	const signature = createSign('sha256').update(body).sign(privateKey);
	const whole = sequence(body, signatureAlgorithm, der(0x03, Buffer.from([0]), signature));
	const lines = whole.toString('base64').replace(/.{64}/g, '$&\n').trim();
	return {
		key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
		cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
	};
}
