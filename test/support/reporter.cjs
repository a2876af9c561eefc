const {reporters} = require('mocha');

/** A dot for each test, the names of the skipped ones, and last a plain line that a script can read. */
module.exports = class Summary extends reporters.Dot {
  #skipped = [];

  constructor(runner, options) {
    super(runner, options);
    runner.on('pending', (test) => this.#skipped.push(test.fullTitle()));
  }

  epilogue() {
    super.epilogue();
    for (const title of this.#skipped) console.log(`skipped: ${title}`);
    const {passes, failures, pending} = this.stats;
    console.log(`${passes} passed, ${failures} failed${pending ? `, ${pending} skipped` : ''}`);
  }
};
