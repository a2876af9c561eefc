import {readFileSync} from 'node:fs';
import {assert} from 'chai';
import {PLAN_CASES} from '../bench/support/plan-cases.js';

/** Of each line of the table: the case, the seconds as planned and as they were, the error in percent as it stands there, and the last cell. */
function linesOf(page: string) {
  return [...page.matchAll(/^\| ([a-z][a-z-]+): .*$/gm)].map(([line, name]) => {
    const cells = line.split(' | ');
    const [planned, real, percent] = [cells[2], cells[4], cells[5]!.replace(' %', '')].map(Number);
    return {name: name!, planned: planned!, real: real!, percent: percent!, passed: cells.at(-1)!.startsWith('PASS')};
  });
}

describe('the page on plans', () => {
  const page = readFileSync('docs/plan.md', 'utf8');
  const lines = linesOf(page);
  const bound = lines.filter(({name}) => !PLAN_CASES.find((each) => each.name === name)?.free);

  it('has a line for each case of the bench, in its sequence, and all of them pass', () => {
    assert.deepEqual(
      lines.map(({name, passed}) => ({name, passed})),
      PLAN_CASES.map(({name}) => ({name, passed: true})),
    );
  });

  it('has at least twelve cases in which limits bind, over all profiles', () => {
    assert.isAtLeast(bound.length, 12);
    for (const profile of ['amity', 'stream', 'appwrite', 'koreai', 'authmatech'])
      assert.isTrue(
        PLAN_CASES.some((each) => each.profile === profile && !each.free),
        profile,
      );
  });

  it('reckons each error rightly, and none is above 2 % where limits bind', () => {
    for (const {name, planned, real, percent} of lines) assert.closeTo(percent, (planned / real - 1) * 100, 0.05, name);
    const largest = Math.max(...bound.map(({percent}) => Math.abs(percent)));
    assert.isAtMost(largest, 2);
    assert.include(page, `${bound.length} cases in which limits bind; the largest error is ${largest.toFixed(2)} %.`);
  });
});
