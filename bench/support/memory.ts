import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {PROGRAM} from './sluice.js';

const TIME = '/usr/bin/time';
const POLL_MS = 100;

/** What a command took at most, in MB (10^6 bytes) of resident memory, and how it ended. */
export type Footprint = {
  readonly peakMb: number;
  readonly seconds: number;
  readonly code: number | null;
  readonly said: string;
};

/** Runs the program to its end. The peak is the kernel's own, by way of `time`; where that is missing, VmHWM is looked at ten times a second. */
export async function footprint(words: readonly string[], folder: string): Promise<Footprint> {
  const begunAt = performance.now();
  const peakFile = join(folder, 'peak');
  const timed = existsSync(TIME);
  const command = timed ? [TIME, '-q', '-f', '%M', '-o', peakFile, process.execPath] : [process.execPath];
  const [program, ...rest] = [...command, PROGRAM, ...words] as [string, ...string[]];
  const child = spawn(program, rest, {cwd: folder, stdio: ['ignore', 'ignore', 'pipe']});
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-4000);
  });
  let peakKb = 0;
  const polling = timed
    ? undefined
    : setInterval(() => {
        peakKb = Math.max(peakKb, highWaterKb(child.pid));
      }, POLL_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(polling);
  if (timed) peakKb = Number(readFileSync(peakFile, 'utf8').trim().split('\n').at(-1));
  return {peakMb: (peakKb * 1024) / 1e6, seconds: (performance.now() - begunAt) / 1000, code, said};
}

function highWaterKb(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
