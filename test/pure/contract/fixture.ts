/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod/v4';

import { errorKinds } from '../../../nodes/QwenImageEdit/edit/fault';
import { imageTypes } from '../../../nodes/QwenImageEdit/image/imageType';
import type { Reply } from '../../../nodes/QwenImageEdit/wire/wire';

const origin = {
	source: z.string().regex(/seed 00\d|research|docs|RFC|New-API|web servers|recorded/),
	quoted: z.boolean(),
	note: z.string().optional(),
	/** When it was recorded, for replies of a live service. */
	date: z.iso.date().optional(),
};

/** `result`: the images of a task that has ended, where they are asked for by a request of their own. */
const call = z.enum(['submit', 'task', 'result', 'cancel', 'upload']);

const field = z.strictObject({
	wire: z.string(),
	accepted: z.array(z.strictObject({ value: z.unknown(), wire: z.unknown().optional() })).min(1),
	refused: z.array(z.unknown()).min(1),
	/** What goes with it, by its name on the wire. */
	with: z.array(z.string()).default([]),
});

const imageType = z.enum(Object.keys(imageTypes) as [keyof typeof imageTypes]);

const imageFacts = z.strictObject({
	type: imageType,
	width: z.number().optional(),
	height: z.number().optional(),
	bytes: z.number().optional(),
});

const declaration = z.strictObject({
	kind: z.literal('declaration'),
	...origin,
	title: z.string(),
	credentialType: z.string(),
	/** Empty where the user must give one. */
	defaultBaseUrl: z.union([z.url(), z.literal('')]),
	models: z.array(z.string()),
	defaultModel: z.string(),
	operations: z.array(z.enum(['edit', 'submitTask', 'getTask', 'cancelTask'])),
	key: z.enum(['header', 'body']),
	prompt: z.strictObject({ maximumLength: z.number().optional() }),
	images: z.strictObject({
		maximum: z.number(),
		takes: z.enum(['link', 'linkOrData', 'file']),
		mask: z.boolean().optional(),
		uploadFromBytes: z.number().optional(),
		types: z.array(imageType).optional(),
		minimumSide: z.number().optional(),
		maximumSide: z.number().optional(),
		maximumBytes: z.number().optional(),
	}),
	fields: z.record(z.string(), field),
	/** What single models take, by their id; also of one that nobody has heard of, which has no limits of its own. */
	modelLimits: z
		.record(
			z.string(),
			z.strictObject({
				mostImages: z.number(),
				mostPromptCharacters: z.number().optional(),
				/** Side and bytes of an image that it takes, and of some that it does not. */
				images: z
					.strictObject({
						accepted: z.array(imageFacts),
						refused: z.array(imageFacts),
					})
					.optional(),
				fields: z.record(
					z.string(),
					z.strictObject({ accepted: z.array(z.unknown()), refused: z.array(z.unknown()) }),
				),
			}),
		)
		.optional(),
});

const request = z.strictObject({
	kind: z.literal('request'),
	...origin,
	call,
	input: z.strictObject({
		model: z.string().optional(),
		prompt: z.string().optional(),
		images: z
			.array(z.union([z.strictObject({ url: z.string() }), z.strictObject({ file: imageType })]))
			.default([]),
		options: z.record(z.string(), z.unknown()).default({}),
		taskId: z.string().optional(),
		readUrl: z.string().optional(),
	}),
	method: z.enum(['GET', 'POST', 'PUT', 'DELETE']),
	url: z.url(),
	body: z.record(z.string(), z.unknown()).optional(),
	/** The MIME type of a file that is the body itself. */
	file: z.string().optional(),
	/** The parts of a multipart body in order; `file` is the MIME type of a file. */
	form: z
		.array(
			z.union([
				z.strictObject({ name: z.string(), value: z.string() }),
				z.strictObject({ name: z.string(), file: z.string() }),
			]),
		)
		.optional(),
});

const errorKind = z.enum(errorKinds);

const expected = z.union([
	z.strictObject({
		state: z.literal('pending'),
		taskId: z.string().min(1),
		status: z.enum(['pending', 'processing']),
		progress: z.number().optional(),
		queuePosition: z.number().optional(),
		etaSeconds: z.number().optional(),
		readUrl: z.string().optional(),
		usage: z.unknown().optional(),
		model: z.string().optional(),
	}),
	z.strictObject({
		state: z.literal('completed'),
		taskId: z.string().optional(),
		images: z
			.array(
				z.strictObject({
					url: z.string().optional(),
					base64: z.string().optional(),
					urlHoldsBase64: z.boolean().optional(),
					isFlagged: z.boolean().optional(),
				}),
			)
			.min(1),
		usage: z.unknown().optional(),
		model: z.string().optional(),
		requestId: z.string().optional(),
	}),
	z.strictObject({
		state: z.literal('refused'),
		kind: z.union([errorKind, z.array(errorKind).min(2)]),
		words: z.array(z.string()),
		advice: z.string().optional(),
		requestId: z.string().optional(),
		retryAfterSeconds: z.number().optional(),
		taskId: z.string().optional(),
		taskStatus: z.enum(['failed', 'cancelled']).optional(),
	}),
	z.strictObject({
		state: z.literal('malformed'),
		words: z.array(z.string()),
		requestId: z.string().optional(),
		taskId: z.string().optional(),
	}),
	z.strictObject({ state: z.literal('ready'), taskId: z.string() }),
	/** What a cancel call brings. */
	z.strictObject({
		state: z.literal('stopped'),
		status: z.enum(['pending', 'processing', 'completed', 'failed', 'cancelled']),
		/** Whether there is more to be told. */
		hasWarning: z.boolean().default(false),
	}),
	/** What an upload gives; `put` is the address that the file is sent to first. */
	z.strictObject({ url: z.url(), put: z.url().optional() }),
]);

const reply = z
	.strictObject({
		kind: z.literal('reply'),
		...origin,
		call,
		asked: z.string().optional(),
		httpStatus: z.number().int(),
		headers: z.record(z.string().lowercase(), z.string()).default({}),
		body: z.unknown().optional(),
		text: z.string().optional(),
		expect: expected,
	})
	.refine((file) => file.text === undefined || file.body === undefined, 'body or text, not both');

const fixture = z.discriminatedUnion('kind', [declaration, request, reply]);

export type DeclarationFixture = z.infer<typeof declaration>;
export type RequestFixture = z.infer<typeof request>;
export type ReplyFixture = z.infer<typeof reply>;

type Named<Fixture> = Fixture & { name: string };

/** Everything the folder of one provider says. */
export interface ProviderFixtures {
	declaration: DeclarationFixture;
	requests: Named<RequestFixture>[];
	replies: Named<ReplyFixture>[];
}

const folder = join(__dirname, '../../documents');

/** What web servers and gateways answer at every provider. */
const webServers = 'webServers';

/** The ids of the providers that have a folder. */
export function fixtureFolders(): string[] {
	return readdirSync(folder, { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && entry.name !== webServers)
		.map((entry) => entry.name);
}

function readFolder(name: string): Array<Named<z.infer<typeof fixture>>> {
	const directory = join(folder, name);
	return readdirSync(directory)
		.filter((fileName) => fileName.endsWith('.json'))
		.sort()
		.map((fileName) => {
			const json: unknown = JSON.parse(readFileSync(join(directory, fileName), 'utf8'));
			const read = fixture.safeParse(json);
			if (!read.success) throw new Error(`${name}/${fileName}: ${z.prettifyError(read.error)}`);
			return { ...read.data, name: fileName.replace(/\.json$/, '') };
		});
}

/**
 * Reads and checks every fixture of a provider, and what web servers answer at each; a provider's own file of the same
 * name goes before. A file that does not fit the form is an error.
 */
export function fixturesOf(providerId: string): ProviderFixtures {
	const files = readFolder(providerId);
	const names = new Set(files.map(({ name }) => name));
	const hasTasks = files.some((file) => file.kind === 'reply' && file.call === 'task');
	const usual = readFolder(webServers).filter(
		(file) =>
			file.kind === 'reply' && !names.has(file.name) && (file.call === 'submit' || hasTasks),
	);
	const declarations = files.filter((file) => file.kind === 'declaration');
	if (declarations.length !== 1) throw new Error(`${providerId} needs one declaration`);
	return {
		declaration: declarations[0]!,
		requests: files.filter((file) => file.kind === 'request'),
		replies: [...files, ...usual].filter((file) => file.kind === 'reply'),
	};
}

/** A fixture as the transport would hand it to an adapter. */
export function replyOf(file: ReplyFixture): Reply {
	const text = file.text ?? JSON.stringify(file.body);
	return {
		httpStatus: file.httpStatus,
		headers: file.headers,
		text,
		...(file.text === undefined ? { json: file.body } : {}),
	};
}

/** Spells out `{ before, repeat, times }`; any other value stays as it is. */
export function spelledOut(value: unknown): unknown {
	if (typeof value !== 'object' || value === null || !('repeat' in value)) return value;
	const {
		before = '',
		repeat,
		times,
	} = value as { before?: string; repeat: string; times: number };
	return before + repeat.repeat(times);
}
