import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {appendFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {hostname} from 'node:os';
import {cutOff} from './crash.js';
import type {Case, Stage} from './stage.js';

const JOURNAL = 'journal-000001.ndjson';

/** A run that was killed in its middle. */
async function killed(stage: Stage): Promise<void> {
  stage.rows(60);
  const {child, ended} = stage.start(stage.words());
  await stage.until(() => stage.provider.count() >= 25, '25 rows have arrived');
  child.kill('SIGKILL');
  await ended;
}

/** A tail that a crash can leave: it is cut off and kept, and the run goes on. */
function torn(id: string, title: string, damage: (journal: string) => void): Case {
  return {
    ids: [id],
    title,
    run: async (stage) => {
      await killed(stage);
      damage(stage.path(JOURNAL));
      const damaged = readFileSync(stage.path(JOURNAL));
      const {exit, stderr} = await stage.resume();
      const kept = readdirSync(stage.folder).filter((name) => /^journal-000001\.torn-/.test(name));
      stage.proof(`what was cut off is kept in ${kept.length} file`, kept.length === 1);
      const cut = readFileSync(stage.path(kept[0]!));
      assert.ok(damaged.subarray(-cut.length).equals(cut), 'another thing was kept');
      const {inDoubt, pending} = await stage.status();
      assert.equal(exit, inDoubt ? 3 : 0, stderr);
      assert.equal(pending, 0);
      assert.ok(stage.read(JOURNAL).includes('"v":"torn"'), 'the session does not say that it was torn');
    },
  };
}

/** Damage that no crash leaves: refused with 65, nothing sent, nothing touched. */
function corrupt(
  ids: readonly string[],
  title: string,
  damage: (journal: string, stage: Stage) => void | Promise<void>,
  says: RegExp,
): Case {
  return {
    ids,
    title,
    damaged: true,
    run: async (stage) => {
      await killed(stage);
      const whole = readFileSync(stage.path(JOURNAL));
      await damage(stage.path(JOURNAL), stage);
      const heard = stage.provider.count();
      const before = contentOf(stage);
      stage.proof('the file is not what was written', !before?.equals(whole));
      const {exit, stderr} = await stage.resume();
      assert.equal(exit, 65, stderr);
      assert.match(stderr.replaceAll(/\s+/g, ' '), says);
      assert.equal(stage.provider.count(), heard, 'something was sent');
      assert.deepEqual(contentOf(stage), before, 'the journal was touched');
    },
  };
}

function contentOf(stage: Stage): Buffer | undefined {
  try {
    return readFileSync(stage.path(JOURNAL));
  } catch {
    return undefined;
  }
}

const rewrite = (change: (text: string) => string) => (journal: string) =>
  writeFileSync(journal, change(readFileSync(journal, 'latin1')), 'latin1');
const inLines = (change: (lines: string[]) => void) =>
  rewrite((text) => {
    const lines = text.split('\n');
    change(lines);
    return lines.join('\n');
  });

export const damage: readonly Case[] = [
  torn('C01', 'the last line is cut in half', (journal) => cutOff(journal, 7)),
  torn('C02', '4 KiB of NULs at the end', (journal) => appendFileSync(journal, Buffer.alloc(4096))),
  torn('C03', '500 bytes of chance at the end', (journal) => appendFileSync(journal, randomBytes(500))),
  corrupt(
    ['C04'],
    '2 MiB of chance at the end',
    (journal) => appendFileSync(journal, randomBytes(2 * 1024 * 1024)),
    /more than a crash/,
  ),
  corrupt(
    ['C05'],
    'one bit flipped in the middle',
    (journal) => {
      const bytes = readFileSync(journal);
      bytes[Math.floor(bytes.length / 2)]! ^= 1;
      writeFileSync(journal, bytes);
    },
    /journal-000001\.ndjson:\d+: .*byte \d+/,
  ),
  corrupt(
    ['C06'],
    'a line deleted in the middle',
    inLines((lines) => lines.splice(20, 1)),
    /journal-000001\.ndjson/,
  ),
  corrupt(
    ['C06'],
    'a line doubled in the middle',
    inLines((lines) => lines.splice(20, 0, lines[20]!)),
    /journal-000001\.ndjson/,
  ),
  corrupt(
    ['C06'],
    'two lines swapped in the middle',
    inLines((lines) => lines.splice(20, 2, lines[21]!, lines[20]!)),
    /journal-000001\.ndjson/,
  ),
  corrupt(
    ['C07'],
    'line ends made CRLF',
    rewrite((text) => text.replaceAll('\n', '\r\n')),
    /CRLF/,
  ),
  corrupt(
    ['C07'],
    'a byte order mark put before it',
    rewrite((text) => `\xef\xbb\xbf${text}`),
    /byte order mark/,
  ),
  corrupt(
    ['C07'],
    'reformatted as jq does',
    rewrite((text) =>
      text
        .trimEnd()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.stringify(JSON.parse(line), null, 2))
        .join('\n'),
    ),
    /no line of it can be read/,
  ),
  corrupt(
    ['C08'],
    'the journal of another run in its place',
    async (journal, stage) => {
      const words = stage.words('--run-dir', 'other.run', '--rows', '1-3');
      const other = await stage.type(words.map((word) => word.replace('x-op: ', 'x-op: other-')));
      assert.equal(other.exit, 4, other.stderr);
      cpSync(`${stage.cwd}/other.run/${JOURNAL}`, journal);
    },
    /journal of run|another run/,
  ),
  corrupt(
    ['C09'],
    'the journal deleted, run.json left',
    (journal) => rmSync(journal),
    /journal missing.*rows may have been sent/,
  ),
  corrupt(['C11'], 'the journal emptied', (journal) => writeFileSync(journal, ''), /is empty; rows may have been sent/),
  {
    ids: ['C19'],
    title: "the profile's file is changed in between: the run goes on under the one it was begun with",
    run: async (stage) => {
      await killed(stage);
      const profile = `${stage.cwd}/faulty.yaml`;
      writeFileSync(
        profile,
        readFileSync(profile, 'utf8').replace('requests: 400', 'requests: 1').replace('Bearer', 'Basic'),
      );
      stage.proof('the file says Basic now', readFileSync(profile, 'utf8').includes('Basic'));
      const {exit, stderr} = await stage.resume();
      assert.equal(exit, (await stage.status()).inDoubt ? 3 : 0, stderr);
      for (const {headers} of stage.provider.heard()) assert.match(String(headers.authorization), /^Bearer /);
    },
  },
  {
    ids: ['D04'],
    title: 'the lock of another machine that wrote a moment ago, then of one that is silent',
    run: async (stage) => {
      assert.equal((await stage.run('--rows', '1-3')).exit, 4);
      writeFileSync(
        stage.path('lock.json'),
        JSON.stringify({pid: 1, host: 'elsewhere', since: new Date().toISOString()}),
      );
      const fresh = await stage.resume();
      stage.proof(`lock.json names elsewhere, and not ${hostname()}`, hostname() !== 'elsewhere');
      assert.equal(fresh.exit, 75, fresh.stderr);
      assert.match(fresh.stderr, /process 1 on elsewhere since/);
      execFileSync('touch', ['-d', '2 minutes ago', stage.path('lock.json'), stage.path(JOURNAL)]);
      const silent = await stage.resume();
      assert.equal(silent.exit, 0, silent.stderr);
    },
  },
];
