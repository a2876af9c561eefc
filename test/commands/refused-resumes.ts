import {chmodSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {crc32} from 'node:zlib';
import {EXAMPLE} from '../support/example-profile.js';

/** Something that does not fit a run, and what is typed to go on with it: nothing may be sent, and nothing in its folder changed. */
export type RefusedResume = {
  /** Begins with its case in the catalogue of faults, where it has one. */
  readonly name: string;
  /** What happens to the run before. */
  readonly change?: (cwd: string) => void;
  readonly args: readonly string[];
  readonly exit: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Rows that were to be sent when the run was begun; the first of three otherwise. */
  readonly begun?: readonly string[];
  /** Another file, or the same packed. */
  readonly file?: {readonly name: string; readonly content: string | Uint8Array};
  /** Somebody else holds the run folder meanwhile. */
  readonly held?: true;
  /** What the message tells to type, and whether anything stands in its way still; then the run goes on to its end. */
  readonly advised?: {
    readonly type: string;
    readonly as?: readonly string[];
    readonly first?: (cwd: string) => void;
    readonly env?: Readonly<Record<string, string>>;
  };
};

export const GOOD = 'id,name,team\n1,Ann,a\n2,Bob,a\n3,Cid,b\n';
export const REQUEST = ['--request', 'POST /users', '--body', '{"name": "{{ name }}"}'];
export const SEND = ['--profile', './example.yaml', '--base-url', '{url}'];
const RESUME = ['resume', 'users.run'];
const AGAIN = ['run', 'users.csv', ...SEND, ...REQUEST, '--or-resume'];
const JOURNAL = 'users.run/journal-000001.ndjson';
const MANIFEST = 'users.run/run.json';

const write = (file: string, text: string | Uint8Array) => (cwd: string) => writeFileSync(join(cwd, file), text);
const edit = (file: string, change: (text: string) => string) => (cwd: string) =>
  writeFileSync(join(cwd, file), change(readFileSync(join(cwd, file), 'latin1')), 'latin1');
const restore = write('users.csv', GOOD);

/** Another input than the run was begun with. */
function input(name: string, text: string, more: Partial<RefusedResume> = {}): RefusedResume {
  const advised = {type: 'Restore the file and resume', as: RESUME, first: restore};
  return {name, change: write('users.csv', text), args: RESUME, exit: 65, advised, ...more};
}

/** The same command as the run was begun with but for some words, where going on is all right. */
function otherOrder(name: string, args: readonly string[], files?: (cwd: string) => void): RefusedResume {
  const advised = {type: 'sluice resume users.run', as: RESUME};
  return {name, ...(files && {change: files}), args, exit: 65, advised};
}

/** The same where nothing but the template is another. */
function otherTemplate(name: string, args: readonly string[]): RefusedResume {
  return {name, args, exit: 65, advised: {type: 'add --accept-template', as: [...args, '--accept-template']}};
}

/** A journal or a manifest that cannot be trusted. */
function damaged(name: string, file: string, change: (text: string) => string): RefusedResume {
  return {name, change: edit(file, change), args: RESUME, exit: 65};
}

/** A corrected copy of failed.csv that does not fit. The second row has failed. */
function correction(name: string, text: string, advised?: RefusedResume['advised']): RefusedResume {
  return {
    name,
    change: write('fixed.csv', text),
    args: [...RESUME, '--retry-failed', '--with', 'fixed.csv'],
    exit: 65,
    begun: ['--rows', '1-2'],
    ...(advised && {advised}),
  };
}

const without = (words: readonly string[], ...gone: string[]) => words.filter((word) => !gone.includes(word));
const instead = (words: readonly string[], was: string, is: string) => words.map((word) => (word === was ? is : word));

function anotherFormat(text: string, fmt: number): string {
  const [first, ...others] = text.split('\n');
  const line = first!.replace(/"fmt":\d+/, `"fmt":${fmt}`).replace(/,"c":"[0-9a-f]{8}"}$/, '');
  const run = /"run":"(\w+)"/.exec(line)![1]!;
  const seal = crc32(line, crc32(`run:${run}`))
    .toString(16)
    .padStart(8, '0');
  return [`${line},"c":"${seal}"}`, ...others].join('\n');
}

export const REFUSED_RESUMES: readonly RefusedResume[] = [
  // The input.
  input('C14 a row that was sent has changed', GOOD.replace('Ann', 'Eve')),
  input('C14 a row that was not sent has changed', GOOD.replace('Cid', 'Eve')),
  input('C15 a row was put in at the top', GOOD.replace('1,Ann', '0,Eve,a\n1,Ann')),
  input('a row is gone', GOOD.replace('2,Bob,a\n', '')),
  input('the header has changed', GOOD.replace('team', 'group')),
  input('C16 rows were added at the end', `${GOOD}4,Dan,b\n`, {
    advised: {type: 'sluice resume users.run --accept-appended'},
  }),
  input('C16 rows were added at the end, and one of them cannot be sent', `${GOOD}4,Dan,b\n5,Eve\n`, {
    args: [...RESUME, '--accept-appended'],
    advised: {
      type: 'Correct line 6',
      as: [...RESUME, '--accept-appended'],
      first: write('users.csv', `${GOOD}4,Dan,b\n`),
    },
  }),
  input('C16 rows were added in front, and that is accepted', GOOD.replace('1,Ann', '0,Eve,a\n1,Ann'), {
    args: [...RESUME, '--accept-appended'],
  }),
  {
    name: 'C17 the file is gone',
    change: (cwd) => renameSync(join(cwd, 'users.csv'), join(cwd, 'moved.csv')),
    args: RESUME,
    exit: 66,
    advised: {type: 'sluice resume users.run --input FILE', as: [...RESUME, '--input', 'moved.csv']},
  },
  {
    name: 'C17 the file is said to be where there is none',
    args: [...RESUME, '--input', 'elsewhere.csv'],
    exit: 66,
    advised: {type: 'Check the path: sluice resume users.run --input FILE', as: [...RESUME, '--input', 'users.csv']},
  },
  {
    name: 'C17 another file is named',
    change: write('other.csv', GOOD.replace('Bob', 'Eve')),
    args: [...RESUME, '--input', 'other.csv'],
    exit: 65,
  },
  {
    name: 'standard input is named',
    args: [...RESUME, '--input', '-'],
    exit: 2,
    advised: {type: 'sluice resume users.run', as: RESUME},
  },
  // What is asked for.
  otherTemplate('C19 another body', instead(AGAIN, '{"name": "{{ name }}"}', '{"title": "{{ name }}"}')),
  otherTemplate('C19 another request', instead(AGAIN, 'POST /users', 'PUT /users')),
  otherTemplate('C19 another header', [...AGAIN, '--header', 'x-team: {{ team }}']),
  {
    ...otherTemplate('C19 another body that names no column', [
      ...instead(AGAIN, '{"name": "{{ name }}"}', '{"name": "{{ nam }}"}'),
      '--accept-template',
    ]),
    exit: 78,
    advised: {type: 'The columns are', as: RESUME},
  },
  otherOrder('C19 another body and another key', [
    ...instead(AGAIN, '{"name": "{{ name }}"}', '{"title": "{{ name }}"}'),
    '--key',
    'team',
    '--accept-template',
  ]),
  otherOrder('C19 another key', [...AGAIN, '--key', 'team']),
  otherOrder('C19 another id', [...AGAIN, '--id', 'id']),
  otherOrder('C19 another target', instead(AGAIN, '{url}', 'http://127.0.0.1:9')),
  otherOrder(
    'C19 another profile',
    AGAIN,
    edit('example.yaml', (text) => text.replace('500', '400')),
  ),
  {
    name: 'another input, in a cron line',
    change: restore,
    args: instead(AGAIN, 'users.csv', 'new.csv').concat('--run-dir', 'users.run'),
    exit: 66,
  },
  {
    name: 'C22 a run folder that is there',
    args: without(AGAIN, '--or-resume'),
    exit: 73,
    advised: {type: 'sluice resume users.run', as: RESUME},
  },
  // Who asks.
  {
    name: 'C20 the credential of another account',
    args: RESUME,
    env: {EXAMPLE_TOKEN: 's3cret-token-2'},
    exit: 77,
    advised: {type: 'sluice resume users.run --accept-credential', env: {EXAMPLE_TOKEN: 's3cret-token-2'}},
  },
  {name: 'no credential', args: RESUME, env: {EXAMPLE_TOKEN: ''}, exit: 77},
  {name: 'a credential that the profile does not know', args: [...RESUME, '--credential', 'admin'], exit: 2},
  {
    name: 'S24 certificates are not checked',
    args: RESUME,
    env: {EXAMPLE_TOKEN: 's3cret-token-1', NODE_TLS_REJECT_UNAUTHORIZED: '0'},
    exit: 2,
  },
  // The journal.
  damaged('C05 a byte of the journal has changed', JOURNAL, (text) => text.replace('"t":"O"', '"t":"P"')),
  damaged('C06 a line of the journal is missing', JOURNAL, (text) => text.replace(/\n[^\n]*"t":"i"[^\n]*/, '')),
  damaged('C07 the journal has other line ends', JOURNAL, (text) => text.replaceAll('\n', '\r\n')),
  damaged('C08 the journal is that of another run', JOURNAL, (text) =>
    text.replace(/"run":"\w+"/, `"run":"01KAQZ0Z00EXAMPLE000000001"`),
  ),
  damaged('C11 the journal is empty', JOURNAL, () => ''),
  damaged('C12 the journal has an older format', JOURNAL, (text) => anotherFormat(text, 1)),
  damaged('C13 the journal has a newer format', JOURNAL, (text) => anotherFormat(text, 99)),
  {name: 'C09 the journal is missing', change: (cwd) => rmSync(join(cwd, JOURNAL)), args: RESUME, exit: 65},
  damaged('the manifest has a newer format', MANIFEST, (text) => text.replace('"fmt": 1', '"fmt": 99')),
  damaged('the manifest is no JSON', MANIFEST, (text) => text.slice(0, 100)),
  damaged('the manifest has lost a member', MANIFEST, (text) => text.replace('"plan"', '"plans"')),
  {name: 'the manifest is missing', change: (cwd) => rmSync(join(cwd, MANIFEST)), args: RESUME, exit: 66},
  // The folder.
  {name: 'D01 somebody works on the run', args: RESUME, exit: 75, held: true},
  {
    name: 'C23 a copy of the run folder',
    change: (cwd) => cpSync(join(cwd, 'users.run'), join(cwd, 'copy.run'), {recursive: true}),
    args: ['resume', 'copy.run'],
    exit: 65,
    advised: {type: 'sluice resume copy.run --accept-copy'},
  },
  {name: 'there is no such folder', args: ['resume', 'nobody.run'], exit: 66},
  {name: 'a file is named', args: ['resume', 'users.csv'], exit: 73},
  {
    name: 'J08 a link is named',
    change: (cwd) => symlinkSync('users.run', join(cwd, 'link.run')),
    args: ['resume', 'link.run'],
    exit: 73,
  },
  {
    name: 'S09 others may write in the folder',
    change: (cwd) => chmodSync(join(cwd, 'users.run'), 0o777),
    args: RESUME,
    exit: 77,
    advised: {type: 'chmod 700 users.run', as: RESUME, first: (cwd) => chmodSync(join(cwd, 'users.run'), 0o700)},
  },
  {
    name: 'there are two run folders, and none is named',
    change: (cwd) => {
      mkdirSync(join(cwd, 'more.run'), {mode: 0o700});
      for (const file of ['run.json', 'journal-000001.ndjson'])
        writeFileSync(join(cwd, 'more.run', file), readFileSync(join(cwd, 'users.run', file)));
    },
    args: ['resume'],
    exit: 2,
    advised: {type: 'sluice resume', as: RESUME},
  },
  // Words.
  {name: 'a limit that the profile does not know', args: [...RESUME, '--limit', 'none=1/1s'], exit: 2},
  {name: 'rows that are none', args: [...RESUME, '--rows', 'x'], exit: 2},
  {name: 'corrections without rows to send again', args: [...RESUME, '--with', 'fixed.csv'], exit: 2},
  // Corrections: the second row has failed.
  correction('a corrected row that did not fail', 'id,name,team,_row\n1,Eve,a,1\n', {
    type: 'Take line 2 out of the file',
    as: [...RESUME, '--retry-failed', '--with', 'fixed.csv'],
    first: write('fixed.csv', 'id,name,team,_row\n2,Eve,a,2\n'),
  }),
  correction('a corrected file with other columns', 'id,nam,team,_row\n2,Eve,a,2\n'),
  correction('a corrected file without _row', 'id,name,team\n2,Eve,a\n'),
  correction('a corrected row beyond the file', 'id,name,team,_row\n9,Eve,a,9\n'),
  correction('a row that is corrected twice', 'id,name,team,_row\n2,Eve,a,2\n2,Eva,a,2\n'),
  correction('a corrected row that is none', 'id,name,team,_row\n2,Eve\n'),
  correction('a corrected file in another format', '{"id":"2","name":"Eve","team":"a","_row":2}\n'),
  {
    ...correction('a corrected row with another key', 'id,name,team,_row\n2,Eve,b,2\n'),
    begun: ['--rows', '1-2', '--key', 'team'],
  },
  {
    ...correction('a corrected row with an id that is there', 'id,name,team,_row\n3,Eve,a,2\n'),
    begun: ['--rows', '1-2', '--id', 'id'],
  },
  {
    name: 'a corrected file that is not there',
    args: [...RESUME, '--retry-failed', '--with', 'nowhere.csv'],
    exit: 66,
    begun: ['--rows', '1-2'],
  },
];

export const FILES = {'example.yaml': EXAMPLE, 'users.csv': GOOD};
