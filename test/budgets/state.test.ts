import {chmod, mkdir, readdir, readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {assert} from 'chai';
import {budgetId, openState, stateFolder} from '../../src/budgets/state.js';
import {inFolder} from '../support/program.js';

describe('stateFolder', () => {
  for (const {name, env, folder} of [
    {name: 'what SLUICE_STATE says', env: {SLUICE_STATE: '/a', XDG_STATE_HOME: '/b', HOME: '/c'}, folder: '/a'},
    {name: 'a folder of the state home', env: {XDG_STATE_HOME: '/b', HOME: '/c'}, folder: '/b/sluice'},
    {name: 'a folder of the home', env: {HOME: '/c'}, folder: '/c/.local/state/sluice'},
    {name: 'not a relative state home', env: {XDG_STATE_HOME: 'b', HOME: '/c'}, folder: '/c/.local/state/sluice'},
    {
      name: 'not an empty word',
      env: {SLUICE_STATE: '', XDG_STATE_HOME: '', HOME: '/c'},
      folder: '/c/.local/state/sluice',
    },
  ])
    it(`is ${name}`, () => assert.equal(stateFolder(env), folder));
});

describe('openState', () => {
  const open = (use: (folder: string) => Promise<void>) => inFolder({}, (home) => use(join(home, 'a', 'state')));

  it('makes a folder and a salt that nobody else can read', () =>
    open(async (folder) => {
      await openState(folder);
      assert.equal((await stat(folder)).mode & 0o777, 0o700);
      assert.equal((await stat(join(folder, 'salt'))).mode & 0o777, 0o600);
      assert.match(await readFile(join(folder, 'salt'), 'utf8'), /^[0-9a-f]{64}$/);
    }));

  it('gives the same salt again, and the same to all that begin at once', () =>
    open(async (folder) => {
      const salts = await Promise.all(Array.from({length: 8}, () => openState(folder)));
      assert.lengthOf(new Set([...salts, await openState(folder)]), 1);
      assert.deepEqual(await readdir(folder), ['salt']);
    }));

  it('gives another salt in another folder', () =>
    open(async (folder) => assert.notEqual(await openState(folder), await openState(`${folder}-2`))));

  it('refuses a folder in which others may write, and a salt that is none', () =>
    open(async (folder) => {
      const fault = () =>
        openState(folder).then(
          () => 'opened',
          (error: Error) => error.message,
        );
      await mkdir(folder, {recursive: true});
      await writeFile(join(folder, 'salt'), 'pepper');
      assert.match(await fault(), /salt holds no salt/);
      await chmod(folder, 0o777);
      assert.equal(await fault(), 'others may write in it');
    }));
});

describe('budgetId', () => {
  it('tells origins, credentials and machines apart, and nothing else', () => {
    const id = budgetId('s1', 'https://a.example', 'k1');
    assert.equal(budgetId('s1', 'https://a.example', 'k1'), id);
    const others = [
      budgetId('s2', 'https://a.example', 'k1'),
      budgetId('s1', 'https://b.example', 'k1'),
      budgetId('s1', 'https://a.example', 'k2'),
    ];
    assert.lengthOf(new Set([id, ...others]), 4);
    assert.match(id, /^[0-9a-f]{32}$/);
  });
});
