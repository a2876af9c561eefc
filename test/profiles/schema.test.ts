import {readFileSync} from 'node:fs';
import {assert} from 'chai';
import {parse} from 'yaml';
import {listProfiles} from '../../src/profiles/find.js';
import {parseProfile} from '../../src/profiles/parse.js';
import {profileJsonSchema, profileSchema} from '../../src/profiles/schema.js';
import {faultIn, membersOf} from './json-schema.js';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/profile-format.md');
const schema = profileJsonSchema();

describe('docs/profile-format.md', () => {
  const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text!);
  const rows = [...page.matchAll(/^\| `([^`]+)` \| .* \| (.+?) \|$/gm)].map(
    ([, member, value]) => [member!, value!] as const,
  );

  it('has an example for every section', () => assert.isAtLeast(examples.length, 8));

  for (const [i, text] of examples.entries()) {
    it(`shows an example ${i + 1} that is a profile`, () => {
      parseProfile(text.startsWith('name:') ? text : `name: example\n${text}`, `example-${i + 1}`);
    });
  }

  it('names every member, and no other', () => {
    // Of the five kinds of rules one stands for all; refusals have a member of their own.
    const answers = /^(refused(?!\[\]\.limits$)|notExecuted|failed|ok|probes\[\]\.(happened|didNot))\[\]\./;
    const members = membersOf(schema)
      .map(({path}) => path)
      .filter((path) => !answers.test(path));
    assert.sameMembers(
      rows.map(([member]) => member),
      members,
    );
  });

  it('tells the default of every member', () => {
    const told = new Map(rows);
    for (const {path, required, value} of membersOf(schema)) {
      const cell = told.get(path);
      if (cell === undefined) continue;
      if (required) assert.equal(cell, '*required*', path);
      else if (value === undefined) assert.include(['—', '`name`'], cell, path);
      else assert.deepEqual(parse(cell.replaceAll('`', '')), value, path);
    }
  });
});

describe('profileJsonSchema', () => {
  for (const name of listProfiles()) {
    it(`holds for ${name}`, () => {
      assert.isUndefined(faultIn(schema, parse(read(`src/profiles/built-in/${name}.yaml`))));
    });
  }

  for (const file of [
    'unknown-member',
    'unknown-window-member',
    'missing-name',
    'unknown-kind',
    'window-of-no-time',
    'no-windows',
    'share-as-number',
    'status-unknown',
    'bad-json-pointer',
    'route-with-query',
    'unknown-source-of-scope',
  ]) {
    it(`does not hold for ${file}.yaml`, () => {
      assert.isString(faultIn(schema, parse(read(`fixtures/profiles/${file}.yaml`))));
    });
  }

  it('has the members of the parser, at the top', () => {
    const top = membersOf(schema)
      .map(({path}) => path)
      .filter((path) => /^\w+$/.test(path));
    assert.sameMembers(top, Object.keys(profileSchema.shape));
  });

  it('has a title and a description', () => {
    assert.containsAllKeys(schema, ['$schema', 'title', 'description']);
  });
});
