import {join} from 'node:path';
import {assert} from 'chai';
import {Problem} from '../../src/problem.js';
import {readDecisions} from '../../src/run/decisions.js';
import {inFolder} from '../support/program.js';

const read = (name: string, text: string) =>
  inFolder({[name]: text}, (cwd) => readDecisions(join(cwd, name))) as Promise<
    Awaited<ReturnType<typeof readDecisions>>
  >;

describe('readDecisions', () => {
  it('takes rows that were decided, in any case and with blanks around, and their notes', async () => {
    const decisions = await read(
      'in-doubt.csv',
      'user,_row,_decision,_note\nu-1,3,OK,\nu-2,5,,\nu-3,7, retry ,not there\n',
    );
    assert.deepEqual(
      decisions.map(({row, as, why}) => [row, as, why]),
      [
        [3, 'ok', undefined],
        [7, 'retry', 'not there'],
      ],
    );
  });

  it('reads NDJSON alike, where what is undecided is null', async () => {
    const decisions = await read('in-doubt.ndjson', '{"_row":3,"_decision":null}\n{"_row":4,"_decision":"skip"}\n');
    assert.deepEqual(
      decisions.map(({row, as}) => [row, as]),
      [[4, 'skip']],
    );
  });

  it('takes what an answer would have given', async () => {
    const [first, second] = await read(
      'in-doubt.csv',
      '_row,_decision,_captured.id,_captured.key\n3,ok,c-1,\n4,ok,,\n',
    );
    assert.deepEqual([first?.captured, second?.captured], [{id: 'c-1'}, undefined]);
  });

  for (const {name, text, says} of [
    {
      name: 'a word that is no decision',
      text: '_row,_decision\n3,ok\n4,done\n',
      says: /:3: "_decision" is "done", expected one of ok, failed, retry, skip, or nothing$/,
    },
    {name: 'a row that is no number', text: '_row,_decision\nx,ok\n', says: /:2: "_row" is "x", expected the number/},
    {name: 'a column that is missing', text: '_row\n3\n', says: /:2: has no column "_decision"$/},
  ])
    it(`refuses ${name}, with its line`, async () => {
      const problem = await read('in-doubt.csv', text).catch((error: unknown) => error);
      assert.instanceOf(problem, Problem);
      assert.match((problem as Problem).message, says);
      assert.equal((problem as Problem).exit, 65);
    });
});
