import {chmodSync, closeSync, mkdirSync, openSync, symlinkSync, writeFileSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {EXAMPLE} from '../support/example-profile.js';

type Files = Readonly<Record<string, string | Uint8Array>>;

/** One thing that is wrong, and what is typed: nothing may be sent, and nothing left behind. */
export type BadInput = {
  /** Begins with its case in the catalogue of faults, where it has one. */
  readonly name: string;
  readonly args: readonly string[];
  readonly exit: number;
  readonly files?: Files;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** What no text in `files` can say. */
  readonly prepare?: (folder: string) => void;
};

const TOKEN = {EXAMPLE_TOKEN: 's3cret-token-1'};
const PROFILE = {'example.yaml': EXAMPLE};
const SEND = ['--profile', './example.yaml', '--base-url', '{url}'];
const CREATE = [...SEND, '--request', 'POST /users/{{ id }}'];
const GOOD = 'id,name\n1,Ann\n2,Bob\n';
const OPERATIONS = 'method,url,headers,body\n';

/** A file of plain rows, sent to `POST /users/{{ id }}`. */
function plain(name: string, content: string | Uint8Array, {exit = 65, file = 'users.csv'} = {}): BadInput {
  return {name, args: ['run', file, ...CREATE], exit, files: {...PROFILE, [file]: content}, env: TOKEN};
}

/** A file of operations. */
function operations(name: string, content: string, file = 'operations.csv', words: readonly string[] = []): BadInput {
  return {name, args: ['run', file, ...SEND, ...words], exit: 65, files: {...PROFILE, [file]: content}, env: TOKEN};
}

/** A good file, with these words behind those of a good command. */
function typed(name: string, words: readonly string[], exit: number, more: Partial<BadInput> = {}): BadInput {
  return {
    name,
    args: ['run', 'users.csv', ...CREATE, ...words],
    exit,
    files: {...PROFILE, 'users.csv': GOOD},
    env: TOKEN,
    ...more,
  };
}

/** A good file sent by another template. */
function template(name: string, words: readonly string[], exit = 78): BadInput {
  return typed(name, [], exit, {args: ['run', 'users.csv', ...SEND, ...words]});
}

/** A good file sent to another address. */
function address(name: string, url: string): BadInput {
  return typed(name, [], 2, {
    args: ['run', 'users.csv', '--profile', './example.yaml', '--base-url', url, '--request', 'POST /users'],
  });
}

/** A good file sent by another profile. */
function profile(name: string, profileName: string, exit = 78, more: readonly string[] = []): BadInput {
  return typed(name, [], exit, {
    args: ['run', 'users.csv', '--profile', profileName, ...more, '--request', 'POST /users'],
  });
}

const value = (name: string, id: string) => plain(name, `id,name\n1,Ann\n"${id}",Bob\n`);
const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)));

function bigFile(path: string, megabytes: number, start: string): void {
  const file = openSync(path, 'w');
  writeSync(file, start);
  const block = Buffer.alloc(1024 * 1024, 'x');
  for (let written = 0; written < megabytes; written++) writeSync(file, block);
  closeSync(file);
}

export const BAD_INPUTS: readonly BadInput[] = [
  // Input files.
  typed('H02 the file is missing', [], 66, {args: ['run', 'other.csv', ...CREATE]}),
  typed('H02 the file is a directory', [], 66, {
    args: ['run', 'users', ...CREATE],
    prepare: (folder) => mkdirSync(join(folder, 'users')),
  }),
  plain('H03 UTF-16LE', Buffer.from(`\ufeff${GOOD}`, 'utf16le')),
  plain('H03 UTF-16BE', Buffer.from(`\ufeff${GOOD}`, 'utf16le').swap16()),
  plain('H03 UTF-16 without a byte order mark', Buffer.from(GOOD, 'utf16le')),
  plain('H04 Latin-1 in a row', Buffer.from('id,name\n1,Ann\n2,Zo\xeb\n', 'latin1')),
  plain('H04 Latin-1 in the header', Buffer.from('id,pr\xe9nom\n1,Ann\n', 'latin1')),
  plain('H04 a byte that is not UTF-8, in NDJSON', bytes('{"id":1}\n{"id":"', [0xff], '"}\n'), {file: 'users.ndjson'}),
  plain('H05 a NUL byte in a field', 'id,name\n1,Ann\n2,B\0b\n'),
  plain('H05 a control character in a field', 'id,name\n1,Ann\n2,\x1b[2JBob\n'),
  plain('H05 a control character of Latin-1 in a field', 'id,name\n1,Ann\n2,B\u009bb\n'),
  plain('H05 a control character in the header', 'id,na\x07me\n1,Ann\n'),
  plain('H05 a NUL escape in NDJSON', '{"id":"1"}\n{"id":"a\\u0000b"}\n', {file: 'users.ndjson'}),
  plain('H08 a quote that is never closed, in row 3', `id,name\n1,Ann\n2,Bob\n3,"Cy\n${'4,Dee\n'.repeat(50_000)}`),
  plain('H08 text behind a closing quote', 'id,name\n1,"Ann"a\n2,Bob\n'),
  plain('H08 a quote within a field', 'id,name\n1,A"nn\n2,Bob\n'),
  plain('H08 a quote that is never closed, in the header', 'id,"name\n1,Ann\n'),
  plain('H09 too few columns', 'id,name,role\n1,Ann,owner\n2,Bob\n'),
  plain('H09 too many columns', 'id,name\n1,Ann\n2,Bob,owner\n'),
  plain('H09 several rows', 'id,name\n1\n2\n3\n4\n5\n6\n7\n8,Hal\n'),
  plain('H10 two columns of the same name', 'id,name,name\n1,Ann,Anna\n'),
  plain('H10 columns that differ by case', 'id,Name,name\n1,Ann,Anna\n'),
  plain('H10 columns that differ by a blank', 'id,name,name \n1,Ann,Anna\n'),
  plain('H10 a column without a name', 'id,,name\n1,x,Ann\n'),
  plain('H14 a duplicate key', '{"id":1}\n{"id":2,"id":3}\n', {file: 'users.ndjson'}),
  plain('H14 a trailing comma', '{"id":1}\n{"id":2,}\n', {file: 'users.ndjson'}),
  plain('H14 single quotes', '{"id":1}\n{\'id\':2}\n', {file: 'users.ndjson'}),
  plain('H14 an array on a line', '{"id":1}\n[2]\n', {file: 'users.ndjson'}),
  plain('H14 an object over several lines', '{\n  "id": 1\n}\n', {file: 'users.ndjson'}),
  plain('H14 one JSON array', '[{"id":1},{"id":2}]\n', {file: 'users.json'}),
  plain('H14 an object that is cut off', '{"id":1}\n{"id":2', {file: 'users.ndjson'}),
  plain('H14 5,000 levels', `{"id":1}\n{"id":2,"a":${'['.repeat(5000)}${']'.repeat(5000)}}\n`, {file: 'users.ndjson'}),
  typed('H17 a field of 100 MB', [], 65, {
    prepare: (folder) => bigFile(join(folder, 'users.csv'), 100, 'id,name\n1,Ann\n2,'),
  }),
  typed('H17 a field of 100 MB in quotes that are not closed', [], 65, {
    prepare: (folder) => bigFile(join(folder, 'users.csv'), 100, 'id,name\n1,Ann\n2,"'),
  }),
  typed('H17 a line of 100 MB in NDJSON', [], 65, {
    args: ['run', 'users.ndjson', ...CREATE],
    prepare: (folder) => bigFile(join(folder, 'users.ndjson'), 100, '{"id":1}\n{"id":"'),
  }),
  plain('H19 a workbook given as CSV', bytes('PK\x03\x04', [0x14, 0, 6, 0, 8, 0], 'x'.repeat(60))),
  plain('H19 an old workbook given as CSV', bytes([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], 'x'.repeat(60))),
  plain('H19 a PDF given as CSV', '%PDF-1.7\n%xxxx\n'),
  plain('H19 gzip that is cut off', bytes([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b]), {file: 'users.csv.gz'}),
  typed('H20 standard input with a bad row', [], 65, {args: ['run', '-', ...CREATE], stdin: 'id,name\n1\n'}),
  operations(
    'H21 rows with the same id',
    `id,${OPERATIONS}u-1,POST,/users,,\nu-2,POST,/users,,\nu-1,POST,/users,,\nu-2,POST,/users,,\n`,
  ),
  operations(
    'H21 rows with the same id, where bad rows may be left out',
    `id,${OPERATIONS}u-1,POST,/users,,\nu-1,POST,/users,,\n`,
    'operations.csv',
    ['--skip-invalid'],
  ),
  operations('H22 a missing field in row 40,000', `${OPERATIONS}${'POST,/users,,\n'.repeat(39_999)}POST,,,\n`),
  typed('H24 the run folder is the input', ['--run-dir', 'users.csv'], 73),
  typed('H24 the run folder holds the input', [], 73, {
    args: ['run', 'here/users.csv', ...CREATE, '--run-dir', 'here'],
    prepare: (folder) => {
      mkdirSync(join(folder, 'here'));
      writeFileSync(join(folder, 'here', 'users.csv'), GOOD);
    },
  }),

  // Templates, URLs, headers.
  value('I01 a path value ".."', '..'),
  value('I01 a path value "."', '.'),
  value('I01 a path value "%2e%2e"', '%2e%2e'),
  operations('I01 ".." in a url', `${OPERATIONS}POST,/users/../admin,,\n`),
  value('I02 an empty path value', ''),
  value('I02 a blank path value', '  '),
  operations('I03 another host in a url', `${OPERATIONS}POST,//evil.example/users,,\n`),
  operations('I03 a url at another origin', `${OPERATIONS}POST,https://evil.example/users,,\n`),
  value('I04 a TAB in a path value', 'a\tb'),
  value('I04 a line break in a path value', 'a\nb'),
  operations('I05 a line break in a header', `${OPERATIONS}POST,/users,"{""X-Note"":""a\\r\\nb""}",\n`),
  operations('I05 a header that is not Latin-1', `${OPERATIONS}POST,/users,"{""X-Note"":""✓""}",\n`),
  typed('I05 a column that is not Latin-1 in a header', ['--header', 'X-Name: {{ name }}'], 65, {
    files: {...PROFILE, 'users.csv': 'id,name\n1,Ann\n2,✓\n'},
  }),
  ...['Host', 'Authorization', 'Content-Length', 'Transfer-Encoding', 'Cookie'].map((name) =>
    operations(`I06 a row sets ${name}`, `${OPERATIONS}POST,/users,"{""${name}"":""s3cret""}",\n`),
  ),
  operations('I07 a body that was meant as JSON', `${OPERATIONS}POST,/users,,"{""name"": ""Ann}"\n`),
  template(
    'I08 a base URL with a password',
    ['--request', 'POST /users', '--base-url', 'https://ann:s3cret@api.example.com'],
    2,
  ),
  address('I08 a base URL without TLS', 'http://api.example.com'),
  template(
    'I08 a base URL that climbs',
    ['--request', 'POST /users', '--base-url', 'https://api.example.com/v3/..'],
    2,
  ),
  address('I08 a base URL that is none', 'api.example.com'),
  template('I09 an unknown column in the request', ['--request', 'POST /users/{{ idd }}']),
  template('I09 an unknown column in a header', ['--request', 'POST /users', '--header', 'X-Name: {{ nmae }}']),
  template('I09 an unknown column in the body', ['--request', 'POST /users', '--body', '{"name": "{{ Name }}"}']),
  template('I09 a request without a method', ['--request', '/users/{{ id }}']),
  template('I09 a request with a method that is none', ['--request', 'POTS /users/{{ id }}']),
  template('I09 a header given twice', ['--request', 'POST /users', '--header', 'X-Note: a', '--header', 'x-note: b']),
  template('I09 an expression that is not closed', ['--request', 'POST /users/{{ id']),
  template('I09 an unknown filter', ['--request', 'POST /users/{{ id | shout }}']),
  template('I09 a body that is not JSON', ['--request', 'POST /users', '--body', '{"name": {{ name }']),
  template('I09 an unknown operation', ['--operation', 'CreateUsr']),
  template('I09 a body file that is missing', ['--request', 'POST /users', '--body', '@body.json'], 66),
  template('I09 a header that sets a credential', [
    '--request',
    'POST /users',
    '--header',
    'Authorization: Bearer s3cret',
  ]),
  template('I09 a header that is none', ['--request', 'POST /users', '--header', 'X Name']),

  // Words.
  typed('no request for NDJSON of plain rows', [], 2, {
    args: ['run', 'users.ndjson', ...SEND],
    files: {...PROFILE, 'users.ndjson': '{"id":1,"name":"Ann"}\n{"id":2}\n'},
  }),
  typed('a file without a name', [], 2, {args: ['run', '', ...CREATE]}),
  {name: 'nothing at all', args: ['run'], exit: 2},
  {name: 'no profile', args: ['run', 'users.csv'], exit: 2, files: {'users.csv': GOOD}},
  typed('no request for a file of plain rows', [], 2, {args: ['run', 'users.csv', ...SEND]}),
  profile('an unknown profile', 'amtiy'),
  profile('a profile file that is missing', './mine.yaml'),
  profile('a variant that is none', 'amity:netwrk'),
  typed('a faulty profile', [], 78, {
    files: {'users.csv': GOOD, 'example.yaml': EXAMPLE.replace('seconds: 1', 'second: 1')},
  }),
  typed('no region for a profile that has some', [], 2, {
    args: ['run', 'users.csv', '--profile', 'amity', '--request', 'POST /users'],
  }),
  typed('an unknown region', [], 2, {
    args: ['run', 'users.csv', '--profile', 'amity', '--region', 'uk', '--request', 'POST /users'],
  }),
  typed('a secret that is not set', [], 77, {env: {}}),
  typed('an unknown credential', ['--credential', 'kee'], 2),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as an operator writes it.
  typed('a header with a secret that is not set', ['--header', 'X-Other: ${OTHER_TOKEN}'], 77),
  typed('a secret with a line break', [], 77, {env: {EXAMPLE_TOKEN: 's3cret\nX-Other: 1'}}),
  typed('an environment file that others may read', ['--env-file', 'secrets.env'], 77, {
    prepare: (folder) => {
      writeFileSync(join(folder, 'secrets.env'), 'EXAMPLE_TOKEN=s3cret\n');
      chmodSync(join(folder, 'secrets.env'), 0o644);
    },
  }),
  typed('an environment file that is missing', ['--env-file', 'secrets.env'], 77),
  typed('an environment file that is none', ['--env-file', 'secrets.env'], 77, {
    prepare: (folder) => writeFileSync(join(folder, 'secrets.env'), 's3cret\n', {mode: 0o600}),
  }),
  typed('an unknown flag', ['--limits', '80/5s'], 2),
  typed('J06 a secret among the flags', ['--token=s3cret'], 2),
  typed('J06 a secret behind a flag', ['--api-key', 's3cret'], 2),
  typed('J03 a file whose name a terminal would obey', [], 66, {args: ['run', '\x1b[2Jusers.csv', ...CREATE]}),
  typed('an argument too many', ['more.csv'], 2),
  typed('a flag without its value', ['--share'], 2),
  typed('a limit that is none', ['--limit', '80 per 5 s'], 2),
  typed('a limit that the profile has not', ['--limit', 'al=80/5s'], 2),
  typed('a share that is none', ['--share', '160%'], 2),
  typed('no concurrency', ['--concurrency', '0'], 2),
  typed('a concurrency that is no number', ['--concurrency', 'many'], 2),
  typed('rows that are none', ['--rows', '3-1'], 2),
  typed('rows that are words', ['--rows', 'first'], 2),
  typed('rows that the file has not', ['--rows', '5-9'], 2),
  typed('a scope of an unknown column', ['--scope', 'user=@user_id'], 2),
  typed('a scope by which nothing is limited', ['--scope', 'usr=1'], 2),
  typed('a scope that is none', ['--scope', 'user'], 2),
  typed('an id of an unknown column', ['--id', 'idd'], 2),
  typed('a request and an operation', ['--operation', 'CreateUser'], 2),
  typed('a body without a request', [], 2, {args: ['run', 'users.csv', ...SEND, '--body', '{}']}),
  typed('a time without a unit', ['--timeout', '30'], 2),
  typed('a time that is none', ['--deadline', 'soon'], 2),
  typed('a limit of failures that is none', ['--stop-on-failures', 'many'], 2),
  typed('a policy that is none', ['--in-doubt', 'guess'], 2),
  typed('an origin that is none', ['--allow-origin', 'files.example.com'], 2),
  typed('a delimiter that is none', ['--delimiter', '::'], 2),
  typed('F07 certificates that are not checked', [], 2, {env: {...TOKEN, NODE_TLS_REJECT_UNAUTHORIZED: '0'}}),

  // Run folders.
  typed('C22 J08 the run folder holds other files', ['--run-dir', 'here'], 73, {
    prepare: (folder) => {
      mkdirSync(join(folder, 'here'), {mode: 0o700});
      writeFileSync(join(folder, 'here', 'notes.txt'), '');
    },
  }),
  typed('J08 the run folder is a symbolic link', ['--run-dir', 'link'], 73, {
    prepare: (folder) => {
      mkdirSync(join(folder, 'there'), {mode: 0o700});
      symlinkSync('there', join(folder, 'link'));
    },
  }),
  typed('J08 others may write in the run folder', ['--run-dir', 'here'], 77, {
    prepare: (folder) => {
      mkdirSync(join(folder, 'here'));
      chmodSync(join(folder, 'here'), 0o777);
    },
  }),
  typed('the run folder cannot be made', ['--run-dir', 'no/such/place'], 73),
  {name: 'resume of nothing', args: ['resume'], exit: 2},
  {name: 'resume of a folder that is missing', args: ['resume', 'users.run'], exit: 66},
  {name: 'status of nothing', args: ['status'], exit: 2},
  {name: 'status of a file', args: ['status', 'users.csv'], exit: 66, files: {'users.csv': GOOD}},
  {name: 'results of a folder without a run', args: ['results', '.'], exit: 66},
  {name: 'results in a format that is none', args: ['results', '.', '--format', 'xlsx'], exit: 2},
  {name: 'an unknown command', args: ['rum', 'users.csv'], exit: 2},

  // Plans.
  {...typed('plan of a bad word', [], 2), args: ['plan', 'users.csv', ...CREATE, '--latency', 'fast']},
  {...typed('plan of a file that is missing', [], 66), args: ['plan', 'other.csv', ...CREATE]},
];
