const { currentText, replaceSection } = require('../generatedFile');
const { table } = require('./providerWords');

const ends = {
	neverSent: 'No connection was made: refused, or the name was not found',
	rateLimited: 'HTTP 429',
	busy: 'HTTP 503 in the form that the provider documents as a refusal (see the next table)',
	unavailable: 'Any other HTTP 503: a gateway may have written it, in JSON too',
	clientError: 'Any other HTTP 3xx or 4xx',
	seeOther: 'HTTP 303 See Other, the answer to a request that was carried out',
	serverError: 'Any other HTTP 5xx, in any format',
	connectionLost: 'The connection broke before the answer was whole',
	timedOut: 'No answer in time, HTTP 408 or 425',
	malformed: 'An answer that makes no sense: not JSON, or a success without what it must hold',
};

const decisions = {
	wait: 'wait as long as asked, then again',
	repeat: 'again after a pause',
	fail: 'final',
	unknownOutcome: '**never again**: `unknownOutcome`',
};

const purposes = {
	submit: 'sending an edit',
	read: 'reading a task',
	upload: 'uploading an image',
	download: 'downloading a result',
};

/** Purposes with the same rule share a column. */
function columns(retryRule) {
	const byRule = new Map();
	for (const [purpose, title] of Object.entries(purposes)) {
		const rule = JSON.stringify(retryRule[purpose]);
		const column = byRule.get(rule) ?? { rule: retryRule[purpose], titles: [] };
		column.titles.push(title);
		byRule.set(rule, column);
	}
	return [...byRule.values()].map(({ rule, titles }) => {
		const title = titles.join(', ');
		return { rule, title: `${title[0].toUpperCase()}${title.slice(1)}` };
	});
}

/** What happens after each end of a request, from the rule that the node runs. */
function retryTable({ maximumTries, requestEnds, retryRule }) {
	const shown = columns(retryRule);
	const rows = requestEnds.map((end) => {
		if (ends[end] === undefined) throw new Error(`the end "${end}" has no words in retryPage.js`);
		return [ends[end], ...shown.map(({ rule }) => decisions[rule[end]])];
	});
	return [
		table(['How the request ended', ...shown.map(({ title }) => title)], rows),
		`With pauses of our own a request is tried ${maximumTries} times in all. Where the provider asks to wait, it is tried until the time of the item is over.`,
	].join('\n\n');
}

/** What each provider's refusal looks like, from its adapter. */
function refusalTable({ providers }) {
	return [
		'A submit that is answered with HTTP 429 was not taken. An HTTP 503 means that only in the form that the document of the provider gives. Any other HTTP 503 may come from a gateway behind which the edit was taken, so the edit is not sent again.',
		table(
			['Provider', 'HTTP 503 that means "not taken, come again"', 'Source'],
			providers.map(({ title, busy }) =>
				busy === undefined ? [title, 'none documented', '—'] : [title, busy.says, busy.source],
			),
		),
	].join('\n\n');
}

function retryPage(adapters) {
	const path = 'docs/retry.md';
	const page = currentText(path);
	if (page === undefined) throw new Error(`${path} is not there`);
	const ruled = replaceSection(page, 'retry rule', retryTable(adapters));
	return { path, text: replaceSection(ruled, 'refusals', refusalTable(adapters)) };
}

module.exports = { retryPage };
