import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {readManifest} from '../../src/journal/folder.js';
import {Journal} from '../../src/journal/journal.js';
import type {JournalRecord} from '../../src/journal/record.js';
import {recover} from '../../src/journal/replay.js';
import {parseProfile} from '../../src/profiles/parse.js';
import {beginRun} from '../../src/run/begin.js';
import {resumeRun} from '../../src/run/resume.js';

const options = {
  timeoutMs: 10_000,
  maxWaitMs: 60_000,
  maxOfflineMs: 10_000,
  maxAttempts: undefined,
  deadlineAt: Number.POSITIVE_INFINITY,
  drainMs: 10_000,
  failureLimit: undefined,
  inDoubt: 'hold',
  keepBodies: 'failed',
} as const;
const world = {env: {}, tool: 'test', watcher: {show: () => {}, say: () => {}}};

type Scene = {
  readonly folder: string;
  /** What the provider was sent, in order: `DELETE /rows/1`. */
  readonly sent: string[];
  readonly resume: () => ReturnType<typeof resumeRun>;
  /** Appends to the journal as a session that is killed then: what is told last is on the disk all the same. */
  readonly append: (records: readonly JournalRecord[]) => Promise<void>;
};

/** A run of three rows, of which the first is done: what an earlier session left, before whatever befalls it. */
async function withRun(method: string, status: number, use: (scene: Scene) => Promise<void>): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'sluice-resume-'));
  const sent: string[] = [];
  const server = createServer(({method, url}, response) => {
    sent.push(`${method} ${url}`);
    response.writeHead(sent.length === 1 ? 200 : status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const file = join(place, 'rows.csv');
    writeFileSync(file, 'n\n1\n2\n3\n');
    const folder = join(place, 'rows.run');
    const profile = parseProfile(`name: p\ntitle: P\nbaseUrl: ${baseUrl}\nrepeatable: {methods: []}`, 'p.yaml');
    const template = {request: `${method} /rows/{{ n }}`, headers: [], body: undefined};
    const asked = {profile, baseUrl, template, scope: {}, headers: [], allowedOrigins: []};
    const session = {folder, overrides: {limits: []}, credential: undefined, envFile: undefined, yes: true, options};
    await beginRun({file, asked, delimiter: undefined, skipInvalid: false}, {...session, rows: [[1, 1]]}, world);
    const again = {...session, rows: undefined, retryFailed: false, acceptCredential: false};
    const append = async (records: readonly JournalRecord[]) => {
      const {run} = await readManifest(folder);
      const journal = await Journal.open(folder, await recover(folder, {run, now: 0}));
      for (const record of records) journal.append(record);
      await journal.close();
    };
    await use({folder, sent, append, resume: () => resumeRun(again, world)});
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(place, {recursive: true, force: true});
  }
}

const opened = {t: 'O', at: 1, pid: 1, host: 'h', boot: 'b', up: 1, v: 'clean', cut: 0, amb: 0} as const;
const intent = (op: number) => ({t: 'i', op, n: 1, h: '00000000', at: 2}) as const;

describe('resumeRun', () => {
  // Row 3 was put in line before its record said that it is in doubt, and was sent twice.
  it('does not send a row whose attempt stands in the torn end of the journal', () =>
    withRun('POST', 200, async ({folder, sent, append, resume}) => {
      await append([opened, intent(2), intent(3)]);
      const path = join(folder, 'journal-000001.ndjson');
      const lines = readFileSync(path, 'utf8').split('\n');
      const torn = lines.map((line) => (line.includes('"op":2') ? line.replace('"op":2', '"op":9') : line));
      writeFileSync(path, torn.join('\n'));
      const {ending} = await resume();
      assert.deepEqual(sent, ['POST /rows/1', 'POST /rows/2']);
      assert.deepInclude(ending.counts, {ok: 2, inDoubt: 1, pending: 0});
      assert.equal(ending.exit, 3);
    }));

  it('holds rows whose attempt has no outcome, and sends those that had none', () =>
    withRun('POST', 200, async ({sent, append, resume}) => {
      await append([opened, intent(2)]);
      const {ending} = await resume();
      assert.deepEqual(sent, ['POST /rows/1', 'POST /rows/3']);
      assert.deepInclude(ending.counts, {ok: 2, inDoubt: 1, pending: 0});
    }));

  it('takes what is gone for removed by the attempt before, also when a decision to send it again came to nothing', () =>
    withRun('DELETE', 404, async ({append, resume}) => {
      const again = {t: 'd', op: 2, as: 'retry', by: 'policy', at: 3} as const;
      await append([opened, intent(2), {...opened, at: 3}, again]);
      const {ending} = await resume();
      // Row 3 was never attempted: it was not there to begin with.
      assert.deepInclude(ending.counts, {ok: 2, failed: 1, pending: 0});
    }));
});
