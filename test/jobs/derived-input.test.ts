import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {DerivedInput, halves} from '../../src/jobs/derived-input.js';

describe('the input of a step', () => {
  const folder = mkdtempSync(join(tmpdir(), 'derived-'));
  const path = join(folder, 'members.ndjson');
  after(() => rmSync(folder, {recursive: true}));

  it('only grows: what was a request stays the one it was', async () => {
    const first = new DerivedInput(path);
    assert.isTrue(first.isEmpty);
    first.add({rows: [1, 2], values: {team: 'Zoë', rows: [{id: 1}, {id: 2}]}});
    await first.save();
    const before = readFileSync(path, 'utf8');
    const second = new DerivedInput(path);
    assert.deepEqual([1, 2, 3].map(second.has), [true, true, false]);
    await second.save();
    assert.equal(readFileSync(path, 'utf8'), before);
    second.add({rows: [2], values: {}});
    await second.save();
    assert.equal(readFileSync(path, 'utf8'), `${before}{"_source":[2]}\n`);
  });

  it('lets failed rows go out in another request', () => {
    const input = new DerivedInput(path);
    input.forget([2]);
    assert.deepEqual([1, 2].map(input.has), [true, false]);
  });
});

describe('halves', () => {
  it('are two requests of the same rows, in their order', () => {
    const rows = [4, 7, 9].map((row) => ({
      row,
      values: {team: 'red', user: row},
      state: 'failed' as const,
      status: 400,
      why: null,
      captured: {},
      request: 1,
    }));
    assert.deepEqual(halves(rows, ['team']), [
      {
        rows: [4, 7],
        values: {
          team: 'red',
          rows: [
            {team: 'red', user: 4},
            {team: 'red', user: 7},
          ],
        },
      },
      {rows: [9], values: {team: 'red', rows: [{team: 'red', user: 9}]}},
    ]);
  });
});
