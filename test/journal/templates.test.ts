import {assert} from 'chai';
import type {JournalRecord} from '../../src/journal/record.js';
import {
  changesBefore,
  earlierManifestName,
  foldTemplate,
  noTemplates,
  planInForce,
} from '../../src/journal/templates.js';
import {header, intent, T} from './sample.js';

const change = (n: number): JournalRecord => ({
  t: 't',
  at: T,
  n,
  plan: `plan-${n}`,
  was: n === 1 ? 'c0ffee' : `plan-${n - 1}`,
  file: earlierManifestName(n),
});

/** What a journal of these records says. */
function folded(records: readonly JournalRecord[]) {
  const templates = noTemplates();
  for (const record of [header(5000), ...records]) foldTemplate(templates, record);
  return templates;
}

describe('foldTemplate', () => {
  it('goes by what was asked at the beginning until a change is accepted', () => {
    assert.equal(planInForce(folded([intent(1, T)])), 'c0ffee');
    assert.equal(planInForce(folded([intent(1, T), change(1), change(2)])), 'plan-2');
  });

  it('tells of each row by which of them it was sent last', () => {
    const rows = [intent(1, T), intent(2, T), change(1), intent(2, T, 2), intent(3, T), change(2), intent(4999, T)];
    const templates = folded(rows);
    assert.deepEqual(
      [1, 2, 3, 4, 4998, 4999, 5000].map((row) => changesBefore(templates, row)),
      [0, 1, 1, 0, 0, 2, 0],
    );
  });
});

describe('earlierManifestName', () => {
  it('sorts', () => assert.equal(earlierManifestName(12), 'run-000012.json'));
});
