import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {assert} from 'chai';
import {EXIT} from '../src/problem.js';
import {EXAMPLES} from './support/examples.js';

const RECORDED = 'fixtures/surface.json';
const MANIFEST = 'oclif.manifest.json';

/**
 * What scripts outside of this repository rely on: commands, flags, exit codes, the keys of what is written as JSON. A change here
 * is a change for them, so it shows as a changed line of fixtures/surface.json: `UPDATE_SURFACE=1 npm test` records it.
 */
type Surface = {
  readonly commands: Readonly<
    Record<string, {readonly args: readonly string[]; readonly flags: Readonly<Record<string, string>>}>
  >;
  readonly exit: Readonly<Record<string, number>>;
  readonly json: Readonly<Record<string, readonly string[]>>;
};

type Flag = {
  readonly char?: string;
  readonly type: string;
  readonly options?: readonly string[];
  readonly default?: unknown;
  readonly multiple?: boolean;
  readonly required?: boolean;
  readonly allowNo?: boolean;
  readonly hidden?: boolean;
};

type Manifest = {
  readonly commands: Readonly<
    Record<string, {args?: Record<string, {required?: boolean}>; flags?: Record<string, Flag>; hidden?: boolean}>
  >;
};

describe('the surface', () => {
  before(() => {
    assert.isTrue(existsSync(MANIFEST), `${MANIFEST} is not there: npm run build`);
    if (process.env.UPDATE_SURFACE) writeFileSync(RECORDED, `${JSON.stringify(currentSurface(), null, 2)}\n`);
  });

  for (const part of ['commands', 'exit', 'json'] as const)
    it(`is as recorded: ${part}`, () => {
      const recorded: Surface = JSON.parse(readFileSync(RECORDED, 'utf8'));
      assert.deepEqual(currentSurface()[part], recorded[part], `${RECORDED} says otherwise; UPDATE_SURFACE=1 npm test`);
    });

  it('shows a flag with all that a script can rely on', () => {
    assert.equal(
      flagLine({char: 'k', type: 'option', options: ['all', 'none'], default: 'all', multiple: true, required: true}),
      '-k option all|none default=all multiple required',
    );
  });

  it('shows the keys of what lies inside', () => {
    assert.deepEqual(keysOf({a: 1, b: [{c: {d: 2}}]}), ['a', 'b', 'b[].c', 'b[].c.d']);
  });
});

function currentSurface(): Surface {
  const {commands}: Manifest = JSON.parse(readFileSync(MANIFEST, 'utf8'));
  return {
    commands: Object.fromEntries(
      Object.entries(commands)
        .filter(([, {hidden}]) => !hidden)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([id, {args = {}, flags = {}}]) => [
          id.replaceAll(':', ' '),
          {
            args: Object.entries(args).map(([name, {required}]) => (required ? name : `[${name}]`)),
            flags: Object.fromEntries(
              Object.entries(flags)
                .filter(([, {hidden}]) => !hidden)
                .sort(([a], [b]) => (a < b ? -1 : 1))
                .map(([name, flag]) => [name, flagLine(flag)]),
            ),
          },
        ]),
    ),
    exit: EXIT,
    json: Object.fromEntries(Object.entries(EXAMPLES).map(([name, example]) => [name, keysOf(example)])),
  };
}

function flagLine({char, type, options, default: value, multiple, required, allowNo}: Flag): string {
  const words = [
    char ? `-${char}` : '',
    type,
    options?.join('|') ?? '',
    value === undefined || value === false ? '' : `default=${String(value)}`,
    multiple ? 'multiple' : '',
    required ? 'required' : '',
    allowNo ? 'or --no-' : '',
  ];
  return words.filter((word) => word !== '').join(' ');
}

/** The paths of all keys, in their order; a list shows the keys of its first member. */
function keysOf(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return keysOf(value[0], prefix.replace(/\.$/, '[].'));
  return Object.entries(value).flatMap(([key, inner]) => [`${prefix}${key}`, ...keysOf(inner, `${prefix}${key}.`)]);
}
