import {assert} from 'chai';
import {type DerivedRow, type LeftOut, openDerivation} from '../../src/jobs/derive.js';
import type {Step} from '../../src/jobs/job.js';
import {type Found, ParentIndex} from '../../src/jobs/parents.js';

const STEP: Step = {
  name: 'members',
  provider: {profile: 'amity'},
  needs: [],
  input: {file: 'a.csv'},
  join: {},
  headers: [],
  scope: {},
  capture: {},
  answers: {ok: [], failed: [], notExecuted: [], refused: [], stop: []},
};

type Values = Record<string, unknown>;

/** What a step makes of rows, of which those in `sent` went out before. */
function derive(
  step: Partial<Step>,
  rows: readonly Values[],
  {found = {}, sent = []}: {found?: Record<string, Found>; sent?: number[]} = {},
) {
  const index = new ParentIndex(['team'], ['id']);
  for (const [team, each] of Object.entries(found)) index.add({team}, each);
  const emitted: DerivedRow[] = [];
  const left: LeftOut[] = [];
  const derivation = openDerivation({...STEP, ...step}, new Map([['teams', index]]), {
    emit: (row) => emitted.push(row),
    leaveOut: (row) => left.push(row),
    has: (row) => sent.includes(row),
  });
  for (const [place, values] of rows.entries()) derivation.take({row: place + 1, values});
  derivation.end();
  return {
    rows: emitted.map((each) => each.rows),
    values: emitted.map(({values}) => values),
    left: left.map(({row, state, why}) => [row, state, why]),
  };
}

const ROWS = [
  {user: 'a', team: 'red'},
  {user: 'b', team: 'blue'},
  {user: 'c', team: 'red'},
];
const ok = (row: number, id: unknown): Found => ({row, state: 'ok', captured: {id}});
const JOIN = {join: {teams: ['team']}};

describe('what a step makes of its rows', () => {
  it('is one of each different set of columns, and nothing of the others', () => {
    const {rows, values} = derive({input: {file: 'a.csv', distinct: ['team']}}, ROWS);
    assert.deepEqual(rows, [[1], [2]]);
    assert.deepEqual(values, [{team: 'red'}, {team: 'blue'}]);
  });

  it('has what an earlier step captured as columns', () => {
    const {values, left} = derive(JOIN, ROWS, {found: {red: ok(1, 'r-1'), blue: ok(2, 7)}});
    assert.deepEqual(values, [
      {user: 'a', team: 'red', id: 'r-1'},
      {user: 'b', team: 'blue', id: 7},
      {user: 'c', team: 'red', id: 'r-1'},
    ]);
    assert.isEmpty(left);
  });

  for (const [state, expected] of [
    ['failed', ['skipped', 'row 2 of teams (team "blue") failed']],
    ['skipped', ['skipped', 'row 2 of teams (team "blue") was skipped']],
    ['in-doubt', ['waiting', 'row 2 of teams (team "blue") is in doubt']],
    ['pending', ['waiting', 'row 2 of teams (team "blue") is not done yet']],
    ['waiting', ['waiting', 'row 2 of teams (team "blue") is not done yet']],
  ] as const)
    it(`keeps back what depends on a row that is ${state}, and nothing else`, () => {
      const found = {red: ok(1, 'r-1'), blue: {row: 2, state, captured: {}}};
      const {rows, left} = derive(JOIN, ROWS, {found});
      assert.deepEqual(rows, [[1], [3]]);
      assert.deepEqual(left, [[2, ...expected]]);
    });

  it('leaves out rows whose parent is not there, or gave nothing', () => {
    const {rows, left} = derive(JOIN, ROWS, {found: {blue: ok(2, null)}});
    assert.isEmpty(rows);
    assert.deepEqual(left, [
      [1, 'skipped', 'teams has no row with team "red"'],
      [2, 'skipped', 'nothing was captured for id'],
      [3, 'skipped', 'teams has no row with team "red"'],
    ]);
  });

  it('folds rows into batches by their columns, full ones first', () => {
    const rows = ['red', 'red', 'blue', 'red', 'blue', 'red'].map((team, place) => ({user: place, team}));
    const {rows: folded, values} = derive({batch: {size: 2, by: ['team']}}, rows);
    assert.deepEqual(folded, [
      [1, 2],
      [3, 5],
      [4, 6],
    ]);
    assert.deepEqual(values[1], {
      team: 'blue',
      rows: [
        {user: 2, team: 'blue'},
        {user: 4, team: 'blue'},
      ],
    });
    assert.deepEqual(derive({batch: {size: 4, by: []}}, rows).rows, [
      [1, 2, 3, 4],
      [5, 6],
    ]);
  });

  it('does not send again what has been sent', () => {
    assert.deepEqual(derive({batch: {size: 2, by: []}}, ROWS, {sent: [1]}).rows, [[2, 3]]);
  });

  for (const [keep, rows, left] of [
    ['last', [[2], [3]], [[1, 'skipped', 'row 3 stands for it']]],
    ['first', [[1], [2]], [[3, 'skipped', 'row 1 stands for it']]],
  ] as const)
    it(`lets the ${keep} of rows that are alike stand for all, and names it`, () => {
      const derived = derive({collapse: {by: ['team'], keep}}, ROWS);
      assert.deepEqual([derived.rows, derived.left], [rows, left] as never);
    });
});
