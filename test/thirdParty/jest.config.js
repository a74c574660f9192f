const { join } = require('node:path');

/** The providers' own clients, which are installed first: `npx jest --config test/thirdParty/jest.config.js`. */
module.exports = {
	...require('../../jest.config.js'),
	rootDir: join(__dirname, '../..'),
	testMatch: ['<rootDir>/test/thirdParty/**/*.e2e.ts'],
	// The first run installs.
	testTimeout: 300_000,
	maxWorkers: 1,
};
