import {assert} from 'chai';
import {parseProfile} from '../../src/profiles/parse.js';
import {scaleProfile} from '../../src/profiles/scale.js';

const profile = parseProfile(
  `
name: example
rampSeconds: 30
limits:
  - {name: network, windows: [{requests: 100, seconds: 5, kind: fixed}]}
  - {name: user, per: [user], windows: [{requests: 10, seconds: 1}, {requests: 3, seconds: 60, kind: bucket, burst: 2}]}
headers: {remaining: x-remaining, describes: {limits: [network], seconds: 5}}
`,
  'example.yaml',
);

describe('scaleProfile', () => {
  it('shortens every window, the ramp, and the window that the headers describe', () => {
    const fast = scaleProfile(profile, 60);
    assert.deepEqual(
      fast.limits.flatMap(({windows}) => windows.map(({seconds}) => seconds * 60)),
      profile.limits.flatMap(({windows}) => windows.map(({seconds}) => seconds)),
    );
    assert.equal(fast.headers.describes?.seconds, fast.limits[0]?.windows[0]?.seconds);
    assert.equal(profile.limits[0]?.windows[0]?.seconds, 5);
    assert.equal(fast.rampSeconds, 0.5);
  });
});
