import {assert} from 'chai';
import type {Sequence} from '../../src/schedule/sequence.js';
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
const turnsOf = (rows: Parameters<typeof linedUp>[0], stop = false): Sequence => linedUp(rows, stop).sequence!;

describe('Sequence', () => {
  it('opens the next row of a key when the one before it is settled', () => {
    const sequence = turnsOf([a, b, a, a]);
    assert.deepEqual(told((gates) => sequence.settle(1, gates)).opened, [3]);
    assert.deepEqual(told((gates) => sequence.settle(2, gates)).opened, []);
    assert.deepEqual(told((gates) => sequence.settle(3, gates)).opened, [4]);
  });

  it('opens a phase with the last row of the one before it, and says so', () => {
    const sequence = turnsOf([
      {...a, phase: '1'},
      {...a, phase: '2'},
      {...b, phase: '1'},
      {...a, phase: '2'},
    ]);
    assert.deepEqual(sequence.awaited, {phase: '1', left: 2, next: '2'});
    assert.deepEqual(
      told((gates) => sequence.settle(1, gates)),
      {opened: [], shut: [], said: false},
    );
    assert.deepEqual(sequence.awaited, {phase: '1', left: 1, next: '2'});
    assert.deepEqual(
      told((gates) => sequence.settle(3, gates)),
      {opened: [2], shut: [], said: true},
    );
    assert.isUndefined(sequence.awaited);
    assert.deepEqual(
      told((gates) => sequence.settle(2, gates)),
      {opened: [4], shut: [], said: false},
    );
  });

  it('shuts the rows behind one in doubt, and the later phases', () => {
    const sequence = turnsOf([{...a, phase: '1'}, {...a, phase: '1'}, {phase: '1'}, {phase: '2'}]);
    assert.deepEqual(told((gates) => sequence.doubt(1, gates)).shut, [2, 4]);
    assert.equal(sequence.inDoubt.rows, 2);
    assert.deepEqual(
      told((gates) => sequence.settle(3, gates)),
      {opened: [], shut: [], said: false},
    );
    assert.equal(sequence.waiting, 0);
  });

  it('stops a key in all phases, names each row once, and goes on with the phase behind', () => {
    const sequence = turnsOf(
      [
        {...a, phase: '1'},
        {...a, phase: '1'},
        {...a, phase: '2'},
        {...b, phase: '2'},
      ],
      true,
    );
    assert.deepEqual(
      told((gates) => sequence.stop(1, gates)),
      {opened: [4], shut: [2, 3], said: true},
    );
    assert.deepEqual(
      [sequence.nextStopped(), sequence.nextStopped(), sequence.nextStopped()],
      [{row: 2, after: 1}, {row: 3, after: 1}, undefined],
    );
    assert.isFalse(sequence.stopping);
  });

  it('skips a row of a stopped key although its phase is kept by one in doubt', () => {
    const sequence = turnsOf([{...a, phase: '1'}, {phase: '1'}, {...a, phase: '2'}, {phase: '2'}], true);
    told((gates) => sequence.doubt(2, gates));
    assert.equal(sequence.inDoubt.rows, 2);
    told((gates) => sequence.stop(1, gates));
    assert.equal(sequence.inDoubt.rows, 1);
    assert.deepEqual(sequence.nextStopped(), {row: 3, after: 1});
  });

  it('can be played ahead without a trace', () => {
    const sequence = turnsOf([a, a, {...b, phase: '2'}]);
    const ahead = sequence.copy();
    told((gates) => ahead.settle(1, gates));
    told((gates) => ahead.doubt(2, gates));
    assert.deepEqual(sequence.awaited, {phase: '', left: 2, next: '2'});
    assert.deepEqual(told((gates) => sequence.settle(1, gates)).opened, [2]);
    assert.deepEqual(
      told((gates) => sequence.settle(2, gates)),
      {opened: [3], shut: [], said: true},
    );
  });
});
