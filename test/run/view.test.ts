import type {Clock} from '@sinonjs/fake-timers';
import {assert} from 'chai';
import {now, wallNow} from '../../src/clock.js';
import {closeUntil, giveBack, take} from '../../src/limits/ledger.js';
import {viewOf} from '../../src/run/view.js';
import {fakeTime, NETWORK, type Opened, openScene, type Scene} from './scene.js';

const clockTime = (inMs: number) => new Date(wallNow() + inMs).toTimeString().slice(0, 8);

describe('the view of a run', () => {
  let clock: Clock;
  beforeEach(() => {
    clock = fakeTime();
  });
  afterEach(() => clock.uninstall());

  function open(scene: Scene = {}): Opened & {view: () => ReturnType<typeof viewOf>} {
    const opened = openScene({rows: 10, ...scene});
    const begun = {at: now(), settled: 0, lanes: opened.lanes, counts: opened.lanes.counts()};
    return {...opened, view: () => viewOf(opened.tools, opened.standing, begun)};
  }

  it('counts what the journal counts, and foresees the end at the pace so far', () => {
    const {tools, view} = open();
    const kinds = ['ok', 'ok', 'failed', 'unk', 'not'] as const;
    for (const [index, k] of kinds.entries()) tools.record({t: 'o', op: index + 1, n: 1, k, at: 0});
    clock.tick(8000);
    const {rows, done, ok, failed, inDoubt, perSecond, etaAt} = view();
    assert.deepEqual({rows, done, ok, failed, inDoubt}, {rows: 10, done: 4, ok: 2, failed: 1, inDoubt: 1});
    assert.approximately(perSecond, 0.5, 0.01);
    assert.approximately(etaAt! - wallNow(), 12_000, 20);
  });

  it('foresees nothing before anything is settled', () => {
    const {view} = open();
    assert.isUndefined(view().etaAt);
    assert.isUndefined(view().waiting);
  });

  it('names the window that is waited for, and until when', () => {
    const {tools, view} = open();
    take(tools.ledger, [NETWORK], now());
    giveBack(tools.ledger, [NETWORK], now(), {kind: 'answered'});
    Object.assign(tools, {waitsFor: NETWORK.id, waitsUntil: now() + 5000});
    assert.equal(view().waiting, `waiting for network, 1 per 5 s; next at ${clockTime(5000)}`);
    assert.equal(view().lanes[0]!.waits, `network, 1 per 5 s; next at ${clockTime(5000)}`);
  });

  it('says so where the provider wants a pause', () => {
    const {tools, view} = open();
    closeUntil(tools.ledger, [NETWORK], now() + 60_000);
    Object.assign(tools, {waitsFor: NETWORK.id, waitsUntil: now() + 60_000});
    assert.equal(view().waiting, `waiting for network, closed by the provider; next at ${clockTime(60_000)}`);
  });

  it('says so where only a backoff is left, and where the network is away', () => {
    const {tools, view} = open();
    Object.assign(tools, {waitsFor: undefined, waitsUntil: now() + 4000});
    assert.equal(view().waiting, `waiting to send again what failed; next at ${clockTime(4000)}`);
    tools.network.down = {since: now(), nextKnockAt: now() + 5000, knocks: 1, why: 'ECONNREFUSED'};
    assert.equal(view().waiting, `waiting for the network (ECONNREFUSED); next try at ${clockTime(5000)}`);
  });

  it('passes over the rhythm of a window, and waits that only a response ends', () => {
    const {tools, view} = open();
    for (const waitsUntil of [now() + 499, Number.POSITIVE_INFINITY]) {
      Object.assign(tools, {waitsFor: NETWORK.id, waitsUntil});
      assert.isUndefined(view().waiting);
    }
  });

  it('shows the six lanes with the most left, the longest first', () => {
    const refsOf = (row: number) => [{limit: 0, id: 1 + (row % 8), label: `network user=u${row % 8}`}];
    const limits = [{name: 'network', per: ['user'], windows: [{requests: 1, seconds: 5, kind: 'rolling' as const}]}];
    const {view, lanes} = open({rows: 20, refsOf, profile: {limits}});
    lanes.remove(0);
    const shown = view().lanes;
    assert.lengthOf(shown, 6);
    assert.deepEqual(
      shown.map(({rows}) => rows),
      [3, 3, 3, 3, 2, 2],
    );
    assert.deepInclude(view().lanes.at(0), {done: 0});
  });
});
