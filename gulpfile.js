const { series } = require('gulp');
const { bundle } = require('./gulp/bundle');
const { docs, docsCheck } = require('./gulp/docs/docs');
const { providers, providersCheck } = require('./gulp/providers/providers');
const { prune } = require('./gulp/prune');
const { releaseCheck } = require('./gulp/releaseCheck');

// `n8n-node build` wipes dist, compiles and copies images; this runs after it and leaves only what runs.
exports.default = series(bundle, prune);
exports.bundle = bundle;
exports.prune = prune;

// What is written from the provider adapters, and the checks that nothing has drifted from them.
exports.docs = docs;
exports['docs:check'] = docsCheck;
exports.providers = series(providers, docs);
exports['providers:check'] = providersCheck;

// Run by `npm run release`.
exports['release:check'] = releaseCheck;
