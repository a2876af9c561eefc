import {assert} from 'chai';
import fc from 'fast-check';
import {JsonFault, parseJson, writeJson} from '../../src/operations/json.js';

describe('parseJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({maxDepth: 6}), (text) => {
        assert.deepEqual(JSON.parse(writeJson(parseJson(text))), JSON.parse(text));
      }),
      {numRuns: 500, seed: 11},
    );
  });

  for (const text of [
    '{"a":12345678901234567890}',
    '{"a":-0}',
    '[1.10]',
    '{"a":[1e400,-1e-400,1.10,-0,-0.0,0.1,1E5,9007199254740993]}',
    '{"a":{"b":[{"c":0.30000000000000004441}]}}',
    '{"text":"[1.10, 12345678901234567890]","n":1.10}',
    '{"__proto__":{"x":1.10},"constructor":2}',
    '[{"a":"\\": 1.10"},"\\"a\\":1"]',
    '{}',
    '[]',
  ]) {
    it(`gives ${text} back as it was`, () => {
      assert.equal(writeJson(parseJson(text)).replace(/\s/g, ''), text.replace(/\s/g, ''));
    });
  }

  for (const {text, words, position} of [
    {text: '{"a":1,"a":1}', words: /the key "a" twice/, position: 7},
    {text: '{"a":{"b":1,"\\u0062":2}}', words: /the key "b" twice/, position: 12},
    {text: '{"a":1,}', words: /object key expected/, position: 7},
    {text: "{'a':1}", words: /expected/, position: 1},
    {text: '{"a":01}', words: /expected/, position: 6},
    {text: '{"a":NaN}', words: /value expected/, position: 5},
    {text: '{"a":1} x', words: /end of input/, position: 8},
    {text: `${'['.repeat(65)}${']'.repeat(65)}`, words: /more than 64 levels/, position: 64},
    {text: '['.repeat(1e6), words: /more than 64 levels/, position: 64},
    {text: '', words: /value expected/, position: 0},
  ]) {
    it(`refuses ${text.slice(0, 30)}`, () => {
      try {
        parseJson(text);
      } catch (error) {
        assert.instanceOf(error, JsonFault);
        assert.match((error as JsonFault).message, words);
        assert.equal((error as JsonFault).position, position);
        return;
      }
      assert.fail('it was not refused');
    });
  }

  it('takes the same key in different objects, and what only looks like a key', () => {
    for (const text of [
      '[{"a":1},{"a":1}]',
      '{"a":{"a":{"a":1}}}',
      '{"a":"\\"a\\":\\"a\\":","b":"a"}',
      '{"a":["a","a"],"b":"a"}',
    ]) {
      assert.deepEqual(parseJson(text), JSON.parse(text));
    }
  });

  it('takes 64 levels', () => {
    assert.doesNotThrow(() => parseJson(`${'['.repeat(64)}${']'.repeat(64)}`));
  });
});
