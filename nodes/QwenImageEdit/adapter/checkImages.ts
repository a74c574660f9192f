import { inputFault } from '../edit/fault';
import type { Image } from '../edit/request';
import { imageTypes, type ImageType } from '../image/imageType';
import { isPrivateHost, readWebUrl } from '../wire/webUrl';
import { findModel, type Provider } from './provider';

function megabytes(bytes: number): string {
	return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Every image against what the provider documents; nothing was sent yet. */
export function checkImages(
	provider: Provider,
	images: readonly Image[],
	baseUrl: string,
	modelId = '',
): void {
	const model = findModel(provider, modelId);
	const maximum = model?.maximumImages ?? provider.images.maximum;
	if (images.length === 0) {
		throw inputFault(
			"'Images' is empty",
			'Add at least one image: a binary field of the item, a URL or base64 text',
		);
	}
	if (images.length > maximum) {
		const taker = model?.maximumImages === undefined ? provider.title : `the model ${model.id}`;
		throw inputFault(
			`'Images' has ${images.length} images, ${taker} takes at most ${maximum}`,
			maximum === 1
				? 'Leave one image, or choose a provider that takes several'
				: 'Leave out some images',
		);
	}
	images.forEach((image, index) => {
		const name = images.length === 1 ? 'The image' : `Image ${index + 1}`;
		if (image.kind === 'link') checkLink(provider, name, image.url, baseUrl);
		else checkFile(provider, name, image, modelId);
	});
}

function checkLink(provider: Provider, name: string, address: string, baseUrl: string): void {
	const read = readWebUrl(address);
	if ('reason' in read) {
		throw inputFault(
			`${name} has a URL that ${read.reason}`,
			'Give a URL that starts with https:// and leads straight to the image',
		);
	}
	if (isPrivateHost(read.url.hostname) && !isPrivateHost(new URL(baseUrl).hostname)) {
		throw inputFault(
			`${name} has a URL inside a private network (${read.url.hostname}), which ${provider.title} cannot reach`,
			'Download the image in n8n first (HTTP Request node) and give it as a binary field',
		);
	}
}

/** The types that the providers of this model document; nobody documents HEIC, AVIF, JPEG XL or JPEG 2000. */
const usualTypes: readonly ImageType[] = ['jpg', 'png', 'webp', 'bmp', 'gif', 'tiff'];

function conversionAdvice(type: ImageType): string {
	const convert =
		"Convert it first, for example to JPEG with n8n's Edit Image node, or ask for JPEG where it comes from";
	return type === 'heif'
		? `${convert}. On an iPhone choose Settings > Camera > Formats > Most Compatible`
		: convert;
}

/** One file, an image or a mask, against what the provider documents. */
export function checkFile(
	provider: Provider,
	name: string,
	image: Extract<Image, { kind: 'file' }>,
	modelId = '',
): void {
	const model = findModel(provider, modelId);
	const limits = { ...provider.images, ...model?.images };
	const taker = model?.images === undefined ? provider.title : `the model ${model.id}`;
	const { facts } = image;
	const types = limits.types ?? usualTypes;
	if (!types.includes(facts.type)) {
		const names = types.map((type) => imageTypes[type].extension).join(', ');
		throw inputFault(
			`${name} is a ${imageTypes[facts.type].title} file, ${taker} takes ${names}`,
			conversionAdvice(facts.type),
		);
	}
	for (const [side, pixels] of [
		['wide', facts.width],
		['high', facts.height],
	] as const) {
		if (pixels === undefined) continue;
		const { minimumSide = 1, maximumSide = Number.POSITIVE_INFINITY } = limits;
		if (pixels < minimumSide || pixels > maximumSide) {
			throw inputFault(
				`${name} is ${pixels} pixels ${side}, ${taker} takes ${minimumSide} to ${maximumSide} pixels a side`,
				'Resize it first, for example with the Edit Image node of n8n',
			);
		}
	}
	if (limits.maximumBytes !== undefined && image.bytes > limits.maximumBytes) {
		throw inputFault(
			`${name} has ${megabytes(image.bytes)}, ${taker} takes at most ${megabytes(limits.maximumBytes)}`,
			'Make it smaller first, or give its URL instead of its bytes',
		);
	}
}
