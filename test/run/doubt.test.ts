import {assert} from 'chai';
import {hesitates, noteAnswered, noteDoubtful, watchDoubt} from '../../src/run/doubt.js';

describe('noteDoubtful', () => {
  /** So many rows one after another, each sent after the last was noticed, `answers` saying after which of them something was answered. */
  function stopsAfter(rows: number, answers: (n: number) => boolean): number | undefined {
    const watch = watchDoubt(rows);
    for (let n = 1; n <= 5000; n++) {
      if (noteDoubtful(watch, n * 10, n * 10 + 5, 'reset')) return n;
      if (answers(n)) noteAnswered(watch);
    }
    return undefined;
  }

  it('stops at the sixth in a row', () =>
    assert.equal(
      stopsAfter(50_000, () => false),
      6,
    ));
  it('stops at the twenty-first of a small run, whatever is answered between', () =>
    assert.equal(
      stopsAfter(100, () => true),
      21,
    ));
  it('stops beyond a fiftieth of a large run', () =>
    assert.equal(
      stopsAfter(50_000, () => true),
      1001,
    ));

  it('counts those that were under way together as one', () => {
    const watch = watchDoubt(50_000);
    for (let n = 0; n < 30; n++) assert.isUndefined(noteDoubtful(watch, n, 100 + n, 'reset'));
    assert.deepInclude(watch, {inRow: 1, total: 30});
  });

  it('says how many, and what the newest was told', () => {
    const watch = watchDoubt(10);
    for (let n = 1; n <= 5; n++) noteDoubtful(watch, n * 10, n * 10 + 5, 'reset');
    assert.deepEqual(noteDoubtful(watch, 100, 105, 'HTTP 503'), {
      why: 'doubt',
      exit: 4,
      message: '6 rows in a row may or may not have been executed, the newest: HTTP 503',
    });
  });
});

describe('hesitates', () => {
  it('from the first doubt to the next answer', () => {
    const watch = watchDoubt(10);
    assert.isFalse(hesitates(watch));
    noteDoubtful(watch, 0, 1, 'reset');
    assert.isTrue(hesitates(watch));
    noteAnswered(watch);
    assert.isFalse(hesitates(watch));
  });
});
