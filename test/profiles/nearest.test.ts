import {assert} from 'chai';
import {nearest} from '../../src/profiles/nearest.js';

describe('nearest', () => {
  for (const [name, found] of [
    ['limts', 'limits'],
    ['Limits', 'limits'],
    ['baseURL', 'baseUrl'],
    ['nmae', 'name'],
    ['zzz', undefined],
    ['', undefined],
    ['x'.repeat(5000), undefined],
  ] as const) {
    it(`takes ${name.slice(0, 10)} for ${found}`, () => {
      assert.equal(nearest(name, ['name', 'limits', 'baseUrl', 'headers']), found);
    });
  }
});
