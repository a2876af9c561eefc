import {readFileSync} from 'node:fs';
import {assert} from 'chai';
import {windowName} from '../../src/limits/limit.js';
import {findProfile} from '../../src/profiles/find.js';
import type {Limit} from '../../src/profiles/profile.js';

/** What a provider publishes of one limit, in its words, and what that makes; `learn`: it publishes no figure. */
type Published = {
  readonly windows?: readonly string[];
  readonly per?: readonly string[];
  readonly learn?: true;
  readonly says: string;
};

const PLACE = new URL('../../fixtures/profiles/facts/published.json', import.meta.url);
const all: Readonly<Record<string, Readonly<Record<string, Published>>>> = JSON.parse(readFileSync(PLACE, 'utf8'));

for (const [name, published] of Object.entries(all)) {
  describe(`the profile ${name}`, () => {
    const profile = findProfile(name);

    it('has the published limits, and no others', () =>
      assert.deepEqual(
        profile.limits.map((limit) => limit.name),
        Object.keys(published),
      ));

    for (const [limit, {says, learn, windows = [], per = []}] of Object.entries(published))
      it(`${learn ? 'finds out' : 'allows'} what is published of ${limit}: ${says}`, () => {
        const found = profile.limits.find((each) => each.name === limit)!;
        if (learn) assert.isTrue(found.learn);
        else assert.deepEqual({windows: found.windows.map(written), per: found.per}, {windows, per});
      });

    for (const [variant, {without}] of Object.entries(profile.variants))
      it(`leaves nothing but ${without.join(' and ')} out of ${variant}`, () =>
        assert.deepEqual(
          findProfile(`${name}:${variant}`).limits.map((limit) => limit.name),
          Object.keys(published).filter((limit) => !without.includes(limit)),
        ));
  });
}

/** `5000 per 1 h fixed`, `2 per 1 s bucket of 40`. */
function written({kind, burst, ...window}: Limit['windows'][number]): string {
  const counted = kind === 'rolling' ? '' : ` ${kind}`;
  return `${windowName(window)}${counted}${burst === undefined ? '' : ` of ${burst}`}`;
}
