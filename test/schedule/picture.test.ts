import {assert} from 'chai';
import {openLedger} from '../../src/limits/ledger.js';
import {foresee} from '../../src/schedule/foresee.js';
import {Lanes} from '../../src/schedule/lanes.js';
import {Picture} from '../../src/schedule/picture.js';

const WINDOWS = [
  {requests: 60, seconds: 60, kind: 'rolling' as const},
  {requests: 1800, seconds: 3600, kind: 'rolling' as const},
];
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

/** `counts[bot]` requests of each bot, played and drawn. */
function drawn(counts: readonly number[], windows = WINDOWS) {
  const limits = [{name: 'bot', windows}];
  const lanes = new Lanes(limits, [true]);
  for (const [bot, count] of counts.entries())
    lanes.add(lanes.laneOf([{limit: 0, id: bot + 1, label: `bot bot=${bot}`}], bot + 1), count);
  const picture = new Picture(lanes);
  const conditions = {startAt: 0, latencyMs: 100, fixedEnds: false};
  const {ms, held, played} = foresee(lanes, openLedger(limits, 20), conditions, undefined, picture);
  return {...picture.drawn(ms), ms, heldFor: held, played};
}

describe('a picture of a run', () => {
  it('has every request of each lane, also of turns that were not played', () => {
    const {lanes, played} = drawn([100_000, 50_000]);
    assert.isBelow(played, 150_000);
    assert.deepEqual(
      lanes.map(({name}) => name),
      ['bot bot=0', 'bot bot=1'],
    );
    assert.closeTo(sum(lanes[0]!.requests), 100_000, 1e-3);
    assert.closeTo(sum(lanes[1]!.requests), 50_000, 1e-3);
  });

  it('shows the bursts and what lies between them', () => {
    const {lanes, held, sliceMs} = drawn([5400]);
    const requests = lanes[0]!.requests;
    const hour = held.find(({window}) => window === '1800 per 1 h');
    const at = (minutes: number) => Math.floor((minutes * 60_000) / sliceMs);
    assert.isAbove(sum(requests.slice(at(0), at(29))), 1700);
    assert.equal(sum(requests.slice(at(31), at(59))), 0);
    assert.isAbove(hour!.parts[at(45)]!, 0.99);
    assert.equal(hour!.parts[at(10)], 0);
  });

  it('holds as long as the plan says', () => {
    const {held, heldFor, sliceMs} = drawn([100_000]);
    for (const {limit, window, parts} of held)
      assert.closeTo(
        sum(parts) * sliceMs,
        heldFor.get(`${limit} ${window}`)!.ms,
        heldFor.get(`${limit} ${window}`)!.ms * 0.01 + sliceMs,
      );
  });

  it('stays of one size, draws eight lanes, and all others together', () => {
    const {lanes, others, sliceMs, ms} = drawn(Array.from({length: 30}, (_, bot) => 10 + bot));
    assert.lengthOf(lanes, 9);
    assert.deepEqual([others, lanes[0]?.name, lanes[8]?.name], [22, 'bot bot=29', '22 more lanes']);
    assert.isAtMost(ms / sliceMs, 512);
    assert.equal(sum(lanes.flatMap(({requests}) => requests)), sum(Array.from({length: 30}, (_, bot) => 10 + bot)));
  });
});
