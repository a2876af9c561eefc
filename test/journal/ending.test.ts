import {assert} from 'chai';
import {exitOf} from '../../src/journal/ending.js';
import {EXIT} from '../../src/problem.js';

const NONE = {rows: 0, ok: 0, failed: 0, inDoubt: 0, skipped: 0, pending: 0, attempts: 0, refusals: 0};

describe('exitOf', () => {
  for (const {name, counts, stop, exit} of [
    {name: 'every row ok', counts: {ok: 3}, exit: EXIT.ok},
    {name: 'every row ok or skipped', counts: {ok: 2, skipped: 1}, exit: EXIT.ok},
    {name: 'no rows at all', counts: {}, exit: EXIT.ok},
    {name: 'some failed', counts: {ok: 2, failed: 1}, exit: EXIT.rowsFailed},
    {name: 'a doubt outranks a failure', counts: {failed: 5, inDoubt: 1}, exit: EXIT.inDoubt},
    {name: 'rows that wait for a doubt leave it at the doubt', counts: {inDoubt: 1, pending: 7}, exit: EXIT.inDoubt},
    {name: 'rows that were never sent are a run that stopped early', counts: {ok: 3, pending: 7}, exit: EXIT.stopped},
    {name: 'what ended the run outranks every row', counts: {inDoubt: 1}, stop: EXIT.disk, exit: EXIT.disk},
    {
      name: 'what ended it early does, while rows are left',
      counts: {pending: 1},
      stop: EXIT.stopped,
      exit: EXIT.stopped,
    },
    {name: 'and nothing any more when none is', counts: {ok: 1, failed: 1}, stop: EXIT.stopped, exit: EXIT.rowsFailed},
    {name: 'a signal too', counts: {ok: 1}, stop: EXIT.sigint, exit: EXIT.sigint},
  ])
    it(name, () => assert.equal(exitOf({...NONE, ...counts}, stop), exit));
});
