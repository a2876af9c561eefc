import {assert} from 'chai';
import {kindOf} from '../../src/plan/kinds.js';
import {type Cover, coversOf, refuseUnknownKeys, type Spread, timesOf, widenLimits} from '../../src/plan/spread.js';
import type {Limit, Profile, ScopeSource} from '../../src/profiles/profile.js';
import {assertProblem, sampleProfile} from '../requests/sample.js';

const windows = [{requests: 60, seconds: 60, kind: 'rolling' as const}];
const NOTHING: Spread = {keys: {}, scope: {}};

/** What a limit over `per` is to ExportBot. */
function cover(
  per: readonly string[],
  spread: Partial<Spread> = {},
  scopes: Profile['scopes'] = {},
): Cover | undefined {
  const profile = sampleProfile({limits: [{name: 'all', per, windows}], scopes});
  return coversOf(kindOf('ExportBot', profile, 'key'), profile, {...NOTHING, ...spread}).get(0);
}

const from = (...sources: ScopeSource[]): Profile['scopes'] => ({bot: {from: sources, absent: 'share'}});

describe('the buckets of counted requests', () => {
  for (const {name, found, label, assumed} of [
    {name: 'no key: one', found: cover([]), label: 'all', assumed: []},
    {name: 'the operation is known', found: cover(['operation']), label: 'all operation=ExportBot', assumed: []},
    {name: 'so is the credential', found: cover(['credential']), label: 'all credential=key', assumed: []},
    {name: 'a part of the path is not', found: cover(['bot']), label: 'all bot=(any)', assumed: ['bot']},
    {
      name: 'unless it is said how many',
      found: cover(['bot'], {keys: {bot: 9}}),
      label: 'all bot=9 values',
      assumed: [],
    },
    {name: 'or which', found: cover(['bot'], {scope: {bot: 'st-1'}}), label: 'all bot=st-1', assumed: []},
    {
      name: 'a body may have one',
      found: cover(['bot'], {}, from({kind: 'body', pointer: '/a'})),
      label: 'all bot=(any)',
      assumed: ['bot'],
    },
    {
      name: 'a machine is one',
      found: cover(['bot'], {}, from({kind: 'machine'})),
      label: 'all bot=this machine',
      assumed: [],
    },
    {
      name: 'without a source all share one',
      found: cover(['bot'], {}, from({kind: 'row'})),
      label: 'all bot=(any)',
      assumed: [],
    },
  ])
    it(name, () => {
      assert.isTrue(found && 'ref' in found);
      assert.deepInclude(found, {assumed});
      assert.equal((found as Extract<Cover, {ref: unknown}>).ref.label, label);
    });

  it('are none where a limit is not for requests without a value', () => {
    assert.deepEqual(cover(['bot'], {}, {bot: {from: [{kind: 'row'}], absent: 'skip'}}), {lacks: 'bot'});
  });
});

describe('widenLimits', () => {
  const limit = (per: readonly string[], parts = {}): Limit => ({
    name: 'all',
    per,
    windows: [{...windows[0]!, ...parts}],
  });

  it('multiplies what all buckets of a limit allow together', () => {
    const [wide, other] = widenLimits([limit(['bot', 'table']), limit(['user'])], {
      keys: {bot: 3, table: 5},
      scope: {},
    });
    assert.equal(wide?.windows[0]?.requests, 900);
    assert.equal(other?.windows[0]?.requests, 60);
    assert.equal(timesOf(limit(['bot']), {bot: 3}), 3);
  });

  it('multiplies a burst, and paces counters by one less for each', () => {
    const keys = {bot: 10};
    assert.equal(
      widenLimits([limit(['bot'], {kind: 'bucket', burst: 5})], {keys, scope: {}})[0]?.windows[0]?.burst,
      50,
    );
    assert.equal(widenLimits([limit(['bot'], {kind: 'counter'})], {keys, scope: {}})[0]?.windows[0]?.requests, 591);
  });
});

describe('refuseUnknownKeys', () => {
  it('refuses a key by which nothing is limited', () => {
    const profile = sampleProfile({limits: [{name: 'all', per: ['bot'], windows}]});
    refuseUnknownKeys(['bot'], profile);
    assertProblem(() => refuseUnknownKeys(['bat'], profile), 'KEYS_UNKNOWN', 2, 'did you mean "bot"?');
  });
});
