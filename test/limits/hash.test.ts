import {assert} from 'chai';
import {hashText} from '../../src/limits/hash.js';

describe('hashText', () => {
  it('tells a hundred thousand keys apart, in whole numbers that a double holds exactly', () => {
    const seen = new Set<number>();
    for (let i = 0; i < 100_000; i++) {
      const hash = hashText(`user\u0000u${i}`);
      assert.isTrue(Number.isSafeInteger(hash) && hash >= 0);
      seen.add(hash);
    }
    assert.equal(seen.size, 100_000);
  });

  it('is the same for the same text, and not for the same letters in another order', () => {
    assert.equal(hashText('ab'), hashText('ab'));
    assert.notEqual(hashText('ab'), hashText('ba'));
  });
});
