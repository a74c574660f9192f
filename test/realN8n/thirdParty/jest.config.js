const { join } = require('node:path');

/** Tests against servers that are installed first: `npx jest --config test/realN8n/thirdParty/jest.config.js`. */
module.exports = {
	...require('../../../jest.config.js'),
	rootDir: join(__dirname, '../../..'),
	testMatch: ['<rootDir>/test/realN8n/thirdParty/**/*.e2e.ts'],
	// The first run installs.
	testTimeout: 300_000,
	maxWorkers: 1,
};
