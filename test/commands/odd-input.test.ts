import {readFileSync} from 'node:fs';
import {gzipSync} from 'node:zlib';
import {assert} from 'chai';
import {EXAMPLE} from '../support/example-profile.js';
import {
  type Heard,
  inFolder,
  listen,
  openTerminal,
  type Provider,
  type Said,
  type Terminal,
} from '../support/program.js';

const USERS = ['--request', 'POST /users/{{ id }}'];
const BODY = ['--request', 'POST /users', '--body', '{"id":{{ id }},"name":{{ name }}}'];

type OddInput = {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly file?: string;
  readonly words?: readonly string[];
  /** What the provider hears, by url and body. */
  readonly heard: readonly (string | readonly [url: string, body: string])[];
};

const two = ['/users/1', '/users/2'];

/** What looks wrong and is right: every row is sent, byte for byte. */
const ODD_INPUTS: readonly OddInput[] = [
  {name: 'H01 an empty file', content: '', heard: []},
  {name: 'H01 an empty file of operations', content: '', words: [], heard: []},
  {name: 'H01 a header and nothing else', content: 'id,name\n', heard: []},
  {name: 'H01 blank lines and nothing else', content: '\n\r\n\n', heard: []},
  {name: 'H01 an empty NDJSON file', content: '', file: 'users.ndjson', heard: []},
  {name: 'H03 a byte order mark', content: '\ufeffid,name\n1,Ann\n2,Bob\n', heard: two},
  {
    name: 'H03 a byte order mark before NDJSON',
    content: '\ufeff{"id":1}\n{"id":2}\n',
    file: 'users.ndjson',
    heard: two,
  },
  {name: 'H06 CRLF', content: 'id,name\r\n1,Ann\r\n2,Bob\r\n', heard: two},
  {name: 'H06 CR', content: 'id,name\r1,Ann\r2,Bob\r', heard: two},
  {name: 'H06 mixed line ends, and none at the end', content: 'id,name\r\n1,Ann\n\r\n2,Bob', heard: two},
  {
    name: 'H07 delimiters, line ends and quotes within quotes',
    content: 'id,name\n1,"Ann, the\nfirst ""A"""\n2,Bob\n',
    words: BODY,
    heard: [
      ['/users', '{"id":"1","name":"Ann, the\\nfirst \\"A\\""}'],
      ['/users', '{"id":"2","name":"Bob"}'],
    ],
  },
  {name: 'H10 semicolons', content: 'id;name\n1;"Ann, A"\n2;Bob\n', heard: two},
  {
    name: 'H11 columns called as members of every object are',
    content: 'id,__proto__,constructor,toString\n1,a,b,c\n',
    words: ['--request', 'POST /users', '--body', '{"a":{{ __proto__ }},"b":{{ constructor }},"c":{{ toString }}}'],
    heard: [['/users', '{"a":"a","b":"b","c":"c"}']],
  },
  {
    name: 'H12 a member called __proto__',
    content: '{"id":"1","name":{"__proto__":{"admin":true}}}\n',
    file: 'users.ndjson',
    words: BODY,
    heard: [['/users', '{"id":"1","name":{"__proto__":{"admin":true}}}']],
  },
  {
    name: 'H13 numbers that no double holds',
    content: '{"id":12345678901234567890,"name":1e400}\n{"id":0.1000,"name":-0}\n',
    file: 'users.ndjson',
    words: BODY,
    heard: [
      ['/users', '{"id":0.1000,"name":-0}'],
      ['/users', '{"id":12345678901234567890,"name":1e400}'],
    ],
  },
  {name: 'H14 a blank line in NDJSON', content: '{"id":1}\n\n{"id":2}\n', file: 'users.ndjson', heard: two},
  {
    name: 'H15 texts that look like numbers, dates and blanks',
    content: 'id,name\n00123,1E5\n2026-01-02, x \nTRUE,\n',
    words: BODY,
    heard: [
      ['/users', '{"id":"00123","name":"1E5"}'],
      ['/users', '{"id":"2026-01-02","name":" x "}'],
      ['/users', '{"id":"TRUE","name":""}'],
    ],
  },
  {name: 'H19 gzip', content: gzipSync('id,name\n1,Ann\n2,Bob\n'), file: 'users.csv.gz', heard: two},
  {
    name: 'I03 path values that would lead elsewhere',
    content: 'id\na/b\n?x=1\n#f\n\\..\\x\n//evil\nhttp://evil\n',
    heard: [
      '/users/%23f',
      '/users/%2F%2Fevil',
      '/users/%3Fx%3D1',
      '/users/%5C..%5Cx',
      '/users/a%2Fb',
      '/users/http%3A%2F%2Fevil',
    ],
  },
  {
    name: 'I07 body values with quotes, backslashes and braces',
    content: 'id,name\n1,"say ""hi"" \\ }"\n',
    words: BODY,
    heard: [['/users', '{"id":"1","name":"say \\"hi\\" \\\\ }"}']],
  },
];

describe('odd input', () => {
  let provider: Provider;
  let terminal: Terminal;
  before(async () => {
    provider = await listen();
    terminal = openTerminal();
  });
  after(() => {
    terminal.close();
    return provider.close();
  });

  for (const {name, content, file = 'users.csv', words = USERS, heard} of ODD_INPUTS)
    it(`is sent as it stands: ${name}`, () =>
      withFile(file, content, async (send) => {
        const {said, requests} = await send(words);
        assert.equal(said.exit, 0, said.stderr);
        const found: (string | readonly string[])[] = requests.map(({url, body}) => (body === '' ? url : [url, body]));
        assert.deepEqual(found.sort(), [...heard].sort());
        assert.match(said.stderr, new RegExp(`^${heard.length} rows?: ${heard.length} ok$`, 'm'));
        assert.equal(Object.hasOwn(Object.prototype, 'admin'), false);
      }));

  it('H21 is told before it is sent, when rows ask for the same', () =>
    withFile('users.csv', 'id,name\n1,Ann\n2,Bob\n1,Ann\n2,Bob\n2,Cy\n', async (send, folder) => {
      const {said, requests} = await send(BODY);
      assert.equal(said.exit, 0, said.stderr);
      assert.equal(requests.length, 5);
      const note =
        '2 rows ask for what an earlier row asks for already: row 3 (users.csv:4) as row 1, row 4 (users.csv:5) as row 2; each is sent';
      assert.include(said.stderr, note);
      assert.isBelow(said.stderr.indexOf(note), said.stderr.indexOf('5 ok'), 'it is told too late');
      const planned = await terminal.type(['plan', 'users.csv', ...named(), ...BODY, '--json'], {cwd: folder});
      assert.include(planned.stderr, note);
      assert.equal(JSON.parse(planned.stdout).valid, 5);
    }));

  it('H21 H22 is listed and left out with --skip-invalid, and the rest is sent', () =>
    withFile('users.csv', 'id,name\n1,Ann\n2\n..,Cy\n4,"Dee, D"\n', async (send, folder) => {
      const {said, requests} = await send([...USERS, '--skip-invalid']);
      assert.equal(said.exit, 1, said.stderr);
      assert.sameMembers(
        requests.map(({url}) => url),
        ['/users/1', '/users/4'],
      );
      const results = readFileSync(`${folder}/users.run/results.ndjson`, 'utf8').trim().split('\n');
      assert.deepEqual(
        results.map((line) => JSON.parse(line)).map(({row, state, error, attempts}) => [row, state, attempts, error]),
        [
          [1, 'ok', 1, null],
          [2, 'failed', 0, 'row 2 (users.csv:3): expected 2 columns as in the header, found 1'],
          [3, 'failed', 0, 'row 3 (users.csv:4): {{ id }}: ".." is a step in the path, expected a name or an id'],
          [4, 'ok', 1, null],
        ],
      );
    }));

  async function withFile(
    file: string,
    content: string | Uint8Array,
    use: (
      send: (words: readonly string[]) => Promise<{readonly said: Said; readonly requests: readonly Heard[]}>,
      folder: string,
    ) => Promise<void>,
  ): Promise<void> {
    await inFolder({'example.yaml': EXAMPLE, [file]: content}, (cwd) =>
      use(async (words) => {
        const before = provider.heard.length;
        const said = await terminal.type(['run', file, ...named(), ...words], {
          cwd,
          env: {EXAMPLE_TOKEN: 's3cret-token-1'},
        });
        return {said, requests: provider.heard.slice(before)};
      }, cwd),
    );
  }

  function named(): string[] {
    return ['--profile', './example.yaml', '--base-url', provider.url];
  }
});
