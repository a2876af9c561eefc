import {assert} from 'chai';
import {hashText, scatter} from '../../src/limits/hash.js';

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

describe('scatter', () => {
  it('spreads numbers that follow each other evenly, and the same one always alike', () => {
    const parts = new Array(16).fill(0);
    for (let number = 0; number < 16_000; number++) parts[Math.floor(scatter(number) / 2 ** 28)] += 1;
    for (const count of parts) assert.closeTo(count, 1000, 120);
    assert.equal(scatter(88), scatter(88));
  });
});
