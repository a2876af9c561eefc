import {assert} from 'chai';
import {type Lined, linedUp} from './lined-up.js';

const a = {key: 'a'};
const b = {key: 'b'};

describe('openLineUp', () => {
  it('puts every row in its lane where none waits for another, and keeps nothing', () => {
    const {sequence, inLane, left} = linedUp([a, b, {}, {phase: 'all'}].slice(0, 3));
    assert.isUndefined(sequence);
    assert.deepEqual(inLane, [[1, 2, 3], []]);
    assert.deepEqual(left, [3, 0]);
  });

  it('lets only the first row of a key stand in a lane, and counts them all', () => {
    const {sequence, inLane, left, lanes} = linedUp([a, {...a, lane: 1}, b, a, {}]);
    assert.deepEqual(inLane, [[1, 3, 5], []]);
    assert.deepEqual(left, [4, 1]);
    assert.deepEqual([lanes.ready(0), lanes.ready(1)], [3, 0]);
    assert.equal(sequence?.waiting, 2);
    assert.equal(sequence?.behind(1), 2);
  });

  it('puts rows for which others wait before those for which nobody does, the longest line first', () => {
    const {inLane} = linedUp([{}, b, b, a, a, a]);
    assert.deepEqual(inLane[0], [4, 2, 1]);
  });

  it('opens the first phase alone, in order of first appearance, whatever rows are of it', () => {
    const {sequence, inLane, left} = linedUp([{phase: 'z'}, {phase: 'a'}, {phase: 'z'}, {}]);
    assert.deepEqual(inLane[0], [1, 3]);
    assert.deepEqual(left, [4, 0]);
    assert.deepEqual(sequence?.phases, [
      {name: 'z', rows: 2},
      {name: 'a', rows: 1},
      {name: '', rows: 1},
    ]);
  });

  it('knows the order of the phases from rows that were settled before', () => {
    const {inLane} = linedUp([{phase: 'b', part: 'done'}, {phase: 'a'}, {phase: 'b'}]);
    assert.deepEqual(inLane[0], [3]);
  });

  it('takes the rows of a key by phase and then in the order of the file', () => {
    const {sequence, inLane} = linedUp([
      {...a, phase: '1'},
      {...a, phase: '2'},
      {...a, phase: '1'},
    ]);
    assert.deepEqual(inLane[0], [1]);
    assert.equal(sequence?.behind(1), 1, 'those of later phases wait for the phase');
  });

  it('keeps the rows of a key behind one in doubt, and all later phases', () => {
    const {sequence, inLane, left} = linedUp([
      {...a, phase: '1', part: 'doubt'},
      {...a, phase: '1'},
      {...b, phase: '1'},
      {phase: '2'},
    ]);
    assert.deepEqual(inLane[0], [3]);
    assert.deepEqual(left, [1, 0]);
    assert.deepEqual(sequence?.inDoubt, {
      rows: 2,
      first: [
        {row: 2, after: 1, by: 'key'},
        {row: 4, after: 1, by: 'phase'},
      ],
    });
  });

  it('lets no row overtake one of its key that is not sent in this session, and holds no phase back for it', () => {
    const {sequence, inLane} = linedUp([{...a, phase: '1', part: 'outside'}, {...a, phase: '1'}, {phase: '2'}]);
    assert.deepEqual(inLane[0], [3]);
    assert.deepEqual(sequence?.outside, {rows: 1, first: [{row: 2, after: 1, by: 'key'}]});
    assert.equal(sequence?.inDoubt.rows, 0);
  });

  it('skips what is behind a failed row of its key only where that is asked', () => {
    const rows: readonly Lined[] = [{...a, part: 'failed'}, a, {...a, part: 'doubt'}, a, b];
    const {sequence, inLane} = linedUp(rows, true);
    assert.deepEqual(inLane[0], [5]);
    assert.isTrue(sequence?.stopping);
    assert.deepEqual(sequence?.nextStopped(), {row: 2, after: 1});
    assert.deepEqual(sequence?.nextStopped(), {row: 4, after: 1});
    assert.isUndefined(sequence?.nextStopped());
    assert.deepEqual(linedUp(rows).inLane[0], [2, 5]);
  });
});
