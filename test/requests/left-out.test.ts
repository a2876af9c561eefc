import {assert} from 'chai';
import fc from 'fast-check';
import {withoutMember, withoutPair} from '../../src/requests/left-out.js';
import {compileTemplate} from '../../src/requests/template.js';
import {assertProblem, requestOf, sampleProfile} from './sample.js';

const bodyOf = (body: string, row: Record<string, unknown>) => requestOf({request: 'POST /u', body}, row).body;

describe('a value that is optional', () => {
  const body = '{"name": "{{ name }}", "phone": "{{ phone | optional }}", "age": {{ age | optional | number }}}';
  for (const [row, expected] of [
    [{name: 'a', phone: '1', age: '7'}, '{"name": "a", "phone": "1", "age": 7}'],
    [{name: 'a', phone: '', age: '7'}, '{"name": "a", "age": 7}'],
    [{name: 'a', phone: '1', age: ''}, '{"name": "a", "phone": "1"}'],
    [{name: 'a', phone: '', age: ''}, '{"name": "a"}'],
    [{name: '', phone: ' ', age: '7'}, '{"name": "", "phone": " ", "age": 7}'],
  ] as const)
    it(`leaves its member out where it is empty or missing: ${JSON.stringify(row)}`, () => {
      assert.equal(bodyOf(body, row), expected);
    });

  it('is left out where an object of NDJSON has no such member, and a file without the column is refused', () => {
    const spec = {request: 'POST /u', headers: [], body};
    const template = compileTemplate(spec, sampleProfile(), undefined);
    assert.equal(requestOf({}, {name: 'a'}, {template}).body, '{"name": "a"}');
    assertProblem(
      () => compileTemplate(spec, sampleProfile(), ['name', 'phnoe', 'age']),
      'TEMPLATE_UNKNOWN_COLUMN',
      78,
      'phnoe',
    );
  });

  it('is null where the row says null', () => {
    assert.equal(bodyOf('{"a": {{ a | optional }}}', {a: null}), '{"a": null}');
  });

  it('is left out of a list, of an object that has nothing else, and from under any name', () => {
    assert.equal(bodyOf('[ {{ a | optional }} , 1, "{{ b | optional }}" ]', {a: '', b: ''}), '[ 1 ]');
    assert.equal(bodyOf('{"x": {"a": "{{ a | optional }}"}}', {a: ''}), '{"x": {}}');
    assert.equal(bodyOf('{"a\\\\\\"b" : "{{ a | optional }}", "c": 1}', {a: ''}), '{"c": 1}');
    assert.equal(bodyOf('{"{{ k }}": "{{ a | optional }}", "c": 1}', {a: '', k: 'x":"y'}), '{"c": 1}');
  });

  it('is empty text where it stands beside other text', () => {
    assert.equal(
      bodyOf('{"a": "Hi {{ a | optional }}!", "b": "{{ a | optional }}{{ a | optional }}"}', {a: ''}),
      '{"a": "Hi !", "b": ""}',
    );
  });

  it('may come behind what trims or formats it, and is refused before that', () => {
    assert.equal(bodyOf('{"a": "{{ a | strip | optional }}", "b": 1}', {a: ' '}), '{"b": 1}');
    assertProblem(() => bodyOf('{"a": "{{ a | optional | strip }}"}', {a: ''}), 'BODY_INVALID', 65, 'optional');
  });

  it('cannot be the whole body, nor a path segment', () => {
    for (const whole of ['{{ a | optional }}', '"{{ a | optional }}"'])
      assertProblem(() => bodyOf(whole, {a: ''}), 'BODY_INVALID', 65, 'no value');
    assertProblem(() => requestOf({request: 'GET /u/{{ a | optional }}'}, {a: ''}), 'URL_INVALID', 65, 'empty');
  });

  it('leaves its pair out of a query and of a form, and its header out', () => {
    const url = (row: Record<string, unknown>) =>
      requestOf({request: 'GET /u?a={{ a | optional }}&b={{ b | optional }}'}, row).url;
    assert.deepEqual(
      [url({a: '', b: '2'}), url({a: '1', b: ''}), url({a: '', b: ''})].map((each) => new URL(each).search),
      ['?b=2', '?a=1', ''],
    );
    assert.notInclude(url({a: '', b: ''}), '?');
    const form = {
      request: 'POST /u',
      headers: ['Content-Type: application/x-www-form-urlencoded'],
      body: 'a={{ a | optional }}&b={{ b }}',
    };
    assert.equal(requestOf(form, {a: '', b: ''}).body, 'b=');
    const header = {request: 'GET /u', headers: ['X-Team: {{ t | optional }}', 'X-Of: a{{ t | optional }}']};
    assert.deepEqual(requestOf(header, {t: ''}).headers, {'x-of': 'a'});
  });

  it('leaves JSON of any shape JSON', () => {
    const shapes = fc.letrec((tie) => ({
      value: fc.oneof(
        {maxDepth: 4},
        fc.constant('SLOT'),
        fc.string(),
        fc.array(tie('value'), {maxLength: 4}),
        fc.dictionary(fc.string(), tie('value'), {maxKeys: 4}),
      ),
    })).value;
    const kept = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.filter((each) => each !== 'SLOT').map(kept);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .filter(([, each]) => each !== 'SLOT')
          .map(([key, each]) => [key, kept(each)]),
      );
    };
    fc.assert(
      fc.property(fc.array(shapes, {minLength: 1}), fc.constantFrom(0, 2), (shape, space) => {
        let text = JSON.stringify([...shape, 1], null, space);
        for (let at = text.lastIndexOf('"SLOT"'); at >= 0; at = text.lastIndexOf('"SLOT"', at - 1)) {
          if (isKey(text, at)) continue;
          text = withoutMember(text, at, at + 6)!;
        }
        assert.deepEqual(JSON.parse(text), kept([...shape, 1]));
      }),
    );
  });
});

const isKey = (text: string, at: number) => /^\s*:/.test(text.slice(at + 6)) || text[at - 1] === '\\';

describe('withoutPair', () => {
  for (const [text, at, expected] of [
    ['a=', 2, ''],
    ['a=&b=1', 2, 'b=1'],
    ['b=1&a=', 6, 'b=1'],
    ['/p?a=', 5, '/p'],
    ['/p?a=&b=1', 5, '/p?b=1'],
    ['/p?a=x', 5, '/p?a=x'],
    ['/p?a=x-', 7, '/p?a=x-'],
  ] as const)
    it(`makes "${expected}" of "${text}"`, () => assert.equal(withoutPair(text, at), expected));
});
