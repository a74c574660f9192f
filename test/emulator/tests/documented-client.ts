import sharp from 'sharp';
import type { Emulator, ProviderId } from '../types';

/** An image with several colours, large enough for every provider. */
export async function sampleImage(
	width = 480,
	height = 400,
	format: 'png' | 'jpeg' | 'webp' | 'tiff' | 'gif' = 'png',
): Promise<Buffer> {
	const shapes = `<svg width="${width}" height="${height}"><circle cx="${width / 3}" cy="${height / 2}" r="${height / 4}" fill="#d43"/></svg>`;
	return await sharp({ create: { width, height, channels: 3, background: '#7a9' } })
		.composite([{ input: Buffer.from(shapes) }])
		.toFormat(format)
		.toBuffer();
}

/** A request as a provider's own document prints it. */
export interface DocumentedRequest {
	/** Path behind the base URL. */
	path: string;
	/** The fields, by name; where the wire has another form, `write` makes it of them. */
	body: Record<string, unknown>;
	/** Public images the request points to. */
	imageUrls: string[];
	write?(body: Record<string, unknown>): Record<string, unknown> | FormData;
}

/** A file for a multipart body. */
export interface FormFile {
	bytes: Buffer;
	fileName: string;
	type: string;
}

/** A multipart body: texts, files, and lists of either under one name. */
export function formOf(fields: Record<string, unknown>): FormData {
	const form = new FormData();
	for (const [name, value] of Object.entries(fields)) {
		for (const one of [value].flat()) {
			if (one === undefined) continue;
			const file = one as FormFile;
			if (typeof one === 'object' && one !== null && Buffer.isBuffer(file.bytes)) {
				const blob = new Blob([new Uint8Array(file.bytes)], { type: file.type });
				form.append(name, blob, file.fileName);
			} else {
				form.append(name, String(one));
			}
		}
	}
	return form;
}

const DASH_SCOPE_PARAMETERS = [
	'n',
	'negative_prompt',
	'size',
	'prompt_extend',
	'watermark',
	'seed',
	'strange',
];

/** DashScope's messages, made of flat fields so that a test can change one. */
function messages(fields: Record<string, unknown>): Record<string, unknown> {
	const { model, prompt, images, ...rest } = fields;
	const isParameter = ([name]: [string, unknown]) => DASH_SCOPE_PARAMETERS.includes(name);
	const others = Object.entries(rest).filter((entry) => !isParameter(entry));
	const content = [
		...((images as unknown[]) ?? []).map((image) => ({ image })),
		...[prompt].flat().flatMap((text) => (text === undefined ? [] : [{ text }])),
	];
	return {
		...(model !== undefined && { model }),
		input: { messages: [{ role: 'user', content }] },
		parameters: Object.fromEntries(Object.entries(rest).filter(isParameter)),
		...Object.fromEntries(others),
	};
}

/** The documents' own examples, quoted; `image` fills the placeholder of seed 003. */
export function documentedRequests(
	emulator: Emulator,
	image: Buffer,
): Record<ProviderId, DocumentedRequest> {
	return {
		// Seed 000, `example`.
		chainHub: {
			path: '/v1/images/generations',
			body: {
				model: 'qwen-image-edit-2509',
				prompt: "Put the little duck on the woman's T-shirt",
				image: 'https://v3.fal.media/files/penguin/XoW0qavfF-ahg-jX4BMyL_image.webp',
			},
			imageUrls: ['https://v3.fal.media/files/penguin/XoW0qavfF-ahg-jX4BMyL_image.webp'],
		},
		// Seed 001, "Body", with a key in it.
		modelsLab: {
			path: '/image_editing/qwen_edit',
			body: {
				key: emulator.key('modelsLab'),
				prompt: 'The girl holding a Pepsi can from image 2 in her left hand.',
				init_image: [
					'https://assets.modelslab.ai/generations/9398f98f-8b37-4d2b-98b8-04e0d22167e3.jpg',
					'https://assets.modelslab.ai/generations/57df2bbf-512a-4a9a-bf99-35cde14113e7.jpg',
				],
				safety_checker: true,
				model_id: 'qwen-edit-2509',
				base64: false,
				webhook: null,
				track_id: null,
			},
			imageUrls: [
				'https://assets.modelslab.ai/generations/9398f98f-8b37-4d2b-98b8-04e0d22167e3.jpg',
				'https://assets.modelslab.ai/generations/57df2bbf-512a-4a9a-bf99-35cde14113e7.jpg',
			],
		},
		// Seed 002: the example body, with the required field it leaves out taken from that field's own example.
		odkkk: {
			path: '/v1/images/generations',
			body: {
				model: 'qwen-image-edit',
				prompt: 'Replace the background of this image',
				image_urls: ['https://example.com/image1.png', 'https://example.com/image2.png'],
				callback_url: 'https://your-domain.com/webhooks/image-task-completed',
			},
			imageUrls: ['https://example.com/image1.png', 'https://example.com/image2.png'],
		},
		// Seed 003, "Synchronous Request".
		modelVerse: {
			path: '/v1/images/generations',
			body: {
				model: 'Qwen/Qwen-Image-Edit',
				prompt: 'Convert to quick pencil sketch',
				image: `data:image/png;base64,${image.toString('base64')}`,
				size: '1024x1024',
			},
			imageUrls: [],
		},
		// help.aliyun.com, "千问-图像编辑API参考", single image; its Chinese prompt, and an image of the page's own.
		dashScope: {
			path: '/services/aigc/multimodal-generation/generation',
			body: {
				model: 'qwen-image-edit-plus',
				prompt:
					'生成一张符合深度图的图像，遵循以下描述：一辆红色的破旧的自行车停在一条泥泞的小路上，背景是茂密的原始森林',
				images: [
					'https://help-static-aliyun-doc.aliyuncs.com/file-manage-files/zh-CN/20250925/fpakfo/image36.webp',
				],
				n: 1,
				negative_prompt: '低质量',
				prompt_extend: true,
				watermark: false,
			},
			imageUrls: [
				'https://help-static-aliyun-doc.aliyuncs.com/file-manage-files/zh-CN/20250925/fpakfo/image36.webp',
			],
			write: messages,
		},
		// vllm-project/vllm-omni docs/serving/image_edit_api.md, "Using curl", without the size.
		openAiCompatible: {
			path: '/v1/images/edits',
			body: {
				model: 'Qwen/Qwen-Image-Edit-2511',
				image: { bytes: image, fileName: 'xx.png', type: 'image/png' },
				prompt: "'this bear is wearing sportwear. holding a basketball, and bending one leg.'",
				output_format: 'png',
			},
			imageUrls: [],
			write: formOf,
		},
		// docs.evolink.ai, qwen-image-edit-plus.
		evoLink: {
			path: '/v1/images/generations',
			body: {
				model: 'qwen-image-edit-plus',
				prompt: 'Replace the background of this image',
				image_urls: ['https://example.com/image1.png'],
				n: 1,
				callback_url: 'https://your-domain.com/webhooks/image-task-completed',
			},
			imageUrls: ['https://example.com/image1.png'],
		},
		// fal.ai/models/fal-ai/qwen-image-edit-2511/api.
		fal: {
			path: '/fal-ai/qwen-image-edit-2511',
			body: {
				prompt: 'Change the bear to a polar bear',
				image_urls: ['https://v3.fal.media/files/example/bear.png'],
			},
			imageUrls: ['https://v3.fal.media/files/example/bear.png'],
		},
		// docs.kie.ai/market/qwen/image-edit; the fields of `input` lie flat here, so that a test can change one.
		kie: {
			path: '/api/v1/jobs/createTask',
			body: {
				model: 'qwen/image-edit',
				prompt: 'Make the sky pink',
				image_url: 'https://file.example.com/market/photo.png',
				callBackUrl: 'https://your-domain.com/api/callback',
			},
			imageUrls: ['https://file.example.com/market/photo.png'],
			write: ({ model, callBackUrl, ...input }) => ({
				...(model !== undefined && { model }),
				...(callBackUrl !== undefined && { callBackUrl }),
				input,
			}),
		},
		// replicate.com/qwen/qwen-image-edit-plus/api; the fields of `input` lie flat here.
		replicate: {
			path: '/v1/models/qwen/qwen-image-edit-plus/predictions',
			body: {
				prompt: 'The person in image 2 adopts the pose from image 1',
				image: ['https://replicate.delivery/example/pose.png'],
				webhook: 'https://example.com/your-webhook',
				webhook_events_filter: ['completed'],
			},
			imageUrls: ['https://replicate.delivery/example/pose.png'],
			write: ({ webhook, webhook_events_filter: events, ...input }) => ({
				...(webhook !== undefined && { webhook }),
				...(events !== undefined && { webhook_events_filter: events }),
				input,
			}),
		},
		// docs.siliconflow.cn, images-generations, the sample of Qwen-Image-Edit-2509.
		siliconFlow: {
			path: '/images/generations',
			body: {
				model: 'Qwen/Qwen-Image-Edit-2509',
				prompt: 'an island near sea, with seagulls, moon shining over the sea',
				image: `data:image/png;base64,${image.toString('base64')}`,
				num_inference_steps: 20,
				cfg: 4,
			},
			imageUrls: [],
		},
		// wavespeed.ai/docs/docs-api/wavespeed-ai/qwen-image-edit-2511.
		waveSpeed: {
			path: '/api/v3/wavespeed-ai/qwen-image/edit-2511',
			body: {
				prompt: 'Make it a winter scene',
				images: ['https://d1q70pf5vjeyhc.cloudfront.net/media/example.jpg'],
				seed: -1,
			},
			imageUrls: ['https://d1q70pf5vjeyhc.cloudfront.net/media/example.jpg'],
		},
		// Seed 004, "Quick Example".
		aiml: {
			path: '/v1/images/generations',
			body: {
				model: 'alibaba/qwen-image-edit',
				prompt:
					'Make the dinosaur sit on a lounge chair with its back to the camera, looking toward the water. The setting sun has almost disappeared below the horizon.',
				image: 'https://raw.githubusercontent.com/aimlapi/api-docs/main/reference-files/t-rex.png',
			},
			imageUrls: [
				'https://raw.githubusercontent.com/aimlapi/api-docs/main/reference-files/t-rex.png',
			],
		},
	};
}

/** An answer as a client gets it. */
export interface ClientAnswer {
	status: number;
	headers: Headers;
	text: string;
	// eslint-disable-next-line @typescript-eslint/no-explicit-any -- replies are looked into freely by the tests
	json: any;
}

async function readAnswer(response: Response): Promise<ClientAnswer> {
	const text = await response.text();
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		json = undefined;
	}
	return { status: response.status, headers: response.headers, text, json };
}

/** Providers whose documents have tasks. */
export const TASK_PROVIDERS = [
	'evoLink',
	'fal',
	'kie',
	'modelsLab',
	'odkkk',
	'replicate',
	'waveSpeed',
] as const;
export type TaskProviderId = (typeof TASK_PROVIDERS)[number];

/** Whether the document of a provider has tasks. */
export function isTaskProvider(provider: ProviderId): provider is TaskProviderId {
	return (TASK_PROVIDERS as readonly ProviderId[]).includes(provider);
}

/** Speaks to the emulator the plain way, with the global fetch. */
export class EmulatorClient {
	private readonly documented: Record<ProviderId, DocumentedRequest>;

	constructor(
		readonly emulator: Emulator,
		readonly image: Buffer,
	) {
		this.documented = documentedRequests(emulator, image);
	}

	/** Publishes the images of all examples; needed after each reset. */
	publishAll(): void {
		for (const { imageUrls } of Object.values(this.documented)) {
			for (const url of imageUrls) this.emulator.publishImage(url, this.image);
		}
	}

	headers(provider: ProviderId): Record<string, string> {
		// The type of a form holds its boundary, which fetch makes up.
		const common: Record<string, string> =
			provider === 'openAiCompatible' ? {} : { 'content-type': 'application/json' };
		return provider === 'modelsLab'
			? common
			: {
					...common,
					authorization: `${provider === 'fal' ? 'Key' : 'Bearer'} ${this.emulator.key(provider)}`,
				};
	}

	async post(
		url: string,
		body: unknown,
		headers: Record<string, string>,
		signal?: AbortSignal,
	): Promise<ClientAnswer> {
		const sent = typeof body === 'string' || body instanceof FormData ? body : JSON.stringify(body);
		return await readAnswer(
			await fetch(url, { method: 'POST', headers, body: sent, ...(signal && { signal }) }),
		);
	}

	async get(url: string, headers: Record<string, string> = {}): Promise<ClientAnswer> {
		return await readAnswer(await fetch(url, { headers }));
	}

	/** Where the example goes, behind the base URL. */
	path(provider: ProviderId): string {
		return this.documented[provider].path;
	}

	/** The document's example, with fields changed (or taken out, by `undefined`). */
	body(provider: ProviderId, changes: Record<string, unknown> = {}): Record<string, unknown> {
		return { ...this.documented[provider].body, ...changes };
	}

	async submit(
		provider: ProviderId,
		changes: Record<string, unknown> = {},
		headers: Record<string, string> = {},
		signal?: AbortSignal,
	): Promise<ClientAnswer> {
		const { path, write } = this.documented[provider];
		const body = this.body(provider, changes);
		return await this.post(
			`${this.emulator.baseUrl(provider)}${path}`,
			write ? write(body) : body,
			{ ...this.headers(provider), ...headers },
			signal,
		);
	}

	/** The task id in the answer to a submit. */
	taskIdOf(provider: TaskProviderId, { json }: ClientAnswer): string {
		switch (provider) {
			case 'fal':
				return json.request_id;
			case 'kie':
				return json.data.taskId;
			case 'waveSpeed':
				return json.data.id;
			default:
				return String(json.id);
		}
	}

	/** Reads a task, and at fal.ai its result once it has ended. */
	async readTask(provider: TaskProviderId, taskId: string | number): Promise<ClientAnswer> {
		const base = this.emulator.baseUrl(provider);
		const headers = this.headers(provider);
		const get = async (path: string): Promise<ClientAnswer> =>
			await this.get(`${base}${path}`, headers);
		switch (provider) {
			case 'evoLink':
			case 'odkkk':
				return await get(`/v1/tasks/${taskId}`);
			case 'fal': {
				const place = `/fal-ai/qwen-image-edit-2511/requests/${taskId}`;
				const state = await get(`${place}/status`);
				return state.json?.status === 'COMPLETED' ? await get(place) : state;
			}
			case 'kie':
				return await get(`/api/v1/jobs/recordInfo?taskId=${taskId}`);
			case 'replicate':
				return await get(`/v1/predictions/${taskId}`);
			case 'waveSpeed':
				return await get(`/api/v3/predictions/${taskId}/result`);
			default:
				return await this.post(
					`${base}/image_editing/fetch/${taskId}`,
					{ key: this.emulator.key(provider) },
					headers,
				);
		}
	}

	/** The first result in the answer to a read. */
	firstResult(provider: TaskProviderId, { json }: ClientAnswer): string {
		switch (provider) {
			case 'evoLink':
			case 'odkkk':
				return json.results[0];
			case 'fal':
				return json.images[0].url;
			case 'kie':
				return JSON.parse(json.data.resultJson).resultUrls[0];
			case 'waveSpeed':
				return json.data.outputs[0];
			default:
				return json.output[0];
		}
	}

	/** Submits the example and goes on to the URL of the image. */
	async resultUrl(provider: ProviderId, changes: Record<string, unknown> = {}): Promise<string> {
		const asUrl = provider === 'openAiCompatible' ? { response_format: 'url' } : {};
		const answer = await this.submit(provider, { ...asUrl, ...changes });
		const { json } = answer;
		if (provider === 'dashScope') return json.output.choices[0].message.content[0].image;
		if (provider === 'siliconFlow') return json.images[0].url;
		if (!isTaskProvider(provider)) return json.data[0].url;
		this.emulator.advance(60);
		const task = await this.readTask(provider, this.taskIdOf(provider, answer));
		return this.firstResult(provider, task);
	}
}
