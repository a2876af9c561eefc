import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

const TIME = '/usr/bin/time';
const POLL_MS = 250;

/** What a command took at most, in MB (10^6 bytes) of resident memory, and how it ended. */
export type Footprint = {
  readonly peakMb: number;
  /** Of the processor, in user mode and in the kernel, with all children that were waited for. Absent where `time` is missing. */
  readonly cpuSeconds: number | undefined;
  readonly seconds: number;
  readonly code: number | null;
  readonly said: string;
};

/**
 * Runs a command to its end. Peak and CPU are the kernel's own, by way of `time`. The kernel tells the peak of the largest process alone, so all
 * processes of the command are added up four times a second, shared pages once; the higher of the two counts.
 */
export async function footprint(command: readonly string[], folder: string): Promise<Footprint> {
  const begunAt = performance.now();
  const tookFile = join(folder, 'took');
  const timed = existsSync(TIME);
  const [program, ...rest] = [...(timed ? [TIME, '-q', '-f', '%M %U %S', '-o', tookFile] : []), ...command] as [string];
  const child = spawn(program, rest, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {...process.env, SLUICE_STATE: join(folder, 'state')},
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-4000);
  });
  let peakKb = 0;
  const polling = setInterval(() => {
    peakKb = Math.max(peakKb, residentKb(child.pid));
  }, POLL_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(polling);
  let cpuSeconds: number | undefined;
  if (timed) {
    const [largestKb = 0, user = 0, kernel = 0] = readFileSync(tookFile, 'utf8')
      .trim()
      .split('\n')
      .at(-1)!
      .split(' ')
      .map(Number);
    peakKb = Math.max(peakKb, largestKb);
    cpuSeconds = user + kernel;
  }
  return {peakMb: (peakKb * 1024) / 1e6, cpuSeconds, seconds: (performance.now() - begunAt) / 1000, code, said};
}

/** Of a process and all below it; pages that several share are told in parts. */
function residentKb(pid: number | undefined): number {
  if (pid === undefined) return 0;
  return Number(/^Pss:\s+(\d+) kB$/m.exec(proc(pid, 'smaps_rollup'))?.[1] ?? 0) + sum(childrenOf(pid).map(residentKb));
}

/** A child belongs to the thread that started it. */
function childrenOf(pid: number): number[] {
  const threads = gone(() => readdirSync(`/proc/${pid}/task`), []);
  return threads.flatMap((thread) => proc(pid, `task/${thread}/children`).split(' ').filter(Boolean).map(Number));
}

function proc(pid: number, name: string): string {
  return gone(() => readFileSync(`/proc/${pid}/${name}`, 'utf8'), '');
}

/** What is read of a process that may have ended meanwhile. */
function gone<T>(read: () => T, instead: T): T {
  try {
    return read();
  } catch {
    return instead;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
