import type {Clock} from '@sinonjs/fake-timers';
import {assert} from 'chai';
import {now} from '../../src/clock.js';
import {carryOut} from '../../src/run/controls.js';
import {dispatch} from '../../src/run/dispatch.js';
import {isNews, openEta} from '../../src/run/eta.js';
import {answered, fakeTime, later, openScene, passing, type Scene} from './scene.js';

describe('openEta', () => {
  let clock: Clock;
  beforeEach(() => {
    clock = fakeTime();
  });
  afterEach(() => clock.uninstall());

  const tenPerSecond = [{name: 'network', per: [], windows: [{requests: 10, seconds: 1, kind: 'rolling' as const}]}];

  function open(scene: Scene = {}) {
    const opened = openScene({
      rows: 300,
      profile: {limits: tenPerSecond},
      answer: () => later(100, answered(201)),
      ...scene,
    });
    const {tools, standing, lanes} = opened;
    const eta = openEta({intake: {lanes, lined: tools.rows, sequence: tools.sequence}, standing}, tools);
    return {...opened, eta};
  }

  it('says nothing before it has looked, and what the plan says then', () => {
    const {eta} = open();
    assert.isUndefined(eta.doneAt(now()));
    eta.look();
    assert.equal(eta.doneAt(now()), now() + 29 * 1100 + 100);
  });

  it('is never in the past, and says nothing when all is done', async () => {
    const {eta, tools} = open({rows: 10});
    eta.look();
    assert.equal(eta.doneAt(now() + 60_000), now() + 60_000);
    await passing(clock, dispatch(tools));
    assert.isUndefined(eta.doneAt(now()));
  });

  it('uses up nothing of what it plays', () => {
    const {eta, tools, lanes} = open({turnOf: (row) => ({key: `k${row % 9}`})});
    const before = lanes.counts();
    eta.look();
    assert.deepEqual(lanes.counts(), before);
    assert.equal(tools.ledger.running, 0);
    assert.isEmpty([...tools.ledger.buckets]);
  });

  it('plays again after two seconds, and a quarter of one where there is news', () => {
    const {eta, tools} = open();
    eta.look();
    const first = eta.doneAt(now());
    clock.tick(250);
    eta.look();
    assert.equal(eta.doneAt(now()), first);
    carryOut({share: 0.5}, tools);
    eta.look();
    const second = eta.doneAt(now())!;
    assert.equal(second, now() + 59 * 1100 + 100);
    clock.tick(1990);
    eta.look();
    assert.equal(eta.doneAt(now()), second);
    clock.tick(10);
    eta.look();
    assert.equal(eta.doneAt(now()), second + 2000);
  });

  it('counts rows that are sent again later', () => {
    const {eta, tools, lanes} = open({rows: 2});
    for (let row = 1; row <= 2; row++) {
      lanes.remove(0);
      tools.rows.shift(0);
    }
    tools.delayed.push({row: 2, at: now() + 45_000});
    tools.histories.set(2, {attempts: 1, counted: 1, refusals: 0, admitted: [], firstAt: now()});
    eta.look();
    assert.equal(eta.doneAt(now()), now() + 45_100);
  });

  it('plays no further once it is closed', () => {
    const {eta} = open();
    eta.close();
    assert.isUndefined(eta.doneAt(now()));
    assert.equal(clock.countTimers(), 0);
  });
});

describe('isNews', () => {
  it('is what changes the plan of the rest, and no attempt', () => {
    assert.isTrue(isNews({t: 's', at: 0, share: 0.5}));
    assert.isTrue(isNews({t: 'p', op: 1, l: 0, at: 0, until: 5, why: 'refused'}));
    assert.isFalse(isNews({t: 'i', op: 1, n: 1, l: 0, h: '', at: 0}));
  });
});
