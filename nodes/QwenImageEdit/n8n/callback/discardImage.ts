import type { HoldImage } from '../http/answerBody';
import { heldMark } from '../../wire/answer/resultImage';

/** Lets an image inside an answer go by: only the state of the task is wanted. */
export const discardImage: HoldImage = async (bytes) => {
	let chunks = 0;
	for await (const chunk of bytes) chunks += chunk.length > 0 ? 1 : 0;
	return heldMark(chunks, Math.random());
};
