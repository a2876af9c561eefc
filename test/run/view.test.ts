import {assert} from 'chai';
import {now} from '../../src/clock.js';
import {take} from '../../src/limits/ledger.js';
import {viewOf} from '../../src/run/view.js';
import {NETWORK, openScene, type Scene} from './scene.js';

/** A run whose only bucket is used up by an answered request, and by `inFlight` that are still under way. */
function waiting(inFlight: number) {
  const scene = openScene({rows: 3});
  const {tools, standing, lanes} = scene;
  const at = now();
  take(tools.ledger, [NETWORK], at);
  const [window] = tools.ledger.buckets.get(NETWORK.id)!.windows;
  window!.inFlight = inFlight;
  window!.heldUntil = [at + 5000];
  Object.assign(tools, {inFlight, waitsFor: NETWORK.id, waitsUntil: at + 5000});
  return viewOf(tools, standing, {at, settled: 0, lanes, counts: lanes.counts(), eta: {doneAt: () => undefined}});
}

describe('viewOf', () => {
  it('says what is waited for, and until when', () => {
    const {waiting: said, lanes} = waiting(0);
    assert.match(said!, /^waiting for network, 1 per 5 s; next at \d\d:\d\d:\d\d$/);
    assert.match(lanes[0]!.waits!, /^network, 1 per 5 s; next at \d\d:\d\d:\d\d$/);
  });

  it('says that it is paused, and names no end', () => {
    const {tools, standing, lanes} = openScene({rows: 3});
    tools.controls.pausedAt = now();
    const begun = {at: now() - 1000, settled: 0, lanes, counts: lanes.counts(), eta: {doneAt: () => now() + 5000}};
    const view = viewOf(tools, standing, begun);
    assert.equal(view.waiting, 'paused with sluice pause; go on with: sluice go users.run');
    assert.isUndefined(view.etaAt);
    tools.controls.pausedAt = undefined;
    assert.isDefined(viewOf(tools, standing, begun).etaAt);
  });

  it('names no instant while an answer may give room before it', () => {
    const {waiting: said, lanes} = waiting(1);
    assert.isUndefined(said);
    assert.isUndefined(lanes[0]!.waits);
  });

  /** A run whose first row is under way while the others wait for their turn. */
  function behind(turnOf: NonNullable<Scene['turnOf']>) {
    const scene = openScene({rows: 3, profile: {limits: []}, refsOf: () => [], turnOf});
    Object.assign(scene.tools, {inFlight: 1, waitsForTurn: true});
    const {tools, standing, lanes} = scene;
    return viewOf(tools, standing, {
      at: now(),
      settled: 0,
      lanes,
      counts: lanes.counts(),
      eta: {doneAt: () => undefined},
    });
  }

  it('says which phase waits for how many rows of which', () => {
    const {waiting} = behind((row) => ({phase: row === 3 ? 'channels' : 'users'}));
    assert.equal(waiting, 'phase "channels" starts when 2 rows of "users" are settled');
  });

  it('says how many rows wait for one of their key', () => {
    assert.equal(behind(() => ({key: 'a'})).waiting, '2 rows wait for the one before them with the same key');
  });
});
