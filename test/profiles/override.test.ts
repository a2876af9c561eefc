import {assert} from 'chai';
import fc from 'fast-check';
import {Problem} from '../../src/problem.js';
import {findProfile} from '../../src/profiles/find.js';
import {applyLimits, parseLimitFlag, parseShare} from '../../src/profiles/override.js';
import {parseProfile} from '../../src/profiles/parse.js';
import type {Profile} from '../../src/profiles/profile.js';

const profile = parseProfile(
  `
name: example
share: 80%
limits:
  - {name: network, windows: [{requests: 100, seconds: 5, kind: fixed}]}
  - {name: user, per: [user], windows: [{requests: 10, seconds: 1}, {requests: 3, seconds: 60, kind: bucket, burst: 2}]}
headers: {remaining: x-remaining, describes: {limits: [network], seconds: 5}}
`,
  'example.yaml',
);

function windowsOf(one: Profile): Record<string, string[]> {
  const text = ({requests, seconds, kind, burst}: Profile['limits'][number]['windows'][number]) =>
    `${requests}/${Number(seconds.toPrecision(6))} ${kind}${burst === undefined ? '' : ` ${burst}`}`;
  return Object.fromEntries(one.limits.map(({name, windows}) => [name, windows.map(text)]));
}

describe('applyLimits', () => {
  it('puts what the operator counts as ok before the rules of the profile', () => {
    const ok = [{status: ['409']}];
    assert.deepEqual(applyLimits(profile, {limits: [], ok}).okFirst, ok);
    assert.notProperty(applyLimits(profile, {limits: []}), 'okFirst');
  });

  it("uses the profile's own share of the profile's own windows, once", () => {
    const used = applyLimits(profile, {limits: []});
    assert.deepEqual(windowsOf(used), {network: ['80/5 fixed'], user: ['8/1 rolling', '2/60 bucket 1']});
    assert.deepEqual(windowsOf(applyLimits(used, {limits: []})), windowsOf(used));
  });

  it('replaces the windows of the limit that is named, as they are written', () => {
    const used = applyLimits(profile, {limits: [parseLimitFlag('network=70/5s'), parseLimitFlag('network=1000/1h')]});
    assert.deepEqual(windowsOf(used).network, ['70/5 fixed', '1000/3600 rolling']);
    assert.deepEqual(windowsOf(used).user, ['8/1 rolling', '2/60 bucket 1']);
  });

  it('adds a limit over all requests where none is named', () => {
    const used = applyLimits(profile, {limits: [parseLimitFlag('80/5s'), parseLimitFlag('1/500ms')], concurrency: 4});
    assert.deepEqual(used.limits.slice(2), [
      {name: 'limit', per: [], windows: [{requests: 80, seconds: 5, kind: 'rolling'}]},
      {name: 'limit-2', per: [], windows: [{requests: 1, seconds: 0.5, kind: 'rolling'}]},
    ]);
    assert.equal(used.concurrency, 4);
  });

  it("lets the operator's pace and ramp win over the profile's", () => {
    const paced = {...profile, pace: 'even' as const, rampSeconds: 30};
    assert.deepInclude(applyLimits(paced, {limits: []}), {pace: 'even', rampSeconds: 30});
    assert.deepInclude(applyLimits(paced, {limits: [], pace: 'burst', rampSeconds: 5}), {
      pace: 'burst',
      rampSeconds: 5,
    });
  });

  it("lets the operator's share hold for every window", () => {
    const used = applyLimits(profile, {limits: [parseLimitFlag('network=70/5s'), parseLimitFlag('9/1s')], share: 0.5});
    assert.deepEqual(windowsOf(used), {
      network: ['35/5 fixed'],
      user: ['5/1 rolling', '1/60 bucket 1'],
      limit: ['4/1 rolling'],
    });
  });

  it('stretches the seconds below one request', () => {
    const used = applyLimits(findProfile('stream'), {limits: [], share: 0.1});
    assert.deepEqual(windowsOf(used)['minute-6'], ['1/100 rolling', '1/50 rolling']);
    assert.deepEqual(windowsOf(used)['minute-60'], ['6/60 fixed', '1/5 rolling']);
  });

  it('loses no request to binary fractions', () => {
    const hundred = parseProfile('name: a\nlimits: [{name: all, windows: [{requests: 100, seconds: 1}]}]', 'a.yaml');
    for (let percent = 1; percent <= 100; percent++) {
      const used = applyLimits(hundred, {limits: [], share: parseShare(`${percent}%`)});
      assert.equal(used.limits[0]?.windows[0]?.requests, percent, `${percent}%`);
    }
  });

  it('never allows more than the share of the rate, and never nothing', () => {
    const share = fc.double({min: 1e-6, max: 1, noNaN: true});
    fc.assert(
      fc.property(
        fc.integer({min: 1, max: 20_000}),
        fc.integer({min: 1, max: 4000}),
        share,
        (requests, seconds, part) => {
          const limits = [{name: 'all', per: [], windows: [{requests, seconds, kind: 'rolling' as const}]}];
          const window = applyLimits({...profile, limits}, {limits: [], share: part}).limits[0]!.windows[0]!;
          assert.isAtLeast(window.requests, 1);
          assert.isAtMost(window.requests / window.seconds, ((requests * part) / seconds) * (1 + 1e-6));
        },
      ),
    );
  });

  it('refuses a name that no limit has, with the nearest', () => {
    const problem = caught(() => applyLimits(profile, {limits: [{name: 'netwrk', requests: 1, seconds: 1}]}));
    assert.equal(problem.exit, 2);
    assert.equal(
      problem.message,
      'profile "example" has no limit "netwrk" (its limits are network, user), did you mean "network"?',
    );
  });
});

describe('parseLimitFlag', () => {
  for (const [text, flag] of [
    ['80/5s', {requests: 80, seconds: 5}],
    ['network=80/5s', {name: 'network', requests: 80, seconds: 5}],
    ['60/m', {requests: 60, seconds: 60}],
    ['1800/1h', {requests: 1800, seconds: 3600}],
    ['1/0.5s', {requests: 1, seconds: 0.5}],
    ['1/500ms', {requests: 1, seconds: 0.5}],
    ['1/2d', {requests: 1, seconds: 172_800}],
  ] as const) {
    it(`reads ${text}`, () => assert.deepEqual(parseLimitFlag(text), flag));
  }

  for (const text of [
    '',
    '80',
    '80/5',
    '0/5s',
    '-1/5s',
    '80/0s',
    '1.5/1s',
    '80/5y',
    '=80/5s',
    '80/5s/1',
    '1e3/1s',
    '80/999d',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      const problem = caught(() => parseLimitFlag(text));
      assert.equal(problem.exit, 2);
      assert.equal(problem.message, `--limit is ${JSON.stringify(text)}, expected requests per time, such as 80/5s`);
    });
  }
});

describe('parseShare', () => {
  for (const [text, share] of [
    ['60%', 0.6],
    ['0.6', 0.6],
    ['.5', 0.5],
    ['100%', 1],
    ['1', 1],
    ['0.5%', 0.005],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(parseShare(text), share));
  }

  for (const text of ['', '0', '0%', '101%', '60', '-5%', 'half', '1e-1']) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(caught(() => parseShare(text)).exit, 2));
  }
});

function caught(action: () => unknown): Problem {
  try {
    action();
  } catch (error) {
    assert.instanceOf(error, Problem);
    return error as Problem;
  }
  throw new Error('nothing was thrown');
}
