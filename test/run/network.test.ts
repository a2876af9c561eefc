import {assert} from 'chai';
import {lostFor, noteReached, noteUnsent, openNetwork} from '../../src/run/network.js';

describe('Network', () => {
  it('is tried once every five seconds while it is away, whatever failed beside', () => {
    const network = openNetwork(true);
    noteUnsent(network, 0, 100, 'ECONNREFUSED');
    noteUnsent(network, 10, 120, 'ECONNREFUSED');
    assert.deepInclude(network.down, {nextKnockAt: 5100, knocks: 1});
    noteUnsent(network, 5100, 5200, 'ECONNREFUSED');
    assert.deepInclude(network.down, {nextKnockAt: 10_200, knocks: 2, since: 100});
    noteReached(network);
    assert.isUndefined(network.down);
  });

  it('is given up after max-offline', () => {
    const network = openNetwork(true);
    noteUnsent(network, 0, 1000, 'EAI_AGAIN');
    assert.isUndefined(lostFor(network, 60_999, 60_000));
    assert.equal(lostFor(network, 61_000, 60_000), 'offline');
  });

  it('is given up after three knocks when nothing was ever reached: the name is more likely wrong', () => {
    const network = openNetwork(false);
    for (const at of [0, 5000, 10_000]) {
      assert.isUndefined(lostFor(network, at, 60_000));
      noteUnsent(network, at, at, 'ENOTFOUND');
    }
    assert.equal(lostFor(network, 10_000, 60_000), 'never-reached');
  });
});
