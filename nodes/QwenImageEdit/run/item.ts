import type { OperationName } from '../adapter/field';
import type { Provider } from '../adapter/provider';
import type { ExpectedCost } from '../edit/expectedCost';
import type { Usage } from '../edit/outcome';
import type { EditRequest } from '../edit/request';
import type { StoredImage } from './storedImage';

/** One item of the input, checked and ready to be sent. */
export interface ItemPlan {
	provider: Provider;
	baseUrl: string;
	operation: OperationName;
	/** For `edit` and `submitTask`. Empty: the server has a model of its own. */
	model: string;
	/** For `edit` and `submitTask`; absent where the edit was paid for at an earlier try. */
	request?: EditRequest;
	/** What `request` costs at most; absent where no price is known. */
	expected?: ExpectedCost;
	/** The region of the credential, by which prices differ. */
	region?: string;
	/** Whether the item is checked and then not sent. */
	isCheckOnly: boolean;
	/** For `getTask` and `cancelTask`. */
	taskId?: string;
	/** Whether the upload call of the provider can be used: its address is known, and the key may go there. */
	canUpload: boolean;
	waitForCompletion: boolean;
	timeoutSeconds: number;
	timeoutAction: 'error' | 'output';
	/** Whether images are brought into n8n's storage, where the provider gives their URLs. */
	downloadsImages: boolean;
	idempotencyKey?: string;
	output: OutputPlan;
	/** Where the edit is remembered beyond this process, if it is. */
	record?: RecordName;
}

/** The name of an edit in the user's bucket. */
export interface RecordName {
	key: string;
	/** Tells this payment from others of the same edit. */
	payment?: string;
	/** As another run wrote it, which has paid for the edit. */
	foreign?: { text: string; etag: string } | undefined;
}

/** Where the images of an item go. */
export interface OutputPlan {
	binaryPropertyName: string;
	/** Without extension, which comes from the bytes. */
	fileName: string;
	maximumBytes: number;
	/** Whether images may be downloaded from a private network, besides the host of the base URL. */
	allowPrivateNetwork: boolean;
}

/** What came of an item. */
export interface ItemResult {
	status: 'completed' | 'pending' | 'processing' | 'failed' | 'cancelled';
	taskId?: string;
	model?: string;
	/** By their place in the provider's answer; an image that could not be had is missing. */
	images: ReadonlyArray<StoredImage | undefined>;
	/** The URLs of images that were left where they are; `images` is empty then. */
	urls?: readonly string[];
	usage?: Usage;
	requestId?: string;
	progress?: number;
	queuePosition?: number;
	etaSeconds?: number;
	warnings: string[];
	seconds: number;
	polls: number;
	/** Another run has paid for it. */
	isReused?: boolean;
}
