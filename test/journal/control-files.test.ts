import {existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {
  CONTROL_LASTS_MS,
  fetchAnswer,
  findControls,
  putAnswer,
  putControl,
  removeControl,
} from '../../src/journal/control-files.js';

const now = 1_770_000_000_000;

describe('control files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-control-'));
  });
  afterEach(() => rmSync(folder, {recursive: true}));

  const leave = (name: string, content: string) => writeFileSync(join(folder, name), content);

  it('are found whole, in the order in which they were put, and nobody else may read them', async () => {
    const control = {share: 0.5, concurrency: 4, limits: [{name: 'network', requests: 80, seconds: 5}]};
    const second = await putControl(folder, {paused: true}, now + 5);
    const first = await putControl(folder, control, now);
    assert.deepEqual(await findControls(folder, now + 100), [
      {name: first, control, stale: false},
      {name: second, control: {paused: true}, stale: false},
    ]);
    assert.equal(statSync(join(folder, first)).mode & 0o777, 0o600);
  });

  it('are taken away once, by whoever is first', async () => {
    const name = await putControl(folder, {paused: true}, now);
    assert.deepEqual([await removeControl(folder, name), await removeControl(folder, name)], [true, false]);
    assert.isEmpty(readdirSync(folder));
  });

  it('are answered under their own name, and the answer is fetched once', async () => {
    const name = await putControl(folder, {paused: true}, now);
    assert.isUndefined(await fetchAnswer(folder, name));
    await putAnswer(folder, name, {kind: 'done'});
    assert.deepEqual(await fetchAnswer(folder, name), {kind: 'done'});
    assert.isUndefined(await fetchAnswer(folder, name));
  });

  it('are of nobody any more after a while', async () => {
    await putControl(folder, {paused: true}, now);
    const stale = async (at: number) => (await findControls(folder, at))[0]?.stale;
    assert.deepEqual([await stale(now + CONTROL_LASTS_MS), await stale(now + CONTROL_LASTS_MS + 1)], [false, true]);
  });

  it('leave nothing behind that somebody killed did not take along', async () => {
    for (const end of ['answer', 'answer.tmp', 'json.tmp']) leave(`control-${now}-7.${end}`, 'x');
    leave('control.txt', 'not ours');
    await findControls(folder, now + 1000);
    assert.lengthOf(readdirSync(folder), 4);
    await findControls(folder, now + CONTROL_LASTS_MS + 1);
    assert.deepEqual(readdirSync(folder), ['control.txt']);
    assert.isTrue(existsSync(folder));
  });

  for (const [what, text] of Object.entries({
    'is no JSON': '{"share":',
    'is no object': '[1]',
    'says nothing': '{}',
    'says something else': '{"share": 0.5, "retry": 3}',
    'says what every object has': '{"constructor": 1}',
    'has a share of nothing': '{"share": 0}',
    'has a share above all': '{"share": 2}',
    'has half a request at once': '{"concurrency": 0.5}',
    'has a limit without a name': '{"limits": [{"requests": 1, "seconds": 1}]}',
    'has a limit of no time': '{"limits": [{"name": "network", "requests": 1, "seconds": 0}]}',
    'has another pace': '{"pace": "fast"}',
    'pauses a little': '{"paused": 1}',
    'is endless': `{"paused": true, "more": "${'x'.repeat(70_000)}"}`,
  }))
    it(`are not understood where one ${what}`, async () => {
      leave(`control-${now}-7.json`, text);
      assert.deepEqual(await findControls(folder, now), [
        {name: `control-${now}-7.json`, control: undefined, stale: false},
      ]);
    });
});
