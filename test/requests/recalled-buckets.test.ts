import {assert} from 'chai';
import type {Limit} from '../../src/profiles/profile.js';
import {recalledBuckets} from '../../src/requests/recalled-buckets.js';
import {direct, sampleProfile} from './sample.js';

const windows = [{requests: 10, seconds: 1, kind: 'rolling'}] as const;
const limit = (name: string, parts: Partial<Limit> = {}): Limit => ({name, per: [], windows, ...parts});
const USER = limit('user', {per: ['user']});

describe('recalledBuckets', () => {
  it('finds every bucket of a request by what its journal calls it', () => {
    const limits = [limit('network'), USER, limit('bots', {groups: ['definition']})];
    const {buckets} = direct('/bots/st-1/export', {scope: {user: 'admin'}}, {profile: sampleProfile({limits})});
    const named = buckets.map(({limit: place, id}) => [limits[place]!.name, id] as const);
    const {used, closed} = recalledBuckets(limits);
    const ids = buckets.map(({limit: place, id}) => [place, id]);
    for (const refs of [used(named), closed(named)!])
      assert.deepEqual(
        refs.map(({limit: place, id}) => [place, id]),
        ids,
      );
  });

  it('finds them where the limits stand in another order, and leaves out those that are gone', () => {
    const {used} = recalledBuckets([USER]);
    assert.deepEqual(
      used([
        ['network', 1],
        ['user', 7],
      ]),
      [{limit: 0, id: 7, label: 'user'}],
    );
  });

  it('calls them what they are called here', () => {
    const {used} = recalledBuckets([USER], (id) => (id === 7 ? 'user user=admin' : undefined));
    assert.deepEqual(
      used([
        ['user', 7],
        ['user', 8],
      ]).map(({label}) => label),
      ['user user=admin', 'user'],
    );
  });

  it('counts an attempt in a limit over all requests that its run did not know', () => {
    const {used} = recalledBuckets([USER, limit('new'), limit('some', {groups: ['definition']})]);
    const [own, added] = used([['user', 7]]);
    assert.deepEqual([own?.limit, own?.id, added?.limit], [0, 7, 1]);
    const {buckets} = direct('/x', {}, {profile: sampleProfile({limits: [limit('new')]})});
    assert.equal(added?.id, buckets[0]!.id);
  });

  it('closes what the pause closed, and nothing else', () => {
    const {closed} = recalledBuckets([USER, limit('new')]);
    assert.deepEqual(closed([['user', 7]]), [{limit: 0, id: 7, label: 'user'}]);
    assert.isUndefined(closed([['network', 1]]));
    assert.deepEqual(closed([]), []);
  });
});
