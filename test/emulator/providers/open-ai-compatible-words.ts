import type { OpenAiErrorForm, OpenAiFace } from '../types';
import type { OpenAiError } from './open-ai-compatible-errors';

/** A refusal before it is put into a server's form. */
export interface Said {
	status: number;
	error: OpenAiError;
	/** Where it is not the form of the server's other errors. */
	form?: OpenAiErrorForm;
}

/** What a server says of a request that it does not take. */
export interface FaceWords {
	notMultipart: Said;
	missing(name: string): Said;
	noImage: Said;
	badNumber(name: string, whole: boolean): Said;
	badCount: Said;
	badModel(asked: string, served: string): Said;
	badSize(asked: string): Said;
	badResponseFormat(asked: string): Said;
}

const say = (status: number, message: string, more: Omit<OpenAiError, 'message'> = {}): Said => ({
	status,
	error: { message, ...more },
});

function missing(name: string): Said {
	const more = { param: name, code: 'missing_required_parameter' };
	return say(400, `Missing required parameter: '${name}'.`, more);
}

/** OpenAI's words, or words like them where its pages print none. */
const generic: FaceWords = {
	notMultipart: say(400, 'Request must be multipart/form-data'),
	missing,
	noImage: missing('image'),
	badNumber: (name, whole) =>
		say(400, `Invalid value for '${name}': must be ${whole ? 'an integer' : 'a number'}`, {
			param: name,
		}),
	badCount: say(400, "Invalid value for 'n': must be between 1 and 10", { param: 'n' }),
	badModel: (asked) =>
		say(404, `The model '${asked}' does not exist`, { param: 'model', code: 'model_not_found' }),
	badSize: (asked) => say(400, `Invalid size '${asked}'`, { param: 'size' }),
	badResponseFormat: (asked) =>
		say(400, `response_format=${asked} is not supported`, { param: 'response_format' }),
};

/** Refused by the framework before the server's own code runs: a list of places (FastAPI, "Handling Errors"). */
function listed(message: string, type: string, name: string): Said {
	return {
		status: 422,
		error: { message, type, place: ['body', name] },
		form: 'detailList',
	};
}

const fastApi: FaceWords = {
	...generic,
	notMultipart: listed('Field required', 'missing', 'prompt'),
	missing: (name) => listed('Field required', 'missing', name),
	noImage: say(422, "Field 'image' or 'url' is required"),
	badNumber: (name, whole) =>
		listed(
			`Input should be a valid ${whole ? 'integer' : 'number'}, unable to parse string as ${whole ? 'an integer' : 'a number'}`,
			whole ? 'int_parsing' : 'float_parsing',
			name,
		),
	badSize: (asked) =>
		say(
			400,
			`Invalid size format: '${asked}'. Expected format: 'WIDTHxHEIGHT' (e.g., '1024x1024').`,
		),
};

/** The servers' own words, from the sources that their faces name. */
export const WORDS_OF: Readonly<Record<OpenAiFace, FaceWords>> = {
	generic,
	deepInfra: generic,
	vllmOmni: {
		...fastApi,
		badModel: (asked, served) =>
			say(400, `Model mismatch: request specifies '${asked}' but server is running '${served}'.`),
		badResponseFormat: () => say(400, "Only response_format 'b64_json' is supported now."),
	},
	sglang: fastApi,
	xinference: {
		...fastApi,
		noImage: say(400, 'At least one image file is required'),
		badModel: (asked) => say(400, `Model not found in the model list, uid: ${asked}`),
		badResponseFormat: () => say(400, "response_format must be 'url' or 'b64_json'"),
	},
	sdServer: {
		...generic,
		notMultipart: say(400, 'Content-Type must be multipart/form-data'),
		missing: (name) => say(400, `${name} required`),
		noImage: say(400, 'at least one image[] required'),
	},
	lemonade: {
		...generic,
		missing: (name) => say(400, `Missing '${name}' field in request`),
		noImage: say(400, "Missing 'image' field in request"),
	},
};
