import {existsSync, readFileSync} from 'node:fs';
import {join, relative} from 'node:path';
import type {Said} from '../support/program.js';
import type {Stage} from './stage.js';

/** What strace was told to do to which calls on which path, and how the program ended. */
export type Injected = Said & {
  /** Calls that strace made fail, or killed at, by its own log. */
  readonly hits: number;
  readonly log: string;
};

/**
 * Runs `sluice` under strace with `inject` (`fdatasync:error=EIO:when=3`) for calls on `path` alone. Counts are per thread, so all file work is given
 * to one.
 */
export async function underStrace(
  stage: Stage,
  words: readonly string[],
  {path, inject, calls}: {readonly path?: string; readonly inject: string; readonly calls: string},
  env: Readonly<Record<string, string>> = {},
): Promise<Injected> {
  const log = join(stage.cwd, `strace-${Math.floor(performance.now())}.log`);
  // A call by name has the name as it was given, one on a descriptor the whole path.
  const only = path === undefined ? '' : `-P '${path}' -P '${relative(stage.cwd, path)}'`;
  // Under seccomp strace delivers no signals.
  const seccomp = inject.includes('signal=') ? '' : '--seccomp-bpf';
  const bash = `exec strace -f ${seccomp} -o '${log}' ${only} -e trace=${calls} -e inject=${inject} "$@"`;
  const said = await stage.type(words, {bash, env: {...env, UV_THREADPOOL_SIZE: '1'}});
  const text = existsSync(log) ? readFileSync(log, 'utf8') : '';
  return {...said, log: text, hits: text.split('(INJECTED)').length - 1 + text.split('(DELAYED)').length - 1};
}
