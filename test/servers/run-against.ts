import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Counts} from '../../src/journal/record.js';
import {parseProfile} from '../../src/profiles/parse.js';
import {beginRun} from '../../src/run/begin.js';

/** What came of a run, and what it told the operator meanwhile. */
export type Told = {readonly counts: Counts; readonly exit: number; readonly lines: readonly string[]};

/** Sends so many rows, each a `POST /rows/N`, to a server under the profile written here as YAML. No credential goes with them. */
export async function runAgainst(baseUrl: string, profile: string, rows: number): Promise<Told> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-servers-'));
  const lines: string[] = [];
  try {
    const file = join(folder, 'rows.csv');
    writeFileSync(file, `n\n${Array.from({length: rows}, (_, n) => n + 1).join('\n')}\n`);
    const asked = {
      profile: parseProfile(profile, 'profile.yaml'),
      baseUrl,
      template: {request: 'POST /rows/{{ n }}', headers: [], body: undefined},
      scope: {},
      headers: [],
      allowedOrigins: [],
    };
    const {ending} = await beginRun(
      {file, asked, delimiter: undefined, skipInvalid: false},
      {
        folder: join(folder, 'rows.run'),
        overrides: {limits: []},
        credential: undefined,
        envFile: undefined,
        rows: undefined,
        yes: false,
        ifBusy: 'wait',
        options: {
          timeoutMs: 10_000,
          maxWaitMs: 60_000,
          maxOfflineMs: 10_000,
          maxAttempts: undefined,
          deadlineAt: Number.POSITIVE_INFINITY,
          drainMs: 10_000,
          failureLimit: undefined,
          inDoubt: 'hold',
          keepBodies: 'failed',
        },
      },
      {
        env: {SLUICE_STATE: join(folder, 'state')},
        tool: 'test',
        watcher: {show: () => {}, say: (line) => lines.push(line)},
      },
    );
    return {counts: ending.counts, exit: ending.exit, lines};
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}
