import {assert} from 'chai';
import fc from 'fast-check';
import {cutTo, plain, sayNumber, widthOf} from '../../src/ui/plain.js';

describe('plain', () => {
  for (const {name, text, shown} of [
    {name: 'a screen that would be cleared', text: '\x1b[2J', shown: '\\u001b[2J'},
    {name: 'a sequence of one byte', text: '\x9b2J', shown: '\\u009b2J'},
    {name: 'a line that would be overwritten', text: 'ok\rno', shown: 'ok\\rno'},
    {name: 'a direction that would be turned', text: 'a\u202eb', shown: 'a\\u202eb'},
    {name: 'a letter that has no width', text: 'a\u200bb', shown: 'a\\u200bb'},
    {name: 'half of a character', text: 'a\ud83d', shown: 'a\\ud83d'},
    {name: 'text of any language', text: 'Zoë 私 😀', shown: 'Zoë 私 😀'},
  ])
    it(`shows ${name}`, () => assert.equal(plain(text), shown));

  it('lets no control character through, whatever it is told', () =>
    fc.assert(
      fc.property(fc.string({unit: 'binary'}), (text) => assert.notMatch(plain(text), /[\p{Cc}\p{Cf}\u2028\u2029]/u)),
    ));
});

describe('cutTo', () => {
  it('keeps what fits', () => assert.equal(cutTo('abc', 3), 'abc'));
  it('says that something is missing', () => assert.equal(cutTo('abcd', 3), 'ab…'));
  it('never takes more columns than there are', () =>
    fc.assert(
      fc.property(fc.string({unit: 'grapheme'}), fc.nat(40), (text, width) =>
        assert.isAtMost(widthOf(cutTo(text, width)), width),
      ),
    ));
});

describe('sayNumber', () => {
  for (const [value, text] of [
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1234567, '1,234,567'],
    [12.6, '13'],
  ] as const)
    it(text, () => assert.equal(sayNumber(value), text));
});
