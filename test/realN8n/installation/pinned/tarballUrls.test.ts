import { withTarballUrls } from './tarballUrls';

it('gives every package of the registry its address, and leaves the others alone', () => {
	const { packages } = withTarballUrls(
		{
			packages: {
				'': { version: '1.0.0' },
				'node_modules/one': { version: '1.2.3' },
				'node_modules/one/node_modules/@scope/two': { version: '2.0.0-beta.1' },
				'node_modules/alias': { name: 'real-name', version: '3.0.0' },
				'node_modules/elsewhere': { version: '4.0.0', resolved: 'https://files.example/x.tgz' },
				'node_modules/linked': { version: '5.0.0', link: true },
				'node_modules/one/node_modules/bundled': { version: '6.0.0', inBundle: true },
			},
		},
		'https://mirror.example/npm/',
	);
	const addresses = Object.values(packages).map(({ resolved }) => resolved);
	expect(addresses).toEqual([
		undefined,
		'https://mirror.example/npm/one/-/one-1.2.3.tgz',
		'https://mirror.example/npm/@scope/two/-/two-2.0.0-beta.1.tgz',
		'https://mirror.example/npm/real-name/-/real-name-3.0.0.tgz',
		'https://files.example/x.tgz',
		undefined,
		undefined,
	]);
});
