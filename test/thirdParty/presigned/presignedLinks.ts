/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { join } from 'node:path';

/** Where the links are kept, for tests that have no AWS packages. */
export const PRESIGNED_LINKS_FILE = join(__dirname, 'presignedLinks.json');

/** GET links that AWS's own presigner makes, with its example account and at a fixed time. */
export interface PresignedLinks {
	madeBy: string;
	accessKeyId: string;
	secretAccessKey: string;
	/** When they were signed, ISO 8601. */
	signedAt: string;
	expiresSeconds: number;
	links: PresignedLink[];
}

export interface PresignedLink {
	endpoint: string;
	region: string;
	bucket: string;
	/** Whether the bucket stands in the path, and not in the host. */
	pathStyle: boolean;
	key: string;
	url: string;
}

/** Keys that are easily encoded wrongly, with the one of AWS's document at the head. */
export const ODD_KEYS = [
	'test.txt',
	'two words.png',
	' both ends ',
	'über/日本/🖼️.jpg',
	'a+b.png',
	'//double//slashes//',
	"'quotes' (brackets) * ! ~ - _ .",
	'100%.png',
	'already%20encoded%2F.png',
	'a=b&c=d.png',
	'hash#and?question.png',
	'semi;colon:comma,at@dollar$.png',
	'../dots/./here',
	'back\\slash|<tag>"^`{}[]',
] as const;

const STORES = [
	// The one of AWS's document.
	{ endpoint: 'https://s3.amazonaws.com', region: 'us-east-1', pathStyle: false },
	{ endpoint: 'https://s3.eu-central-1.amazonaws.com', region: 'eu-central-1', pathStyle: true },
	{ endpoint: 'https://account.r2.cloudflarestorage.com', region: 'auto', pathStyle: true },
	{ endpoint: 'http://127.0.0.1:9000', region: 'us-east-1', pathStyle: true },
	{ endpoint: 'http://localhost:9000', region: 'us-east-1', pathStyle: false },
];
const BUCKET = 'examplebucket';
const SIGNED_AT = '2013-05-24T00:00:00.000Z';
const EXPIRES_SECONDS = 86_400;
/** AWS's example account. */
const [ACCESS_KEY, SECRET] = ['AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'];

/** What is used of AWS's packages. */
interface Aws {
	client: {
		S3Client: new (settings: object) => {
			middlewareStack: { add(middleware: unknown, options: object): void };
		};
		GetObjectCommand: new (input: object) => unknown;
	};
	presigner: {
		getSignedUrl(client: unknown, command: unknown, options: object): Promise<string>;
	};
	version: string;
}

/** Lets AWS's presigner make the links. */
export async function makePresignedLinks({
	client,
	presigner,
	version,
}: Aws): Promise<PresignedLinks> {
	const links: PresignedLink[] = [];
	for (const { endpoint, region, pathStyle } of STORES) {
		const s3 = new client.S3Client({
			endpoint,
			region,
			forcePathStyle: pathStyle,
			credentials: { accessKeyId: ACCESS_KEY, secretAccessKey: SECRET },
			requestChecksumCalculation: 'WHEN_REQUIRED',
			responseChecksumValidation: 'WHEN_REQUIRED',
		});
		s3.middlewareStack.add(withoutOperationName, { step: 'build', priority: 'high' });
		for (const key of ODD_KEYS) {
			const url = await presigner.getSignedUrl(
				s3,
				new client.GetObjectCommand({ Bucket: BUCKET, Key: key }),
				{
					expiresIn: EXPIRES_SECONDS,
					signingDate: new Date(SIGNED_AT),
					// The parameters of AWS's document and no others.
					unhoistableHeaders: new Set(['x-amz-content-sha256']),
					unsignableHeaders: new Set(['x-amz-content-sha256']),
				},
			);
			links.push({ endpoint, region, bucket: BUCKET, pathStyle, key, url });
		}
	}
	return {
		madeBy: `@aws-sdk/s3-request-presigner ${version}`,
		accessKeyId: ACCESS_KEY,
		secretAccessKey: SECRET,
		signedAt: SIGNED_AT,
		expiresSeconds: EXPIRES_SECONDS,
		links,
	};
}

/** The client tells AWS in the query which operation it means; nobody else does. */
const withoutOperationName =
	(next: (call: unknown) => unknown) =>
	(call: { request: { query: Record<string, unknown> } }): unknown => {
		delete call.request.query['x-id'];
		return next(call);
	};
