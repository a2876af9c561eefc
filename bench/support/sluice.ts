import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {createWriteStream, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

/** The program as it is built: `npm run build` first. */
export const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), '../../bin/run.js');

/** Any secrets will do: the provider in a box only tells them apart. */
const SECRETS = {
  AMITY_ADMIN_TOKEN: 'amity',
  STREAM_TOKEN: 'stream',
  STREAM_API_KEY: 'key',
  APPWRITE_API_KEY: 'appwrite',
  APPWRITE_SESSION: 'session',
  APPWRITE_PROJECT: 'project',
  KOREAI_JWT: 'koreai',
  AUTHMATECH_API_KEY: 'authmatech',
  AUTHMATECH_CLIENT_ID: 'client',
};

/** A command under way. `folder` takes its streams. */
export type Running = {readonly child: ChildProcess; readonly ended: Promise<Ended>};

/** How a command ended: `code` is null when a signal ended it; `seconds` from the start of its process to its end. */
export type Ended = {readonly code: number | null; readonly seconds: number; readonly stdout: string};

/** Starts the program with these words; standard error goes to `FOLDER/NAME.stderr`. */
export function sluice(words: readonly string[], folder: string, name: string, env: NodeJS.ProcessEnv = {}): Running {
  const begunAt = performance.now();
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
    env: {...process.env, ...SECRETS, SLUICE_STATE: join(folder, 'state'), ...env},
  });
  child.stderr.pipe(createWriteStream(join(folder, `${name}.stderr`), {flags: 'a'}));
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    seconds: (performance.now() - begunAt) / 1000,
    stdout: Buffer.concat(chunks).toString('utf8'),
  }));
  return {child, ended};
}

/** A provider in a box, in a process of its own. */
export type Provider = {readonly url: string; readonly log: string; stop(): Promise<void>};

/** Serves `profile` until it is stopped, and logs every arrival to `FOLDER/executed.ndjson`. */
export async function serve(profile: string, words: readonly string[], folder: string): Promise<Provider> {
  const log = join(folder, 'executed.ndjson');
  const {child, ended} = sluice(['simulate', profile, ...words, '--log', log], folder, 'simulate');
  const url = await Promise.race([addressOf(child), ended.then(() => undefined)]);
  if (url === undefined) throw new Error(readFileSync(join(folder, 'simulate.stderr'), 'utf8'));
  return {
    url,
    log,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The first address that the provider in a box says it listens on. */
function addressOf({stdout}: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const [, url] = /(http:\/\/127\.0\.0\.1:\d+)\s/.exec(text) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
}
