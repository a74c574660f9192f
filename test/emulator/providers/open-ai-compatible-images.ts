import type { ApiCall } from '../server/exchange';
import { fetchImage } from '../images/input-images';
import { lookAtImage } from '../images/painted-image';
import type { ReceivedForm } from '../server/received-form';
import { sha256 } from '../images/results';
import type { EmulatorState } from '../state';
import { refuse } from './open-ai-compatible-errors';
import type { Face } from './open-ai-compatible-faces';
import type { FaceWords } from './open-ai-compatible-words';

/** The images of a form. */
export interface FormImages {
	/** Those that the server looks at. */
	inputs: Buffer[];
	/** Of every image that was sent, in order. */
	inputSha256: string[];
	/** How many were sent for nothing. */
	unused: number;
}

/** Images sent as files, and images behind addresses where the server fetches them itself. */
export async function readImages(
	state: EmulatorState,
	call: ApiCall,
	form: ReceivedForm,
	face: Face,
	words: FaceWords,
): Promise<FormImages> {
	const field = face.imageFields.find((name) => form.files.some((file) => file.name === name));
	const sent = form.files.filter(({ name }) => face.imageFields.includes(name));
	const several = field !== undefined && face.repeatedFields.includes(field);
	const read = sent.filter(({ name }) => name === field).slice(0, several ? undefined : 1);
	const inputs = read.map(({ content }) => content);
	const inputSha256 = sent.map((file) => file.sha256);
	for (const { name, value } of form.texts) {
		if (!face.urlFields.includes(name)) continue;
		const fetched = await fetchImage(value, state.published);
		if ('failure' in fetched) {
			refuse(state, {
				status: 400,
				error: { message: `Failed to process image source: ${fetched.failure}` },
			});
		}
		const hash = sha256(fetched.bytes);
		inputs.push(fetched.bytes);
		inputSha256.push(hash);
		call.record.imageSha256.push(hash);
	}
	if (!inputs.length) refuse(state, words.noImage);
	if (face.mostImages !== undefined && inputs.length > face.mostImages) {
		// The words are assumed.
		const message = `Received ${inputs.length} input images, at most ${face.mostImages} are supported.`;
		refuse(state, { status: 400, error: { message } });
	}
	for (const [index, input] of inputs.entries()) {
		if (await lookAtImage(input)) continue;
		// OpenAI's words (QuantumNous/new-api issue 1159). Assumed of the others; sd-server passes over such a file.
		const message = `Invalid image file or mode for image ${index + 1}, please check your image file.`;
		refuse(state, {
			status: 400,
			error: { message, param: 'image', code: 'invalid_image_file' },
		});
	}
	return { inputs, inputSha256, unused: sent.length - read.length };
}
