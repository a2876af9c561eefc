import type {Clock} from '@sinonjs/fake-timers';
import {assert} from 'chai';
import {now} from '../../src/clock.js';
import type {FoundRecord} from '../../src/journal/record.js';
import {hashText} from '../../src/limits/hash.js';
import {openLedger} from '../../src/limits/ledger.js';
import {dispatch} from '../../src/run/dispatch.js';
import {recallFindings, recordFindings} from '../../src/run/found.js';
import {answered, fakeTime, later, openScene, passing} from './scene.js';

const LIMITS = [{name: 'auto', per: [], windows: [{requests: 1, seconds: 1, kind: 'rolling'}], learn: true}] as const;
const HEADERS = {trust: 'up'} as const;
const AUTO = {limit: 0, id: hashText('auto'), label: 'auto'};

describe('what a run finds out', () => {
  let clock: Clock;
  beforeEach(() => {
    clock = fakeTime();
  });
  afterEach(() => clock.uninstall());

  /** Plays a run against a provider that answers after 100 ms; `admits` says whether it lets the attempt through that arrives now. */
  async function play(rows: number, admits: (at: number) => boolean, headers = (_: number) => ({})) {
    const opened = openScene({
      rows,
      refsOf: () => [AUTO],
      profile: {limits: [...LIMITS], headers: HEADERS, pace: 'even', concurrency: 50},
      answer: () => {
        const admitted = admits(now());
        return later(100, answered(admitted ? 201 : 429, headers(now())));
      },
    });
    await passing(clock, dispatch(opened.tools));
    recordFindings(opened.tools, now());
    const found = opened.records.filter((record): record is FoundRecord => record.t === 'f');
    return {...opened, found};
  }

  it('is what the headers say, said once and journaled with their names', async () => {
    const {found, lines} = await play(
      30,
      () => true,
      (at) => ({
        'x-ratelimit-limit': '20',
        'x-ratelimit-remaining': '15',
        'x-ratelimit-reset': String(Math.ceil((10_000 - (at % 10_000)) / 1000)),
      }),
    );
    const {windows, headers} = found.at(-1)!;
    assert.deepEqual(windows, [{requests: 20, seconds: 10, kind: 'rolling'}]);
    assert.deepInclude(headers, {limit: 'x-ratelimit-limit', reset: 'x-ratelimit-reset'});
    assert.include(lines, 'auto: the server says 20 per 10 s; going by that');
  });

  it('is a pace, where nothing is said, and where it was refused', async () => {
    const arrivals: number[] = [];
    const {found, lines, standing} = await play(200, (at) => {
      while (arrivals.length > 0 && arrivals[0]! <= at - 1000) arrivals.shift();
      if (arrivals.length >= 5) return false;
      arrivals.push(at);
      return true;
    });
    const {pace, ceiling, sent, refused} = found.at(-1)!;
    assert.isAbove(pace!, 2);
    assert.isBelow(pace!, 5.3);
    assert.isAbove(ceiling!, 4.5);
    assert.isAtMost(refused!, 5);
    assert.equal(sent, 200 + refused!);
    assert.equal(standing.refusals, refused);
    assert.lengthOf(
      lines.filter((line) => line.startsWith('auto: refused at')),
      1,
    );
  });

  it('is where a later session goes on from', () => {
    const base = {t: 'f', at: 1, limit: 'auto'} as const;
    const paced = openLedger(LIMITS, 10);
    recallFindings(paced, [
      {...base, pace: 2},
      {...base, pace: 4, ceiling: 5, sent: 90, refused: 1},
    ]);
    assert.deepInclude(paced.buckets.get(AUTO.id)!.probe, {pace: 4, safe: 4, ceiling: 5, sent: 90});
    const told = openLedger(LIMITS, 10);
    recallFindings(told, [{...base, windows: [{requests: 20, seconds: 10, kind: 'fixed'}]}]);
    assert.deepInclude(told.limits[0], {windows: [{requests: 20, seconds: 10, kind: 'fixed'}]});
  });
});
