/** What the adapters declare, in words that a user reads. Shared by the table and the pages. */

const notDocumented = 'not documented';

function listed(parts) {
	return parts.length > 0 ? parts.join(', ') : 'none';
}

function duration(seconds) {
	if (seconds === undefined) return notDocumented;
	const days = seconds / (24 * 3600);
	if (Number.isInteger(days) && days > 1) return `${days} days`;
	if (seconds % 3600 === 0) return `${seconds / 3600} hours`;
	return `${seconds} seconds`;
}

/** Text that may stand in a cell of a table. */
function cell(text) {
	return String(text).replace(/\|/g, '\\|').replace(/\s+/g, ' ').trim();
}

function table(headings, rows) {
	return [headings, headings.map(() => '---'), ...rows]
		.map((row) => `| ${row.map(cell).join(' | ')} |`)
		.join('\n');
}

function upTo(maximum) {
	return maximum === 1 ? '1' : `1 to ${maximum}`;
}

/** With what the largest model takes, where that is more than the provider's own number. */
function imageCount({ images, models }) {
	const most = Math.max(...models.map(({ maximumImages }) => maximumImages ?? 0), 0);
	const usual = upTo(images.maximum);
	return most > images.maximum ? `${usual}, up to ${most} with some models` : usual;
}

/** How an image that is a file (binary field or base64) reaches the provider. */
function fileRoute({ images, upload }) {
	switch (images.takes) {
		case 'linkOrData':
			return images.uploadFromBytes === undefined
				? 'sent in the request'
				: `sent in the request; from ${bytes(images.uploadFromBytes)} on through the provider's own upload call`;
		case 'file':
			return 'sent in the request; images given by URL are downloaded first';
		case 'link':
			return upload === undefined
				? 'by a link into a bucket of your own (**Storage**), or a signed URL of your n8n if it is reachable from the internet'
				: "through the provider's own upload call";
		default:
			throw new Error(`no words for images that a provider takes as "${images.takes}"`);
	}
}

/** 256 kB, 10 MB. */
function bytes(count) {
	return count < 1_000_000 ? `${Math.round(count / 1000)} kB` : `${count / 1_000_000} MB`;
}

/** "0.03 USD an image (2026-05)", with the region where it holds in one only. */
function price({ amount, currency, per, region, asOf }) {
	const where = region === undefined ? '' : `${region[0].toUpperCase()}${region.slice(1)}, `;
	return `${amount} ${currency} ${per === 'megapixel' ? 'a' : 'an'} ${per} (${where}${asOf})`;
}

/** Where the prices of a provider were read. */
function priceSources({ models }) {
	const sources = models.flatMap(({ prices = [] }) => prices.map(({ source }) => source));
	return listed([...new Set(sources)]);
}

/** What the models of a provider cost, from the cheapest to the dearest. */
function priceRange({ models }) {
	const prices = models.flatMap((model) => model.prices ?? []);
	if (prices.length === 0) return notDocumented;
	const kinds = [...new Set(prices.map(({ currency, per }) => `${currency} ${per}`))];
	return kinds
		.map((kind) => {
			const alike = prices.filter(({ currency, per }) => `${currency} ${per}` === kind);
			const amounts = alike.map(({ amount }) => amount);
			const [least, most] = [Math.min(...amounts), Math.max(...amounts)];
			const amount = least === most ? least : `${least} to ${most}`;
			return price({ ...alike[0], amount });
		})
		.join(', ');
}

function answer({ task }) {
	if (task === undefined) return 'at once';
	const extras = [
		task.watch === undefined ? '' : 'the end of a task is pushed to the node',
		task.cancel === undefined ? '' : 'a task can be cancelled',
	].filter((extra) => extra !== '');
	return ['as a task, or at once when the image is ready', ...extras].join('; ');
}

function promptLimit({ prompt }) {
	return prompt.maximumLength === undefined ? notDocumented : `${prompt.maximumLength} characters`;
}

function keyPlace({ credential: { key } }) {
	return key.kind === 'header'
		? `in the \`${key.name}\` header, as \`${key.prefix}…\``
		: `in the JSON body, as \`${key.field}\``;
}

function keySource({ credential: { keyUrl, keyOptional, defaultBaseUrl } }) {
	const source =
		keyUrl ?? (defaultBaseUrl === '' ? 'the operator of the server' : 'your account there');
	return keyOptional === true ? `${source}; optional` : source;
}

function baseUrls({ credential: { defaultBaseUrl, regions, uploadBaseUrl } }) {
	const upload = uploadBaseUrl === undefined ? '' : `; uploads: \`${uploadBaseUrl}\``;
	if (regions !== undefined) {
		return regions.map(({ label, baseUrl }) => `${label}: \`${baseUrl}\``).join('; ');
	}
	return defaultBaseUrl === ''
		? 'none, enter the address of your server'
		: `\`${defaultBaseUrl}\`${upload}`;
}

/** "from 1 to 6", with either end open. */
function range(minimum, maximum) {
	if (minimum === undefined && maximum === undefined) return '';
	if (maximum === undefined) return ` from ${minimum}`;
	if (minimum === undefined) return ` up to ${maximum}`;
	return ` from ${minimum} to ${maximum}`;
}

/** The values that an option may have, as far as the adapter narrows them. */
function fieldValues(field) {
	switch (field.kind) {
		case 'flag':
			return 'on or off';
		case 'choice':
			return field.choices.map(({ value }) => `\`${value}\``).join(', ');
		case 'integer':
			return `whole number${range(field.minimum, field.maximum)}`;
		case 'decimal':
			return `number${range(field.minimum, field.maximum)}`;
		case 'json':
			return field.toWire === undefined ? 'JSON object' : 'JSON list';
		case 'text':
			return 'text';
		default:
			throw new Error(`no words for a field of the kind "${field.kind}"`);
	}
}

module.exports = {
	answer,
	baseUrls,
	bytes,
	cell,
	duration,
	fieldValues,
	fileRoute,
	keyPlace,
	keySource,
	listed,
	notDocumented,
	imageCount,
	price,
	priceRange,
	priceSources,
	promptLimit,
	range,
	table,
	upTo,
};
