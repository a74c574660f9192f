import { EditFault, type ErrorKind } from '../../edit/fault';
import { htmlText, plainText } from '../../wire/text/plainText';

/** What a store answered, as far as it was read. */
export interface StoreReply {
	httpStatus: number;
	/** By lower-case name. */
	headers: Readonly<Record<string, string>>;
	text: string;
}

interface Meaning {
	kind: ErrorKind;
	advice: string;
}

const keyAdvice = 'Check Access Key ID, Secret Access Key and Region in the storage credential';

/** By the codes of AWS's S3 API reference ("Error responses"), and those of MinIO and Cloudflare R2. */
const meanings: Readonly<Record<string, Meaning>> = {
	AccessDenied: {
		kind: 'credential',
		advice:
			'The key may not do this: it needs to put, get and delete objects below the prefix, and to list the bucket',
	},
	InvalidAccessKeyId: { kind: 'credential', advice: keyAdvice },
	SignatureDoesNotMatch: { kind: 'credential', advice: keyAdvice },
	AuthorizationHeaderMalformed: { kind: 'credential', advice: keyAdvice },
	RequestTimeTooSkewed: {
		kind: 'credential',
		advice:
			'The clock of this n8n is wrong: set it right, the signature of a request holds its time',
	},
	NoSuchBucket: {
		kind: 'input',
		advice: 'Create the bucket, or put its name right in the storage credential',
	},
	PermanentRedirect: {
		kind: 'input',
		advice:
			'The bucket is in another region: put Endpoint and Region right in the storage credential',
	},
	QuotaExceeded: { kind: 'input', advice: 'Make room in the bucket, or raise its quota' },
	XMinioStorageFull: { kind: 'input', advice: 'Make room on the server of the bucket' },
	EntityTooLarge: { kind: 'input', advice: 'The store takes no object of this size' },
};

/** The value of an element of the error document; nothing else of its XML is needed. */
function element(text: string, name: string): string | undefined {
	return new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
}

/** Whether the same request may work a little later. */
export function isPassing({ httpStatus }: StoreReply): boolean {
	return httpStatus === 429 || (httpStatus >= 500 && httpStatus !== 501 && httpStatus !== 507);
}

/** The code of a refusal, such as `NoSuchKey`. */
export function codeOf({ text }: StoreReply): string | undefined {
	return element(text, 'Code');
}

/**
 * What a refusal means, in the store's own words.
 *
 * @param what the request was for, such as "write to"
 */
export function storeFault(reply: StoreReply, what: string, host: string): EditFault {
	const { httpStatus, text } = reply;
	const code = codeOf(reply);
	const said = element(text, 'Message') ?? htmlText(text);
	const words = [code, plainText(said, 200)].filter((part) => part !== undefined && part !== '');
	const meaning: Meaning =
		meanings[code ?? ''] ??
		(httpStatus === 507
			? meanings.QuotaExceeded!
			: httpStatus === 401 || httpStatus === 403
				? { kind: 'credential', advice: keyAdvice }
				: isPassing(reply)
					? { kind: 'network', advice: 'Run the item again when the store is back' }
					: { kind: 'input', advice: 'Check the storage credential' });
	return new EditFault({
		kind: meaning.kind,
		message: `Cannot ${what} the bucket at ${host} (HTTP ${httpStatus}${words.length === 0 ? '' : `, ${words.join(': ')}`})`,
		advice: meaning.advice,
	});
}
