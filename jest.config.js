/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	// Not the whole folder: an n8n may be being installed below it.
	roots: ['<rootDir>/test', '<rootDir>/nodes', '<rootDir>/credentials'],
	testMatch: ['<rootDir>/test/**/*.test.ts'],
	// dist/package.json would claim the name of this package a second time.
	modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.n8n-instance'],
	transform: {
		'^.+\\.ts$': [
			'@swc/jest',
			{
				jsc: {
					parser: { syntax: 'typescript', decorators: true },
					transform: { legacyDecorator: true, decoratorMetadata: true },
					target: 'es2022',
				},
			},
		],
	},
	testTimeout: 30_000,
	testSequencer: '<rootDir>/test/matrixFirst.js',
	// As many as the machine that runs it has processors: with more, what must happen within seconds comes too late.
	maxWorkers: 2,
};
