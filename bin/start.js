// CommonJS by bin/package.json: the loader of ES modules starts the thread pool before their first line runs, and a pool
// that has started keeps its 4 threads. Name look-ups that hang would then hold up the journal's writes to disk.
process.env.UV_THREADPOOL_SIZE ??= '16';

// Without a listener the signal opens Node's inspector, and whoever may reach this machine's loopback reads the credentials.
process.on('SIGUSR1', () => {});

// A heap may grow fourfold before it is looked through: by far the most of what a million rows would take is waste.
require('node:v8').setFlagsFromString('--heap-growing-percent=50');

// Commands come from dist, whatever NODE_ENV says.
globalThis.oclif = {enableAutoTranspile: false};

const {join} = require('node:path');
const {Errors, flush, run} = require('@oclif/core');

const DISK = 74;
const INTERNAL = 70;

for (const stream of [process.stdout, process.stderr]) {
  stream.removeAllListeners('error'); // oclif's own throws, which would end a run because nobody reads its output any more.
  stream.on('error', ({code}) => {
    if (code !== 'EPIPE' && code !== 'EIO') process.exitCode = DISK;
  });
}

/** Only an error that nobody foresaw has no exit code of its own. */
async function fail(error) {
  // Where too few files may be open, not even this can be loaded: the error is told as it is, or it would come back for ever.
  const usage = await import('../dist/ui/usage.js').catch(() => undefined);
  const shown = usage ? usage.told(error, process.argv.slice(2)) : error;
  const known = shown instanceof Error ? shown : new Error(`thrown: ${shown}`);
  known.oclif ??= {exit: INTERNAL};
  return Errors.handle(known);
}

process.on('uncaughtException', fail);
module.exports = run(process.argv.slice(2), {root: join(__dirname, '..')}).then(() => flush(), fail);
