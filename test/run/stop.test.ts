import {assert} from 'chai';
import {moreUrgent, noteSettled, renewFailures, type Stop, watchFailures} from '../../src/run/stop.js';

const ok = {kind: 'ok'} as const;
const failed = (why: string) => ({kind: 'failed', why}) as const;

/** The row, from 1, at which the run is stopped; undefined when it never is. */
function stoppedAt(
  watch: ReturnType<typeof watchFailures>,
  outcomes: readonly (typeof ok | ReturnType<typeof failed>)[],
) {
  const at = outcomes.findIndex((outcome) => noteSettled(watch, outcome) !== undefined);
  return at < 0 ? undefined : at + 1;
}

describe('stop rules', () => {
  it('stop when the first 20 rows all failed the same way, and at no other row', () => {
    assert.equal(stoppedAt(watchFailures(undefined), Array(300).fill(failed('404'))), 20);
    assert.isUndefined(stoppedAt(watchFailures(undefined), [ok, ...Array(300).fill(failed('404'))]));
    assert.isUndefined(stoppedAt(watchFailures(undefined), [failed('403'), ...Array(300).fill(failed('404'))]));
  });

  it('count a share of failures from 200 settled rows on', () => {
    const outcomes = Array.from({length: 400}, (_, i) => (i % 10 === 0 ? failed('a') : ok));
    assert.equal(stoppedAt(watchFailures({share: 0.1}), outcomes), 201);
    assert.isUndefined(stoppedAt(watchFailures({share: 0.11}), outcomes));
  });

  it('count failed rows from the first on', () => {
    assert.equal(stoppedAt(watchFailures({rows: 2}), [failed('a'), ok, failed('b')]), 3);
  });

  it('count each phase anew', () => {
    const watch = watchFailures({rows: 3});
    assert.isUndefined(stoppedAt(watch, [failed('a'), ok, failed('b')]));
    renewFailures(watch);
    assert.equal(stoppedAt(watch, [failed('a'), failed('b'), failed('c')]), 3);
    const alike = watchFailures(undefined);
    assert.isUndefined(stoppedAt(alike, [ok, ...Array(30).fill(failed('404'))]));
    renewFailures(alike);
    assert.equal(stoppedAt(alike, Array(30).fill(failed('404'))), 20);
  });

  it('let the more urgent reason win, and the earlier of two that are equally so', () => {
    const stop = (exit: Stop['exit'], why: string): Stop => ({exit, why, message: why});
    const table: readonly [Stop | undefined, Stop, string][] = [
      [undefined, stop(4, 'deadline'), 'deadline'],
      [stop(4, 'deadline'), stop(74, 'disk'), 'disk'],
      [stop(130, 'signal'), stop(74, 'disk'), 'signal'],
      [stop(77, 'unauthorized'), stop(4, 'failures'), 'unauthorized'],
      [stop(4, 'first'), stop(4, 'second'), 'first'],
    ];
    for (const [before, next, winner] of table) assert.equal(moreUrgent(before, next).why, winner);
  });
});
