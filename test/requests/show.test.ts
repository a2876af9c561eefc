import {assert} from 'chai';
import {showSafe, showValue, wholeCharacters} from '../../src/requests/show.js';

describe('showSafe', () => {
  for (const [text, shown] of [
    ['plain, größe, 日本, 💥', 'plain, größe, 日本, 💥'],
    ['\u001b[2J\u001b]8;;http://evil\u0007', '\\u001b[2J\\u001b]8;;http://evil\\u0007'],
    ['a\r\nb\tc', 'a\\r\\nb\\tc'],
    ['\u009b31m\u007f', '\\u009b31m\\u007f'],
    ['\u202egpj.exe\u2066\u200b\ufeff', '\\u202egpj.exe\\u2066\\u200b\\ufeff'],
    ['\u{e0041}', '\\u{e0041}'],
    ['', ''],
  ] as const) {
    it(`writes out what a terminal would act on: ${JSON.stringify(text)}`, () => assert.equal(showSafe(text), shown));
  }

  it('cuts what is long, and never inside a character', () => {
    assert.equal(showSafe('x'.repeat(300)), `${'x'.repeat(200)}…`);
    assert.equal(showSafe('aaa💥bbb', 4), 'aaa…');
    assert.equal(wholeCharacters('a💥', 3), 'a💥');
  });
});

describe('showValue', () => {
  it('quotes a value of any type', () => {
    assert.equal(showValue('ownr'), '"ownr"');
    assert.equal(showValue(5), '"5"');
    assert.equal(showValue(undefined), '"undefined"');
    assert.equal(showValue({a: '\n'}), '"{"a":"\\n"}"');
  });
});
