import {assert} from 'chai';
import {openCounters} from '../../src/simulate/counters.js';

const at = 1_800_000_000_000;
const limits = [
  {name: 'wide', per: [], windows: [{requests: 3, seconds: 60, kind: 'rolling' as const}]},
  {name: 'narrow', per: ['user'], windows: [{requests: 1, seconds: 1, kind: 'rolling' as const}]},
];
const both = [
  {limit: 0, value: ''},
  {limit: 1, value: 'u'},
];

describe('openCounters', () => {
  it('counts a refusal nowhere when refusals do not count', () => {
    const counters = openCounters(limits, false);
    assert.isUndefined(counters.admit(both, at).refusedBy);
    for (let i = 0; i < 5; i++) assert.equal(counters.admit(both, at + 10).refusedBy?.limit.name, 'narrow');
    assert.equal(counters.admit(both, at + 10).standings[0]?.meter.used(at + 10), 1);
    assert.isUndefined(counters.admit(both, at + 1000).refusedBy);
  });

  it('counts a refusal in every window when refusals count', () => {
    const counters = openCounters(limits, true);
    for (let i = 0; i < 3; i++) counters.admit(both, at + i);
    assert.equal(counters.admit(both, at + 10_000).refusedBy?.limit.name, 'wide');
  });

  it('tells by how much the arrivals went beyond a limit, also of those it refused', () => {
    const counters = openCounters(limits, false);
    assert.deepEqual(counters.admit(both, at).worst, {'wide: 3 per 60 s': 1 / 3, 'narrow: 1 per 1 s': 1});
    assert.deepEqual(counters.admit(both, at + 10).worst, {'wide: 3 per 60 s': 2 / 3, 'narrow: 1 per 1 s': 2});
    assert.deepEqual(counters.admit(both, at + 2000).worst, {'wide: 3 per 60 s': 1});
  });

  it('keeps buckets apart, and forgets none that is in use however many there are', () => {
    const counters = openCounters(limits, false);
    for (let i = 0; i < 10_000; i++) assert.isUndefined(counters.admit([{limit: 1, value: `u${i}`}], at).refusedBy);
    for (let i = 0; i < 10_000; i++) assert.isDefined(counters.admit([{limit: 1, value: `u${i}`}], at + 999).refusedBy);
    for (let i = 0; i < 10_000; i++)
      assert.isUndefined(counters.admit([{limit: 1, value: `u${i}`}], at + 2000).refusedBy);
  });
});
