const { default: Sequencer } = require('@jest/test-sequencer');

/** Jest starts with the largest files while it does not know how long each takes; the fault matrix is short and slow. */
module.exports = class extends Sequencer {
	sort(tests) {
		const sorted = super.sort(tests);
		const isMatrix = ({ path }) => path.includes('faults/matrix/');
		return [...sorted.filter(isMatrix), ...sorted.filter((test) => !isMatrix(test))];
	}
};
