// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is written so is what is tested.
import {assert} from 'chai';
import {compileTemplate, type TemplateSpec} from '../../src/requests/template.js';
import {assertProblem, requestOf, sampleProfile} from './sample.js';

const user = {request: 'DELETE /users/{{ id }}/roles?note={{ note }}'};
const url = (id: unknown, note: unknown = 'n') => requestOf(user, {id, note}).url;

describe('a value in a path', () => {
  for (const id of ['..', '.', '%2e%2e', '%2E.', '%2e', ' .. ']) {
    it(`is refused when it is a step in the path: ${JSON.stringify(id)}`, () => {
      assertProblem(() => url(id), 'URL_INVALID', 65, 'row 88 (users.csv:92)', '{{ id }}', 'step in the path');
    });
  }

  for (const id of ['', ' ', '\u00a0', null]) {
    it(`is refused when there is nothing in it: ${JSON.stringify(id)}`, () => {
      assertProblem(() => url(id), 'URL_INVALID', 65, 'row 88 (users.csv:92)', '{{ id }}', 'empty');
    });
  }

  for (const [id, segment] of [
    ['a/b', 'a%2Fb'],
    ['?x=1', '%3Fx%3D1'],
    ['#f', '%23f'],
    ['\\..\\x', '%5C..%5Cx'],
    ['//evil', '%2F%2Fevil'],
    ['http://evil', 'http%3A%2F%2Fevil'],
    ['../admin', '..%2Fadmin'],
    ['@evil', '%40evil'],
    ['a b', 'a%20b'],
    ['größe 💥', 'gr%C3%B6%C3%9Fe%20%F0%9F%92%A5'],
    ['{{ note }}', '%7B%7B%20note%20%7D%7D'],
    ['...', '...'],
    ['100%', '100%25'],
  ] as const) {
    it(`stays inside its segment: ${JSON.stringify(id)}`, () => {
      assert.equal(url(id), `https://api.example.com/users/${segment}/roles?note=n`);
    });
  }

  for (const id of ['a\tb', 'a\rb', 'a\nb', '\n', 'a\u0000b', 'a\u0085b', 'a%0Ab', 'a%00b', '\t..\n']) {
    it(`is refused when it holds a control character: ${JSON.stringify(id)}`, () => {
      assertProblem(() => url(id), 'URL_INVALID', 65, 'row 88 (users.csv:92)', '{{ id }}');
    });
  }

  it('is refused when it holds half a character', () => {
    assertProblem(() => url('a\ud800'), 'URL_INVALID', 65, 'half a character');
  });

  it('may be a part of a segment, which may not become a step either', () => {
    const spec = {request: 'GET /files/{{ name }}.{{ kind }}'};
    assert.equal(requestOf(spec, {name: 'a/b', kind: 'csv'}).url, 'https://api.example.com/files/a%2Fb.csv');
    assertProblem(() => requestOf({request: 'GET /files/.{{ name }}/x'}, {name: '.'}), 'URL_INVALID', 65);
  });

  it('keeps a number of NDJSON as it is written', () => {
    assert.equal(url(7), 'https://api.example.com/users/7/roles?note=n');
  });
});

describe('a value in a query', () => {
  for (const [note, encoded] of [
    ['a&b=c', 'a%26b%3Dc'],
    ['#f', '%23f'],
    ['', ''],
    ['a+b c', 'a%2Bb%20c'],
    ['two\nlines', 'two%0Alines'],
    ['..', '..'],
  ] as const) {
    it(`stays one value: ${JSON.stringify(note)}`, () => {
      assert.equal(url('7', note), `https://api.example.com/users/7/roles?note=${encoded}`);
      assert.deepEqual([...new URL(url('7', note)).searchParams], [['note', note]]);
    });
  }
});

describe('a header of a template', () => {
  const header = (line: string, value: string) => requestOf({headers: [line]}, {value}).headers;

  it('carries what the row says', () => {
    assert.deepEqual(header('X-Note: <{{ value }}>', 'é 1'), {'x-note': '<é 1>'});
  });

  for (const value of ['a\r\nX-Admin: 1', 'a\nb', 'a\rb', 'a\u0000b', 'Ł', '💥', 'a\u0007']) {
    it(`is refused with a value that cannot be sent: ${JSON.stringify(value)}`, () => {
      assertProblem(
        () => header('X-Note: {{ value }}', value),
        'HEADER_INVALID',
        65,
        'row 88 (users.csv:92)',
        '"x-note"',
      );
    });
  }

  for (const name of [
    'Host',
    'Content-Length',
    'Transfer-Encoding',
    'connection',
    'TE',
    'Authorization',
    'Cookie',
    'X-API-Key',
    '__proto__',
  ]) {
    it(`may not be ${name}`, () => {
      const problem = assertProblem(() => header(`${name}: s3cr3t`, ''), 'HEADER_INVALID', 78);
      assert.include(problem.message.toLowerCase(), `"${name.toLowerCase()}"`);
      assert.notInclude(problem.message, 's3cr3t');
    });
  }

  for (const line of ['no colon s3cr3t', ': s3cr3t', 'bad name: s3cr3t', 'X: {% if value %}s3cr3t{% endif %}']) {
    it(`is a name and a value: ${line}`, () => {
      const problem = assertProblem(() => header(line, ''), 'HEADER_INVALID', 78);
      assert.notInclude(problem.message, 's3cr3t');
    });
  }

  it('with a secret in it is left out of what is built', () => {
    assert.deepEqual(requestOf({headers: ['Authorization: Bearer ${TOKEN}', 'X-A: 1']}, {}).headers, {'x-a': '1'});
  });

  it('does not expand a value that looks like a secret', () => {
    assert.deepEqual(header('X-Note: {{ value }}', '${TOKEN}'), {'x-note': '${TOKEN}'});
  });
});

describe('a template', () => {
  const compile = (
    spec: Partial<TemplateSpec>,
    columns: string[] | undefined = ['userId', 'role', 'First Name', 'user.email'],
  ) => compileTemplate({headers: [], ...spec}, sampleProfile(), columns);

  for (const [spec, words] of [
    [{request: 'POST /users/{{ userid }}'}, ['request', '"userid"', 'did you mean "userId"']],
    [{request: 'POST /users', body: '{"role": "{{ rolle }}"}'}, ['body', '"rolle"', 'did you mean "role"']],
    [{request: 'POST /users', headers: ['X-Role: {{ roel }}']}, ['header', '"roel"', 'did you mean "role"']],
    [{request: 'POST /users', body: '{% if rolle %}x{% endif %}'}, ['"rolle"', '"role"']],
    [{request: 'POST /users/{{ First }}'}, ['"First"', '["First Name"]']],
    [{request: 'POST /users/{{ user.email }}'}, ['"user"', '["user.email"]']],
    [{request: 'POST /users/{{ constructor }}'}, ['"constructor"']],
    [{request: 'POST /users/{{ __proto__ }}'}, ['"__proto__"']],
  ] as const) {
    it(`that names an unknown column is refused at once: ${JSON.stringify(spec)}`, () => {
      const problem = assertProblem(() => compile(spec), 'TEMPLATE_UNKNOWN_COLUMN', 78, ...words);
      assert.include(problem.suggestions[0]!, 'userId, role, First Name');
    });
  }

  for (const [name, spec] of [
    ['has no method', {request: '/users'}],
    ['has no path', {request: 'POST'}],
    ['has both a request and an operation', {request: 'POST /x', operation: 'ExportBot'}],
    ['has neither a request nor an operation', {}],
    ['has an expression in the host', {request: 'POST https://{{ role }}.example.com/x'}],
    ['has an expression that begins the host', {request: 'POST https://{{ role }}/x'}],
    ['is an expression only', {request: 'POST {{ role }}'}],
    ['begins with two slashes', {request: 'POST //evil/{{ role }}'}],
    ['begins with an expression behind the slash of another host', {request: 'POST /\\evil/{{ role }}'}],
    ['has an expression in the name of a parameter', {request: 'POST /x?{{ role }}=1'}],
    ['has a fragment', {request: 'POST /x#{{ role }}'}],
    ['climbs', {request: 'POST /x/../{{ role }}'}],
    ['climbs, encoded', {request: 'POST /x/%2e%2e/{{ role }}'}],
    ['holds a secret', {request: 'POST /x?key=${TOKEN}'}],
    ['holds a tag in its path', {request: 'POST /x/{% if role %}a{% endif %}'}],
    ['is not closed', {request: 'POST /x/{{ role'}],
    ['has a filter nobody knows', {request: 'POST /x/{{ role | nope }}'}],
    ['reads a file', {request: 'POST /x', body: "{% include 'etc' %}"}],
    ['renders a file', {request: 'POST /x', body: "{% render 'etc' %}"}],
    ['goes round the encoding', {request: 'POST /x/{{ role | raw }}'}],
    ['is different every time', {request: 'POST /x/{{ role | sample }}'}],
    ['has two words in an expression', {request: 'POST /x/{{ role name }}'}],
    ['has a body that is nearly JSON', {request: 'POST /x', body: '{"a": "{{ role }}",}'}],
    ['has an expression beside a number', {request: 'POST /x', body: '{"a": 1{{ role }}}'}],
    ['has an expression as a bare key', {request: 'POST /x', body: '{ {{ role }}: 1}'}],
    ['has an expression behind a backslash', {request: 'POST /x', body: '{"a": "\\{{ role }}"}'}],
    ['has an expression in an escape', {request: 'POST /x', body: '{"a": "\\u00{{ role }}"}'}],
  ] as const) {
    it(`is refused when it ${name}`, () => {
      assertProblem(() => compile(spec as Partial<TemplateSpec>), 'TEMPLATE_INVALID', 78);
    });
  }

  it('that names an unknown operation is refused with the nearest', () => {
    assertProblem(() => compile({operation: 'ExportBots'}), 'OPERATION_UNKNOWN', 78, '"ExportBots"', '"ExportBot"');
  });

  it('takes columns with blanks and dots in brackets', () => {
    const {url} = requestOf(
      {request: 'PUT /u/{{ ["First Name"] }}/{{ ["user.email"] }}'},
      {'First Name': 'Ann', 'user.email': 'a@b'},
    );
    assert.equal(url, 'https://api.example.com/u/Ann/a%40b');
  });

  it('takes columns that are called like things of ours', () => {
    const {url} = requestOf({request: 'PUT /u/{{ url }}/{{ id }}'}, {url: 'http://evil', id: '5'});
    assert.equal(url, 'https://api.example.com/u/http%3A%2F%2Fevil/5');
  });

  it('takes the nested members of NDJSON, and misses what a row does not have', () => {
    const profile = sampleProfile();
    const template = compileTemplate({request: 'PUT /u/{{ user.id }}', headers: []}, profile, undefined);
    assert.equal(requestOf({}, {user: {id: 7}}, {template}).url, 'https://api.example.com/u/7');
    assertProblem(() => requestOf({}, {user: {}}, {template}), 'URL_INVALID', 65, '"user.id"');
    assertProblem(() => requestOf({}, {}, {template}), 'URL_INVALID', 65, '"user"');
  });

  it('knows nothing that an object inherits', () => {
    const template = compileTemplate(
      {request: 'PUT /u/{{ user.constructor }}', headers: []},
      sampleProfile(),
      undefined,
    );
    assertProblem(() => requestOf({}, {user: {id: 7}}, {template}), 'URL_INVALID', 65, 'user.constructor');
  });

  it('refuses "now", which would be another request at every resume', () => {
    assertProblem(() => requestOf({request: 'PUT /{{ "now" | date: "%Y" }}'}, {}), 'URL_INVALID', 65, '"now"');
  });
});
