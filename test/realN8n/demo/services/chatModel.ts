import { startChatServer, type ChatServer } from './chatServer';

const ADDRESS = /https?:\/\/[^\s"\\<>]+/;

/**
 * A stand-in for a chat model that follows its order to the letter: the first address in it is the image, the other words are
 * the prompt, and its answer is the address that the tool gave back.
 */
export async function startChatModel(): Promise<ChatServer> {
	return await startChatServer(
		(order) => ({
			prompt: order.replace(ADDRESS, '').replace(/[\s:]+$/, ''),
			imageUrl: ADDRESS.exec(order)?.[0] ?? '',
		}),
		(toolAnswer) => ADDRESS.exec(toolAnswer)?.[0] ?? `The tool gave no address: ${toolAnswer}`,
	);
}
