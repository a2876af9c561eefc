import {type ChildProcess, fork, spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';

const PROGRAM = resolve('bin/run.js');
const TERMINAL = resolve('test/support/terminal.cjs');

/** How a program ended, and what it said. */
export type Said = {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Start = {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array | undefined;
  /** Bash with `"$@"` in it, to run the program inside of: for pipes, devices and limits. */
  readonly bash?: string | undefined;
};

export type Started = {readonly child: ChildProcess; readonly ended: Promise<Said>; stdout(): string; stderr(): string};

/** Starts the program as a person would, in an environment of its own: nothing of this one but where programs are. */
export function startSluice(args: readonly string[], {cwd, env = {}, stdin, bash}: Start): Started {
  const words = [process.execPath, PROGRAM, ...args];
  const [program, ...rest] = bash === undefined ? words : ['bash', '-c', bash, 'bash', ...words];
  const child = spawn(program!, rest, {
    cwd,
    env: environment(cwd, env),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out = {stdout: '', stderr: ''};
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text) => (out[name] += text));
  child.stdin.on('error', () => {}); // It may end without having read all.
  child.stdin.end(stdin);
  const ended = new Promise<Said>((done, failed) => {
    child.on('error', failed);
    child.on('close', (exit, signal) => done({exit, signal, ...out}));
  });
  return {child, ended, stdout: () => out.stdout, stderr: () => out.stderr};
}

/** The program from its start to its end. */
export function sluice(args: readonly string[], start: Start): Promise<Said> {
  return startSluice(args, start).ended;
}

/** A process that carries out one command line after another, each as if it had a process to itself. Close it. */
export type Terminal = {type(args: readonly string[], start: Pick<Start, 'cwd' | 'env'>): Promise<Said>; close(): void};

export function openTerminal(): Terminal {
  const child = fork(TERMINAL, {env: environment('.', {}), execArgv: [], silent: true});
  return {
    type: (args, {cwd, env = {}}) =>
      new Promise((done, failed) => {
        child.removeAllListeners();
        child
          .once('message', (said) => done(said as Said))
          .once('exit', (code) => failed(new Error(`the terminal ended with ${code}`)));
        child.send({args, cwd, env: environment(cwd, env)});
      }),
    close: () => {
      child.removeAllListeners();
      child.kill();
    },
  };
}

function environment(cwd: string, env: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return {
    PATH: process.env.PATH,
    HOME: cwd,
    SLUICE_STATE: join(cwd, '.sluice'),
    TZ: 'UTC',
    LC_ALL: 'C',
    OCLIF_COLUMNS: '2000',
    ...env,
  };
}

/** A new folder with these files in it, for `use`, and gone after it. */
export async function inFolder<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return await use(folder);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

export type Heard = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

/** Answers one request; `count` of them came before it. */
export type Answer = (heard: Heard, response: ServerResponse, count: number) => void;

/** A provider on this machine that keeps everything it hears. */
export type Provider = {readonly url: string; readonly heard: Heard[]; close(): Promise<void>};

/** Listens on a free port; answers 201 and a small object unless told otherwise. */
export async function listen(
  answer: Answer = (_, response) => reply(response, 201, '{"id":"u-1"}'),
): Promise<Provider> {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const {method = '', url = '', headers} = request;
    heard.push({method, url, headers, body});
    answer(heard.at(-1)!, response, heard.length - 1);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** Answers with a JSON text. */
export function reply(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {'content-type': 'application/json', ...headers});
  response.end(body);
}

/** Does `work` for each of `items`, `atOnce` at a time, and gives the results in their order. */
export async function eachOf<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index]!);
  };
  await Promise.all(Array.from({length: atOnce}, worker));
  return results;
}
