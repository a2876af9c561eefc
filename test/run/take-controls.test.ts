import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {wallNow} from '../../src/clock.js';
import {fetchAnswer, putControl} from '../../src/journal/control-files.js';
import type {Control} from '../../src/journal/record.js';
import {EXIT, Problem} from '../../src/problem.js';
import type {InForce} from '../../src/run/controls.js';
import {watchControls} from '../../src/run/take-controls.js';

const inForce: InForce = {at: 1, said: 'done', share: 1, concurrency: 1, pace: 'burst', limits: [], paused: false};

describe('watchControls', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-control-'));
  });
  afterEach(() => rmSync(folder, {recursive: true, force: true}));

  function open(carryOut: (control: Control) => InForce = () => inForce) {
    const carried: Control[] = [];
    const steps: string[] = [];
    const watch = watchControls(folder, {
      carryOut: (control) => {
        carried.push(control);
        steps.push('carried out');
        return carryOut(control);
      },
      commit: async () => {
        steps.push('durable');
      },
      say: (line) => steps.push(line),
    });
    return {watch, carried, steps};
  }

  it('carries out what is there in its order, and answers when it is durable', async () => {
    const {watch, carried, steps} = open();
    const first = await putControl(folder, {share: 0.5}, wallNow());
    const second = await putControl(folder, {paused: true}, wallNow() + 10);
    await watch.look();
    assert.deepEqual(carried, [{share: 0.5}, {paused: true}]);
    assert.deepEqual(steps.slice(0, 3), ['carried out', 'durable', 'sluice set: done']);
    assert.deepEqual(await fetchAnswer(folder, first), {kind: 'done', inForce});
    assert.deepEqual(await fetchAnswer(folder, second), {kind: 'done', inForce});
    assert.isEmpty(readdirSync(folder));
  });

  it('removes what cannot be understood, and goes on', async () => {
    const {watch, carried, steps} = open();
    const name = `control-${Math.round(wallNow())}-1.json`;
    writeFileSync(join(folder, name), 'rubbish');
    await watch.look();
    assert.isEmpty(carried);
    assert.deepEqual(steps, [`${name} says nothing that can be set; it was removed and not carried out`]);
    assert.isEmpty(readdirSync(folder));
  });

  it('does not carry out what was left over from before', async () => {
    const {watch, carried, steps} = open();
    const name = await putControl(folder, {paused: true}, wallNow() - 60_000);
    await watch.look();
    assert.isEmpty(carried);
    assert.deepEqual(steps, [`${name} is of before; it was removed and not carried out`]);
    assert.isEmpty(readdirSync(folder));
  });

  it('answers why something was not carried out', async () => {
    const {watch} = open(() => {
      throw new Problem('LIMIT_UNKNOWN', 'there is no such limit', 'Name another.', {exit: EXIT.usage});
    });
    const name = await putControl(folder, {share: 0.5}, wallNow());
    await watch.look();
    assert.deepEqual(await fetchAnswer(folder, name), {
      kind: 'refused',
      code: 'LIMIT_UNKNOWN',
      message: 'there is no such limit',
    });
  });

  it('says once that it cannot look, and never fails', async () => {
    const {watch, steps} = open();
    rmSync(folder, {recursive: true});
    await watch.look();
    await watch.look();
    assert.lengthOf(steps, 1);
    assert.match(steps[0]!, /do not reach this run: ENOENT/);
  });
});
