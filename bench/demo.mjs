// The main job, against a provider in a box: 600 cities become communities under a limit of 100 per 5 s and 10 per 1 s. In the
// middle the program is killed; it goes on, and then the provider's own log is asked what was executed. Takes about 90 s.
// Leaves with 1 when a row is lost, or was executed twice.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {createInterface} from 'node:readline';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';

const ROWS = 600;
const KILLED_AFTER = 250;

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'sluice-demo-'));
const children = new Set();
process.once('exit', cleanUp);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));

writeFileSync(join(folder, 'cities.csv'), cities());
writeFileSync(
  join(folder, 'community.json'),
  '{"displayName": "{{ name }}", "tags": ["{{ country }}", "{{ subcountry }}"], "metadata": {"geonameid": "{{ geonameid }}"}}\n',
);

say(`${ROWS} rows, each of which becomes a community:`);
await type('head -n 4 cities.csv');
await type('cat community.json');

say(
  'A provider in a box: 100 requests per 5 s, 10 per 1 s for each user, an answer after 20 to 200 ms. It logs what it executes.',
);
const provider = start('sluice simulate amity --latency 20-200 --log provider.ndjson &', {stdout: 'pipe'});
const words = createInterface({input: provider.child.stdout});
const told = [];
words.on('line', (line) => told.push(line));
await once(words, 'line');
const [url] = told;
console.log(url);

const order = [
  `cities.csv --profile amity --base-url ${url} --share 100%`,
  "--operation CreateCommunity --body @community.json --header 'x-row: {{ geonameid }}' --id geonameid",
].join(' \\\n    ');
process.env.AMITY_ADMIN_TOKEN = 'of-the-demo';
// What this machine's real runs know of each other is left alone.
process.env.SLUICE_STATE = join(folder, 'state');
say(
  'First the plan: every row is checked, nothing is sent. The provider has nobody else to serve, so the share is 100 %.',
);
console.log('\n$ export AMITY_ADMIN_TOKEN=…');
await type(`sluice plan ${order}`);

say(
  `Then the run. It is killed (SIGKILL: it cannot even say goodbye) once ${KILLED_AFTER} rows have been sent, with requests on their way.`,
);
const run = start(`sluice run ${order}`);
while (run.child.exitCode === null && !isBusy(arrivals())) await sleep(5);
run.child.kill('SIGKILL');
await run.ended;
console.log('\nKilled');
await type('sluice status cities.run', [0]);

say('It goes on where it stopped. What it had sent without hearing an answer stays in doubt: nobody could know here.');
await type('sluice resume cities.run', [0, 3]);

const results = lines('cities.run/results.ndjson');
const executed = new Map();
for (const line of arrivals()) if (line.executed) executed.set(line.key, [...(executed.get(line.key) ?? []), line]);
const times = ({id}) => executed.get(id)?.length ?? 0;
const doubtful = results.filter(({state}) => state === 'in-doubt');
if (doubtful.length > 0) {
  say('Rows in doubt, and what the log of the provider says of them:');
  for (const result of doubtful) {
    const logged = executed
      .get(result.id)
      ?.map(({at, status}) => `executed at ${new Date(at).toISOString()}, ${status}`);
    console.log(`  row ${result.row} (geonameid ${result.id}): ${logged?.join(' and ') ?? 'not executed'}`);
  }
}

provider.child.kill('SIGINT');
await provider.ended;
say('The provider ends, and says what it saw:');
for (const line of told.slice(2)) console.log(`  ${line}`);

const ok = results.filter(({state}) => state === 'ok');
const lost = ok.filter((result) => times(result) === 0).length + (ROWS - results.length);
const twice = [...executed.values()].filter((each) => each.length > 1).length;
const foreign = [...executed.keys()].filter((id) => !results.some((result) => result.id === id)).length;
const refused = arrivals().filter(({refusedBy}) => refusedBy !== undefined).length;
say('Side by side:');
table([
  ['', 'sluice says', 'the provider counted'],
  ['rows', results.length, ''],
  ['executed', `${ok.length} ok`, executed.size],
  ['in doubt', doubtful.length, `${doubtful.filter(times).length} of them executed`],
  ['refused', summary().refusals, refused],
  ['executed twice', '', twice],
  ['ok, and never executed', '', lost],
]);
const sound = results.length === ROWS && lost === 0 && twice === 0 && foreign === 0;
console.log(sound ? '\nNothing is lost, nothing was done twice.' : '\nThis does not add up.');
process.exit(sound ? 0 : 1);

/** The first rows of the cities: none of them has a line break in it. */
function cities() {
  const text = readFileSync(join(root, 'fixtures/world-cities-2000.csv'), 'utf8');
  return `${text
    .split('\n')
    .slice(0, ROWS + 1)
    .join('\n')}\n`;
}

/** Types a command for the reader and waits for its end. One that ends otherwise than expected ends the demo. */
async function type(command, expected = [0]) {
  const code = await start(command).ended;
  if (expected.includes(code)) return;
  console.error(`\nthe demo did not expect ${command.split(' ').slice(0, 2).join(' ')} to leave with ${code}`);
  process.exit(1);
}

/** Types a command for the reader and starts it, in a shell of its own unless it is sluice: a shell would take the signals. */
function start(command, {stdout = 'inherit'} = {}) {
  console.log(`\n$ ${command}`);
  const [program, ...args] = command
    .replace(/ &$/, '')
    .replaceAll('\\\n', '')
    .match(/'[^']*'|\S+/g)
    .map((word) => word.replaceAll("'", ''));
  const [file, ...before] = program === 'sluice' ? [process.execPath, join(root, 'bin/run.js')] : [program];
  const child = spawn(file, [...before, ...args], {cwd: folder, stdio: ['ignore', stdout, 'inherit']});
  children.add(child);
  const ended = once(child, 'close').then(([code]) => {
    children.delete(child);
    return code;
  });
  return {child, ended};
}

/** Enough has been done, and several requests came just now: their answers are still on their way. */
function isBusy(log) {
  const recent = log.slice(-3);
  return log.length >= KILLED_AFTER && recent[2].at - recent[0].at < 60;
}

function arrivals() {
  return lines('provider.ndjson');
}

function summary() {
  return JSON.parse(readFileSync(join(folder, 'cities.run/summary.json'), 'utf8'));
}

/** The objects of an NDJSON file; none when it is not there yet, and without a last line that is still being written. */
function lines(name) {
  try {
    const text = readFileSync(join(folder, name), 'utf8');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  for (const row of rows)
    console.log(
      `  ${row
        .map((cell, column) => String(cell).padEnd(widths[column] + 2))
        .join('')
        .trimEnd()}`,
    );
}

function say(text) {
  console.log(`\n# ${text.replace(/(?=.{77})(.{1,76}) /g, '$1\n# ')}`);
}

function cleanUp() {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, {recursive: true, force: true});
}
