// Makes a checkout ready: installs what is missing, builds what is stale, and says nothing when there is nothing to do.
// Imports nothing that has to be installed, so that `npm test` works on a fresh clone.
import {spawnSync} from 'node:child_process';
import {readdirSync, statSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

if (changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json')) npm('ci', '--no-audit', '--no-fund');
if (changedAt('oclif.manifest.json') < newest('src', 'bin', 'package.json', 'tsconfig.json', '.ci/build.mjs'))
  npm('run', 'build');

/** When a file was last changed, in ms; long ago when it is not there. */
function changedAt(path) {
  return statSync(join(root, path), {throwIfNoEntry: false})?.mtimeMs ?? Number.NEGATIVE_INFINITY;
}

/** The latest change below these paths. Folders count: a removed file changes its folder only. */
function newest(...paths) {
  const below = paths
    .filter((path) => statSync(join(root, path)).isDirectory())
    .flatMap((path) => readdirSync(join(root, path), {recursive: true}).map((name) => join(path, name)));
  return Math.max(...[...paths, ...below].map(changedAt));
}

/** Runs npm without a word, or shows what it said and leaves. */
function npm(...args) {
  // A shell, because npm is npm.cmd on Windows.
  const {status, stdout, stderr} = spawnSync(`npm --silent ${args.join(' ')}`, {
    cwd: root,
    encoding: 'utf8',
    shell: true,
  });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}npm ${args.join(' ')} failed, see above\n`);
  process.exit(status ?? 1);
}
