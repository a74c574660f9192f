/** What a client may be forbidden. `get` is for HEAD too. */
export type S3Permission = 'put' | 'get' | 'delete' | 'list';

/** An object as it is kept. */
export interface S3Object {
	body: Buffer;
	contentType: string;
	/** The x-amz-meta-* headers, without that prefix. */
	metadata: Record<string, string>;
	/** MD5 of the body in quotes. */
	etag: string;
	lastModified: Date;
}

/** A request as it came. It is there from its arrival on. */
export interface S3Request {
	method: string;
	bucket: string;
	/** Decoded; empty for a request to the bucket. */
	key: string;
	query: Record<string, string>;
	/** Lower-case names, without the authorization. */
	headers: Record<string, string>;
	/** 0 while there is no answer, and for ever where a fault or the client ended the connection. */
	httpStatus: number;
	/** The error code of the answer. */
	code?: string;
	/** Whether the signature was in the query. */
	presigned: boolean;
	/** Bytes of the body that were received. */
	bytes: number;
}

/** What can be changed at any time. */
export interface S3Settings {
	/**
	 * `ignored`: as old stores do, the condition is passed over; `refused`: 501 NotImplemented, as Backblaze B2 does; `unquoted`: as DigitalOcean Spaces
	 * does, an ETag in quotes never matches (https://github.com/slatedb/slatedb/issues/1818).
	 */
	conditionalWrites: 'honoured' | 'ignored' | 'refused' | 'unquoted';
	/** Without `list`, a missing key is 403 and not 404, as at AWS. */
	denied: Set<S3Permission>;
	/** All objects of a bucket together. */
	quotaBytes?: number;
	/** AWS takes 5 GiB in one PUT. */
	maximumObjectBytes: number;
	/** Between the end of a request and what it does. */
	latencyMilliseconds: number;
	/** How far the server's clock is ahead. */
	clockOffsetSeconds: number;
}

/** What goes wrong with the requests that fit. The first that fits strikes. */
export interface S3Fault {
	method?: string;
	/** A request to the bucket has the empty key. */
	key?: RegExp;
	/** Counted down; at 0 the fault is gone. Without it, it strikes always. */
	times?: number;
	/**
	 * `status`: an error instead of doing it; `hang`: never answered, nothing done; `dropBefore`: the socket is destroyed before the body is read;
	 * `dropAfter`: it is done, then the socket is destroyed without an answer; `cut`: the same after half of the body of the answer; `late`: it is done
	 * after `milliseconds`.
	 */
	kind: 'status' | 'hang' | 'dropBefore' | 'dropAfter' | 'cut' | 'late';
	milliseconds?: number;
	/** Default: that of the code. */
	httpStatus?: number;
	/** Default: SlowDown. */
	code?: string;
	headers?: Record<string, string>;
}

/** The only account. Its region is not the one that clients fall back to. */
export interface S3Account {
	region: string;
	accessKeyId: string;
	secretAccessKey: string;
}
