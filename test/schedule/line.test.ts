import {assert} from 'chai';
import type {Operation} from '../../src/operations/operation.js';
import type {Roles} from '../../src/operations/parse.js';
import type {Input} from '../../src/operations/source.js';
import {Problem} from '../../src/problem.js';
import {Lanes} from '../../src/schedule/lanes.js';
import {openLine} from '../../src/schedule/line.js';
import {LaneRows} from '../../src/schedule/rows.js';

const csv = {name: 'ops.csv', format: 'csv', columns: ['id', 'team']} as unknown as Input;
const ndjson = {name: 'ops.ndjson', format: 'ndjson', columns: []} as unknown as Input;

function opened(input: Input, roles: Roles, checked = false) {
  const lanes = new Lanes([], []);
  const lined = new LaneRows();
  const lane = lanes.laneOf([], 1);
  const line = openLine({input, roles, stopKeys: false, checked}, lanes, lined);
  let row = 0;
  const place = () => ({row: ++row, line: row, offset: 0, end: 0});
  return {
    lanes,
    lined,
    close: line.close,
    join: (values: Record<string, unknown>, turn: Pick<Operation, 'key' | 'phase'> = {}) =>
      line.join({place: place(), values, ...turn} as unknown as Operation, lane),
    pass: (values?: Record<string, unknown>) => line.pass({place: place(), values} as never, 'outside'),
  };
}

describe('openLine', () => {
  it('puts rows in their lane at once where no column tells whose turn it is', () => {
    for (const roles of [
      {kind: 'operations', scope: {}},
      {kind: 'plain', scope: {}},
    ] as const) {
      const {join, pass, close, lined} = opened(csv, roles);
      pass({id: '1'});
      join({id: '2'});
      assert.equal(lined.shift(0), 2);
      assert.isUndefined(close());
    }
  });

  it('reads the turn of a row that is not sent, as far as it can be read', () => {
    const {join, pass, close} = opened(ndjson, {kind: 'plain', key: 'team', scope: {}});
    pass({team: 'a'});
    pass();
    join({team: 'a'}, {key: 'a'});
    assert.deepEqual(close()?.outside.first, [{row: 3, after: 1, by: 'key'}]);
  });

  // A CSV file has a header; of an NDJSON file only its rows can tell, and all of them would have run in any order without a word.
  it('refuses a column that no row of an NDJSON file has, and names the nearest', () => {
    const {join, close} = opened(ndjson, {kind: 'plain', key: 'taem', scope: {}});
    join({id: 1, team: 'a'});
    assert.throws(close, Problem, '--key taem names a column that the file does not have, did you mean "team"?');
  });

  it('is content with one that a single row has, and does not ask again on resume', () => {
    const roles = {kind: 'plain', phase: 'step', scope: {}} as const;
    const one = opened(ndjson, roles);
    one.join({id: 1});
    one.join({id: 2, step: null});
    assert.isUndefined(one.close());
    const again = opened(ndjson, roles, true);
    again.join({id: 1});
    assert.isUndefined(again.close());
  });
});
