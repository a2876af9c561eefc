import {readdirSync, readFileSync, statSync} from 'node:fs';
import {assert} from 'chai';
import {
  clocks,
  cycles,
  defaults,
  dice,
  floors,
  importers,
  lengths,
  mirrors,
  names,
  type Rule,
  type SourceFile,
  workplace,
} from './support/rules.js';

/** Source files whose promises are kept by the tests of others, each with the reason. */
const UNTESTED: Readonly<Record<string, string>> = {
  'src/ui/prompts.ts': 'it hands questions to a library that needs a terminal',
};

/** The least that breaks each rule: a rule that cannot fail keeps nothing. */
const BROKEN: readonly {readonly name: string; readonly rule: Rule; readonly broken: readonly SourceFile[]}[] = [
  {
    name: 'imports go down the floors, never up',
    rule: floors,
    broken: [{path: 'src/limits/a.ts', text: "import {run} from '../run/run.js';"}],
  },
  {
    name: 'imports never go sideways',
    rule: floors,
    broken: [{path: 'src/limits/a.ts', text: "import type {State} from '../journal/record.js';"}],
  },
  {
    name: 'every folder stands on a floor',
    rule: floors,
    broken: [{path: 'src/attic/a.ts', text: "import {EXIT} from './b.js';"}],
  },
  {
    name: 'the program never imports its tests',
    rule: floors,
    broken: [{path: 'src/run/a.ts', text: "import {fake} from '../../test/support/fake.js';"}],
  },
  {
    name: 'imports never go in a circle',
    rule: cycles,
    broken: [
      {path: 'src/run/a.ts', text: "import {b} from './b.js';"},
      {path: 'src/run/b.ts', text: "const a = await import('./a.js');"},
    ],
  },
  {
    name: 'files stay near 200 lines',
    rule: lengths,
    broken: [{path: 'src/run/a.ts', text: 'a;\n'.repeat(241)}],
  },
  {
    name: 'a command is at most 60 lines',
    rule: lengths,
    broken: [{path: 'src/commands/run.ts', text: 'a;\n'.repeat(61)}],
  },
  {name: 'no file is a drawer for anything', rule: names, broken: [{path: 'src/run/utils.ts', text: ''}]},
  {
    name: 'no class is named after being busy',
    rule: names,
    broken: [{path: 'src/run/lanes.ts', text: 'export class LaneManager {}'}],
  },
  {
    name: 'only commands export by default',
    rule: defaults,
    broken: [{path: 'src/run/a.ts', text: 'export default function () {}'}],
  },
  ...['Date.now()', 'new Date()', 'performance.now()', 'setTimeout(f)', 'process.hrtime()'].map((call) => ({
    name: `no clock is hidden: ${call}`,
    rule: clocks,
    broken: [{path: 'src/plan/a.ts', text: `const at = ${call}; // fine: nothing`}],
  })),
  {
    name: 'no timer comes in by import',
    rule: clocks,
    broken: [{path: 'src/plan/a.ts', text: "import {setTimeout as sleep} from 'node:timers/promises';"}],
  },
  {
    name: 'chance is an argument below the edges',
    rule: dice,
    broken: [{path: 'src/limits/a.ts', text: 'export const jitter = (random = Math.random) => random();'}],
  },
  ...['p-queue', 'got', 'cli-progress', 'csv-parse/sync'].map((name) => ({
    name: `${name} is imported in one place`,
    rule: importers,
    broken: [{path: 'src/run/a.ts', text: `const it = await import('${name}');`}],
  })),
  {
    name: 'no file names a place on a machine',
    rule: workplace,
    broken: [{path: 'docs/a.md', text: `see ${['', 'home', 'me', 'notes'].join('/')}`}],
  },
  {
    name: 'no file names a registry',
    rule: workplace,
    broken: [{path: 'package-lock.json', text: `https://${['registry', 'example', 'org'].join('.')}/a`}],
  },
  {
    name: 'every source file has its tests where one looks for them',
    rule: mirrors({}),
    broken: [{path: 'src/run/a.ts', text: 'export const a = 1;'}],
  },
  {
    name: 'every test is named after what it tests',
    rule: mirrors({}),
    broken: [{path: 'test/run/bug-17.test.ts', text: ''}],
  },
  {name: 'no exception outlives its reason', rule: mirrors({'src/run/gone.ts': 'it is small'}), broken: []},
];

describe('the house', () => {
  const files = projectFiles();
  const mirrored = mirrors(UNTESTED);

  for (const [name, rule] of Object.entries({
    floors,
    cycles,
    lengths,
    names,
    defaults,
    clocks,
    dice,
    importers,
    workplace,
    mirrored,
  }))
    it(`keeps its rule of ${name}`, () => {
      const found = rule(files).join('\n');
      assert.isEmpty(found, found);
    });
});

describe('the rules of the house', () => {
  for (const {name, rule, broken} of BROKEN) it(name, () => assert.lengthOf(rule(broken), 1));

  for (const {name, rule, file} of [
    {
      name: 'a comment about a clock is no clock',
      rule: clocks,
      file: {path: 'src/plan/a.ts', text: '// not Date.now()'},
    },
    {name: 'a sentence about a clock is no clock', rule: clocks, file: {path: 'src/plan/a.ts', text: "'Date.now()'"}},
    {name: 'a date of an instant is no clock', rule: clocks, file: {path: 'src/plan/a.ts', text: 'new Date(at)'}},
    {name: 'the clock may be one', rule: clocks, file: {path: 'src/clock.ts', text: 'Date.now()'}},
    {
      name: 'a folder imports from itself',
      rule: floors,
      file: {path: 'src/ui/a.ts', text: "import {b} from './b.js';"},
    },
    {
      name: 'a circle of types is none',
      rule: cycles,
      file: {path: 'src/run/a.ts', text: "import type {A} from './a.js';"},
    },
    {
      name: 'a folder imports from below',
      rule: floors,
      file: {path: 'src/ui/a.ts', text: "import {EXIT} from '../problem.js';\nimport {c} from '../report/c.js';"},
    },
    {name: 'a command may be called types', rule: names, file: {path: 'src/commands/types.ts', text: ''}},
    {
      name: 'a path of a URL is no path of a machine',
      rule: workplace,
      file: {path: 'a.md', text: 'http://a.example/home/b'},
    },
    {name: 'types alone need no test', rule: mirrors({}), file: {path: 'src/run/a.ts', text: 'export type A = 1;'}},
  ])
    it(name, () => assert.deepEqual(rule([file]), []));
});

/** Every text file of the project that is not made by a tool. */
function projectFiles(): SourceFile[] {
  const made = /^(?:node_modules|dist|\.git|oclif\.manifest\.json)$|\.run(?:\/|$)|(?:^|\/)\./;
  return readdirSync('.')
    .filter((name) => !made.test(name) || name === '.ci')
    .flatMap((name) =>
      statSync(name).isDirectory() ? readdirSync(name, {recursive: true}).map((below) => `${name}/${below}`) : [name],
    )
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => (!made.test(path) || path.startsWith('.ci/')) && statSync(path).isFile())
    .map((path) => ({path, text: readFileSync(path, 'utf8')}))
    .filter(({text}) => !text.includes('\0'));
}
