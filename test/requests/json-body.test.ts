// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is written so is what is tested.
import {assert} from 'chai';
import fc from 'fast-check';
import {LosslessNumber} from 'lossless-json';
import {assertProblem, requestOf} from './sample.js';

const bodyOf = (body: string, values: Record<string, unknown>) => requestOf({body}, values).body!;
const typeOf = (body: string, values: Record<string, unknown>, headers: string[] = []) =>
  requestOf({body, headers}, values).headers['content-type'];

describe('a JSON body', () => {
  it('is sent as application/json, unless a header says another type', () => {
    assert.equal(typeOf('{"a": 1}', {}), 'application/json');
    assert.equal(typeOf('[{{ a }}]', {a: '1'}), 'application/json');
    assert.equal(
      typeOf('{"a": 1}', {}, ['Content-Type: application/merge-patch+json']),
      'application/merge-patch+json',
    );
  });

  it('keeps what the template says, digit for digit', () => {
    const text = '{ "id": 12345678901234567890, "n": 1.50, "b": 2, "10": 1, "1": 2, "x": "{{ x }}" }';
    assert.equal(bodyOf(text, {x: 'y'}), text.replace('{{ x }}', 'y'));
  });

  for (const value of ['007', '1E5', '12345678901234567890', 'true', 'null', '', ' 1 ']) {
    it(`keeps text of a CSV as text, in quotes and without: ${JSON.stringify(value)}`, () => {
      assert.deepEqual(JSON.parse(bodyOf('{"a": "{{ v }}", "b": {{ v }}}', {v: value})), {a: value, b: value});
    });
  }

  for (const [value, text] of [
    [30, '30'],
    [true, 'true'],
    [null, 'null'],
    [{b: [1, 'x']}, '{"b":[1,"x"]}'],
    [[1, 2], '[1,2]'],
    [new LosslessNumber('12345678901234567890'), '12345678901234567890'],
    [{n: new LosslessNumber('1.10')}, '{"n":1.10}'],
    ['x"y', '"x\\"y"'],
  ] as const) {
    it(`keeps the type of an NDJSON value where it stands alone: ${text}`, () => {
      assert.equal(bodyOf('{"a":{{ v }}}', {v: value}), `{"a":${text}}`);
    });
  }

  for (const [value, text] of [
    [30, '30'],
    [null, ''],
    [{b: 1}, '{"b":1}'],
    [new LosslessNumber('12345678901234567890'), '12345678901234567890'],
  ] as const) {
    it(`writes every value as text inside quotes: ${text}`, () => {
      assert.deepEqual(JSON.parse(bodyOf('{"a":"<{{ v }}>","b":"{{ v }}"}', {v: value})), {a: `<${text}>`, b: text});
    });
  }

  for (const [filter, value, text] of [
    ['number', '30', '30'],
    ['number', '-1.50', '-1.50'],
    ['number', '1E5', '1E5'],
    ['number', '12345678901234567890', '12345678901234567890'],
    ['number', 30, '30'],
    ['boolean', 'true', 'true'],
    ['boolean', 'No', 'false'],
    ['boolean', '1', 'true'],
    ['boolean', false, 'false'],
    ['json', '{"b": [1, 12345678901234567890]}', '{"b":[1,12345678901234567890]}'],
    ['json', 'null', 'null'],
    ['json', '"x"', '"x"'],
    ['default: 5', '', '5'],
    ['upcase', 'ann', '"ANN"'],
  ] as const) {
    it(`converts with "| ${filter}": ${JSON.stringify(value)}`, () => {
      assert.equal(bodyOf(`{"a":{{ v | ${filter} }}}`, {v: value}), `{"a":${text}}`);
    });
  }

  for (const [filter, value] of [
    ['number', ''],
    ['number', '007'],
    ['number', '1,5'],
    ['number', '0x10'],
    ['number', 'NaN'],
    ['number', '1}, {"a": 2'],
    ['boolean', 'maybe'],
    ['boolean', ''],
    ['json', 'Ann'],
    ['json', '1}, {"a": 2'],
    ['json', ''],
  ] as const) {
    it(`refuses what "| ${filter}" cannot read: ${JSON.stringify(value)}`, () => {
      assertProblem(
        () => bodyOf(`{"a":{{ v | ${filter} }}}`, {v: value}),
        'BODY_INVALID',
        65,
        'row 88 (users.csv:92)',
        `{{ v | ${filter} }}`,
      );
    });
  }

  for (const value of [
    '"',
    '\\',
    '"}',
    '", "admin": true, "x": "',
    '}',
    '\\"',
    '\\u0022',
    '\n',
    '\u0000',
    '\u2028',
    '{{ v }}',
    '{% raw %}',
    '\ud800',
    '\uE0000\uE001',
  ]) {
    it(`cannot be broken out of by ${JSON.stringify(value)}`, () => {
      assert.deepEqual(JSON.parse(bodyOf('{"a": "{{ v }}", "b": ["x{{ v }}y"], "c": {{ v }}}', {v: value})), {
        a: value,
        b: [`x${value}y`],
        c: value,
      });
    });
  }

  const text = fc.oneof(
    fc.string({unit: 'binary'}),
    fc.string({unit: fc.constantFrom('"', '\\', '{', '}', '%', 'u', '0', '\n', '\ud800', 'é')}),
  );

  it('gives back any text, wherever it stands', () => {
    const body =
      '{"{{ k }}": 1, "whole": "{{ v }}", "inside": "a\\"{{ v }}\\\\b{{ w }}", "bare": [{{ v }}, {"deep": {{ w }}}], "{": "}"}';
    fc.assert(
      fc.property(text, text, text, (v, w, k) => {
        fc.pre(!['whole', 'inside', 'bare', '{'].includes(k));
        const expected = JSON.parse('{}');
        Object.defineProperty(expected, k, {value: 1, enumerable: true, configurable: true, writable: true});
        Object.assign(expected, {whole: v, inside: `a"${v}\\b${w}`, bare: [v, {deep: w}], '{': '}'});
        assert.deepEqual(JSON.parse(bodyOf(body, {v, w, k})), expected);
      }),
      {numRuns: 500},
    );
  });

  it('gives back any JSON value, where it stands alone', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (v) => {
        assert.equal(bodyOf('{"a":{{ v }}}', {v}), `{"a":${JSON.stringify(v)}}`);
      }),
    );
  });

  it('gives back any text between tags', () => {
    const body =
      '{"list": [{% for t in tags %}"{{ t }}"{% unless forloop.last %},{% endunless %}{% endfor %}]{% if v %}, "v": {{ v }}{% endif %}}';
    fc.assert(
      fc.property(fc.array(text), text, (tags, v) => {
        assert.deepEqual(JSON.parse(bodyOf(body, {tags, v})), {list: tags, v});
      }),
      {numRuns: 300},
    );
  });

  it('that is nested too deeply is refused, and does not overflow', () => {
    let v: unknown = 1;
    for (let depth = 0; depth < 100_000; depth++) v = [v];
    assertProblem(() => bodyOf('{"a": {{ v }}}', {v}), 'BODY_INVALID', 65, 'too deeply');
  });

  it('has an end, whatever its loops ask for', () => {
    assertProblem(() => bodyOf('{% for i in (1..100000000) %}x{% endfor %}', {}), 'BODY_INVALID', 65, 'limit');
  });

  it('that its tags make something else of is refused', () => {
    const body = '{"a": 1{% if v == "x" %},{% endif %}}';
    assert.equal(bodyOf(body, {v: 'y'}), '{"a": 1}');
    assertProblem(() => bodyOf(body, {v: 'x'}), 'BODY_INVALID', 65, 'not JSON');
  });
});

describe('another body', () => {
  it('is text as it stands, as text/plain', () => {
    assert.equal(bodyOf('Hello {{ name }}, "{{ age }}"', {name: 'A"nn', age: 7}), 'Hello A"nn, "7"');
    assert.match(typeOf('Hello', {})!, /^text\/plain/);
  });

  it('is sent under the type a header gives it', () => {
    assert.equal(typeOf('<a>{{ v }}</a>', {v: '1'}, ['Content-Type: application/xml']), 'application/xml');
    assert.equal(requestOf({body: '{nearly', headers: ['Content-Type: text/csv']}, {}).body, '{nearly');
  });

  it('that is a form has each value encoded', () => {
    const headers = ['Content-Type: application/x-www-form-urlencoded'];
    const {body} = requestOf({body: 'name={{ name }}&role={{ role }}', headers}, {name: 'a&role=admin', role: 'x y'});
    assert.deepEqual(
      [...new URLSearchParams(body)],
      [
        ['name', 'a&role=admin'],
        ['role', 'x y'],
      ],
    );
  });

  for (const [value, body, type] of [
    [{a: 1}, '{"a":1}', 'application/json'],
    ['{"a": 01234567890123456789}', '{"a": 01234567890123456789}', 'text/plain; charset=utf-8'],
    ['{"a": 12345678901234567890}', '{"a": 12345678901234567890}', 'application/json'],
    ['[1]', '[1]', 'application/json'],
    ['hello', 'hello', 'text/plain; charset=utf-8'],
    ['5', '5', 'text/plain; charset=utf-8'],
  ] as const) {
    it(`that is one expression is treated like a body cell: ${JSON.stringify(value)}`, () => {
      const request = requestOf({body: '{{ v }}'}, {v: value});
      assert.deepEqual([request.body, request.headers['content-type']], [body, type]);
    });
  }

  it('that is absent is none, and has no type', () => {
    const request = requestOf({}, {});
    assert.isUndefined(request.body);
    assert.notProperty(request.headers, 'content-type');
  });
});
