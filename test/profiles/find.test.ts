import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {Problem} from '../../src/problem.js';
import {findProfile, listProfiles} from '../../src/profiles/find.js';

describe('findProfile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'profiles-'));
  const file = join(folder, 'mine.yaml');
  const text = `
name: mine
limits:
  - {name: minute, windows: [{requests: 60, seconds: 60}]}
  - {name: user, per: [user], windows: [{requests: 10, seconds: 1}]}
variants: {quick: {without: [user]}}
headers: {remaining: X-Left, describes: {limits: [minute, user]}}
`;
  before(() => writeFileSync(file, text));
  after(() => rmSync(folder, {recursive: true}));

  it('finds a built-in profile by its name', () => assert.equal(findProfile('stream').name, 'stream'));

  it('finds a file by its path', () => assert.equal(findProfile(file).name, 'mine'));

  it('drops what a variant of a file leaves out, from the headers too', () => {
    const variant = findProfile(`${file}:quick`);
    assert.deepEqual(
      variant.limits.map(({name}) => name),
      ['minute'],
    );
    assert.deepEqual(variant.headers.describes?.limits, ['minute']);
    assert.equal(variant.name, 'mine:quick');
  });

  for (const [name, says] of [
    ['steam', '"steam" is not a profile, did you mean "stream"?'],
    ['gitbuh', '"gitbuh" is not a profile, did you mean "github"?'],
    ['', `"" is not a profile (built in are ${listProfiles().join(', ')})`],
    ['amity:netwrok', '"amity" has no variant "netwrok" (its variants are network), did you mean "network"?'],
    ['stream:lite', '"stream" has no variant "lite" (it has none)'],
    ['./nowhere.yaml', './nowhere.yaml: there is no such profile file'],
    ['nowhere.json', 'nowhere.json: there is no such profile file'],
    ['../built-in/stream', '../built-in/stream: there is no such profile file'],
    [folder, `${folder}: the profile file cannot be read (EISDIR)`],
  ] as const) {
    it(`refuses ${JSON.stringify(name.replace(folder, 'a folder'))}`, () => {
      const problem = caught(() => findProfile(name));
      assert.equal(problem.message, says);
      assert.equal(problem.code, 'PROFILE_UNKNOWN');
      assert.equal(problem.exit, 78);
    });
  }
});

function caught(action: () => unknown): Problem {
  try {
    action();
  } catch (error) {
    assert.instanceOf(error, Problem);
    return error as Problem;
  }
  throw new Error('nothing was thrown');
}
