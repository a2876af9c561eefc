import {assert} from 'chai';
import type {Turns} from '../../src/schedule/turns.js';
import {linedUp} from './lined-up.js';

/** Tells which rows are opened and shut by what is done. */
function told(act: (gates: {open(row: number): void; shut(row: number): void}) => unknown) {
  const opened: number[] = [];
  const shut: number[] = [];
  const said = act({open: (row) => opened.push(row), shut: (row) => shut.push(row)});
  return {opened, shut, said};
}

const a = {key: 'a'};
const b = {key: 'b'};
const turnsOf = (rows: Parameters<typeof linedUp>[0], stop = false): Turns => linedUp(rows, stop).turns!;

describe('Turns', () => {
  it('opens the next row of a key when the one before it is settled', () => {
    const turns = turnsOf([a, b, a, a]);
    assert.deepEqual(told((gates) => turns.settle(1, gates)).opened, [3]);
    assert.deepEqual(told((gates) => turns.settle(2, gates)).opened, []);
    assert.deepEqual(told((gates) => turns.settle(3, gates)).opened, [4]);
  });

  it('opens a phase with the last row of the one before it, and says so', () => {
    const turns = turnsOf([
      {...a, phase: '1'},
      {...a, phase: '2'},
      {...b, phase: '1'},
      {...a, phase: '2'},
    ]);
    assert.deepEqual(turns.awaited, {phase: '1', left: 2, next: '2'});
    assert.deepEqual(
      told((gates) => turns.settle(1, gates)),
      {opened: [], shut: [], said: false},
    );
    assert.deepEqual(turns.awaited, {phase: '1', left: 1, next: '2'});
    assert.deepEqual(
      told((gates) => turns.settle(3, gates)),
      {opened: [2], shut: [], said: true},
    );
    assert.isUndefined(turns.awaited);
    assert.deepEqual(
      told((gates) => turns.settle(2, gates)),
      {opened: [4], shut: [], said: false},
    );
  });

  it('shuts the rows behind one in doubt, and the later phases', () => {
    const turns = turnsOf([{...a, phase: '1'}, {...a, phase: '1'}, {phase: '1'}, {phase: '2'}]);
    assert.deepEqual(told((gates) => turns.doubt(1, gates)).shut, [2, 4]);
    assert.equal(turns.inDoubt.rows, 2);
    assert.deepEqual(
      told((gates) => turns.settle(3, gates)),
      {opened: [], shut: [], said: false},
    );
    assert.equal(turns.waiting, 0);
  });

  it('stops a key in all phases, names each row once, and goes on with the phase behind', () => {
    const turns = turnsOf(
      [
        {...a, phase: '1'},
        {...a, phase: '1'},
        {...a, phase: '2'},
        {...b, phase: '2'},
      ],
      true,
    );
    assert.deepEqual(
      told((gates) => turns.stop(1, gates)),
      {opened: [4], shut: [2, 3], said: true},
    );
    assert.deepEqual(
      [turns.nextStopped(), turns.nextStopped(), turns.nextStopped()],
      [{row: 2, after: 1}, {row: 3, after: 1}, undefined],
    );
    assert.isFalse(turns.stopping);
  });

  it('skips a row of a stopped key although its phase is kept by one in doubt', () => {
    const turns = turnsOf([{...a, phase: '1'}, {phase: '1'}, {...a, phase: '2'}, {phase: '2'}], true);
    told((gates) => turns.doubt(2, gates));
    assert.equal(turns.inDoubt.rows, 2);
    told((gates) => turns.stop(1, gates));
    assert.equal(turns.inDoubt.rows, 1);
    assert.deepEqual(turns.nextStopped(), {row: 3, after: 1});
  });

  it('can be played ahead without a trace', () => {
    const turns = turnsOf([a, a, {...b, phase: '2'}]);
    const ahead = turns.copy();
    told((gates) => ahead.settle(1, gates));
    told((gates) => ahead.doubt(2, gates));
    assert.deepEqual(turns.awaited, {phase: '', left: 2, next: '2'});
    assert.deepEqual(told((gates) => turns.settle(1, gates)).opened, [2]);
    assert.deepEqual(
      told((gates) => turns.settle(2, gates)),
      {opened: [3], shut: [], said: true},
    );
  });
});
