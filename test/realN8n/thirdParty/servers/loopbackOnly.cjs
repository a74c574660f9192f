'use strict';
// Loaded into a foreign server before it starts: whatever it asks for, it listens on a free port of the loopback
// interface only, and tells which.
const { Server } = require('node:net');

const { listen } = Server.prototype;
Server.prototype.listen = function (...given) {
	const done = given.findLast((argument) => typeof argument === 'function');
	return listen.call(this, 0, '127.0.0.1', () => {
		process.stdout.write(`\nlistening on port ${this.address().port}\n`);
		if (done) done();
	});
};
