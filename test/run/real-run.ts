import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseProfile} from '../../src/profiles/parse.js';
import type {Order} from '../../src/requests/asked.js';
import {beginRun, type Ended} from '../../src/run/begin.js';
import {type Probed, probeRows} from '../../src/run/probe-rows.js';
import {type ResumeOrder, resumeRun} from '../../src/run/resume.js';
import type {RunOptions} from '../../src/run/tools.js';
import {OPTIONS} from './scene.js';

const PROFILE = `
name: example
credentials: [{name: key, header: Authorization, prefix: "Bearer ", env: EXAMPLE_TOKEN}]
limits: [{name: network, windows: [{requests: 1000, seconds: 1}]}]
retry: {firstSeconds: 0.01, factor: 2, maxSeconds: 0.05, jitterSeconds: 0}
`;

/** What the provider heard of one request, and how many of this row it had heard before. */
export type Heard = {
  readonly method: string;
  readonly row: number;
  readonly n: number;
  readonly token: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
};

/** How the provider answers; undefined: it hangs up without a word. */
export type Answer = (heard: Heard) => {status: number; headers?: Record<string, string>; body?: string} | undefined;

/** A file, a folder and a provider on this machine, for runs from their beginning to their end. Close it. */
export type Place = {
  readonly folder: string;
  readonly file: string;
  readonly heard: Heard[];
  readonly lines: string[];
  readonly order: Order;
  answer: Answer;
  begin(
    parts?: Partial<Order> & {
      options?: Partial<RunOptions>;
      token?: string;
      rows?: [number, number][];
      folder?: string;
    },
  ): Promise<Ended>;
  resume(
    parts?: Partial<Omit<ResumeOrder, 'options'>> & {options?: Partial<RunOptions>; token?: string},
  ): Promise<Ended>;
  probe(parts?: {options?: Partial<RunOptions>; token?: string; folder?: string}): Promise<Probed>;
  /** What stands in a file of the run folder. */
  read(name: string): string;
  close(): void;
};

export async function openPlace({
  rows = 3,
  csv,
  request = 'POST /users/{{ n }}',
  profile = '',
}: {
  rows?: number;
  csv?: string;
  request?: string;
  profile?: string;
} = {}): Promise<Place> {
  const home = mkdtempSync(join(tmpdir(), 'sluice-run-'));
  const file = join(home, 'users.csv');
  const folder = join(home, 'users.run');
  writeFileSync(file, csv ?? `n\n${Array.from({length: rows}, (_, row) => row + 1).join('\n')}\n`);
  const heard: Heard[] = [];
  const lines: string[] = [];
  const server = createServer(({method = '', url = '', headers, socket}, response) => {
    const row = Number(url.split('/').at(-1));
    const n = heard.filter((each) => each.row === row).length;
    const one = {method, row, n, token: headers.authorization?.replace('Bearer ', ''), headers};
    heard.push(one);
    const answer = place.answer(one);
    if (answer) reply(response, answer);
    else socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const order: Order = {
    file,
    asked: {
      profile: parseProfile(PROFILE + profile, 'example.yaml'),
      baseUrl,
      template: {request, headers: [], body: undefined},
      scope: {},
      headers: [],
      allowedOrigins: [],
    },
    delimiter: undefined,
    skipInvalid: false,
  };
  const session = (options: Partial<RunOptions> = {}) => ({
    folder,
    overrides: {limits: []},
    credential: undefined,
    envFile: undefined,
    rows: undefined,
    yes: false,
    ifBusy: 'wait' as const,
    options: {...OPTIONS, ...options},
  });
  const world = (token = 't-1') => ({
    env: {EXAMPLE_TOKEN: token, SLUICE_STATE: join(home, 'state')},
    tool: 'test',
    watcher: {show: () => {}, say: (line: string) => lines.push(line)},
  });
  const place: Place = {
    folder,
    file,
    heard,
    lines,
    order,
    answer: () => ({status: 201}),
    begin: ({options, token, rows, folder: into = folder, ...parts} = {}) =>
      beginRun({...order, ...parts}, {...session(options), rows, folder: into}, world(token)),
    resume: ({options, token, ...parts} = {}) =>
      resumeRun(
        {...session(), retryFailed: false, acceptCredential: false, ...parts, options: {...OPTIONS, ...options}},
        world(token),
      ),
    probe: ({options, token, ...parts} = {}) =>
      probeRows({...session(options), acceptCredential: false, ...parts}, world(token)),
    read: (name) => readFileSync(join(folder, name), 'utf8'),
    close: () => {
      server.close();
      server.closeAllConnections();
      rmSync(home, {recursive: true, force: true});
    },
  };
  return place;
}

function reply(response: ServerResponse, {status, headers = {}, body = '{}'}: NonNullable<ReturnType<Answer>>): void {
  response.writeHead(status, {'content-type': 'application/json', ...headers}).end(body);
}

/** Expects `work` to be rejected with a Problem of this code and exit. */
export async function rejection(work: Promise<unknown>): Promise<{code: string; exit: number; message: string}> {
  try {
    await work;
  } catch (error) {
    const {code, exit, message} = error as {code: string; exit: number; message: string};
    return {code, exit, message};
  }
  throw new Error('expected a problem, and it was done');
}
