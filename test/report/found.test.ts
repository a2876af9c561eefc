import {assert} from 'chai';
import type {Manifest} from '../../src/journal/folder.js';
import type {FoundRecord} from '../../src/journal/record.js';
import {findProfile} from '../../src/profiles/find.js';
import {parseProfile} from '../../src/profiles/parse.js';
import {profileToYaml} from '../../src/profiles/write.js';
import {foundProfile} from '../../src/report/found.js';

// biome-ignore lint/suspicious/noTemplateCurlyInString: this is how the operator writes it.
const HEADER_LINES = ['Authorization: Bearer ${API_TOKEN}', 'accept: application/json'];
const manifest = {
  run: '01RUN',
  baseUrl: 'https://api.example.com/v2',
  profile: findProfile('auto'),
  options: {headers: HEADER_LINES},
} as unknown as Manifest;
const base = {t: 'f', at: Date.parse('2026-08-21T10:00:00Z'), limit: 'auto'} as const;

describe('the profile that a run found', () => {
  it('is the one that it used, where nothing had to be found out', () => {
    assert.deepEqual(foundProfile(manifest, new Map()), {profile: manifest.profile as never, found: false});
  });

  it('has the windows that the server told, and reads itself back', () => {
    const windows = [{requests: 100, seconds: 60, kind: 'fixed'}] as const;
    const headers = {limit: 'x-limit', remaining: 'x-remaining', reset: 'x-reset'};
    const {profile} = found({...base, windows, headers});
    const {name, baseUrl, credentials, limits} = profile;
    assert.deepEqual({name, baseUrl}, {name: 'api-example-com', baseUrl: 'https://api.example.com/v2'});
    assert.deepEqual(credentials, [{name: 'api-token', header: 'authorization', prefix: 'Bearer ', env: 'API_TOKEN'}]);
    assert.deepEqual(limits[0]!.windows, windows);
    assert.isUndefined(limits[0]!.learn);
    assert.deepInclude(profile.headers, {...headers, trust: 'up'});
    assert.deepEqual(parseProfile(profileToYaml(profile), 'found.yaml'), profile);
  });

  for (const {pace, window} of [
    {pace: 10, window: {requests: 570, seconds: 60, kind: 'rolling'}},
    {pace: 0.01, window: {requests: 1, seconds: 106, kind: 'rolling'}},
  ])
    it(`is a little slower than the ${pace} per second that were allowed, and even`, () => {
      const {profile} = found({...base, pace, ceiling: pace * 1.1, atOnce: 7, sent: 900, refused: 3});
      assert.deepEqual(profile.limits[0]!.windows, [window] as never);
      assert.deepInclude(profile, {pace: 'even', concurrency: 7});
      assert.include(profile.sources[0]!.says, '3 of 900 refused');
      assert.equal(profile.sources[0]!.date, '2026-08-21');
    });

  it('says so where nothing was refused', () => {
    assert.include(found({...base, pace: 4, sent: 50, refused: 0}).profile.sources[0]!.says, 'there may be more');
  });
});

function found(record: FoundRecord) {
  return foundProfile(manifest, new Map([['auto', record]]));
}
