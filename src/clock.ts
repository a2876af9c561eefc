import {readFileSync} from 'node:fs';
import {hostname, uptime} from 'node:os';

/** The longest delay a Node timer keeps; beyond it `setTimeout` fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const startedAt = Date.now();
const startedMonotonic = performance.now();

/**
 * Milliseconds that only ever go forward: the wall clock at the start of the process plus the monotonic time since.
 * A wall clock that jumps changes nothing here. The only clock that windows, waits and records are told.
 */
export function now(): number {
  return startedAt + (performance.now() - startedMonotonic);
}

/** The wall clock, for showing a person when something will be done. Never for measuring. */
export function wallNow(): number {
  return Date.now();
}

/** Calls `action` at the instant `at` (of `now()`), however far away. Returns what cancels it. */
export function callAt(at: number, action: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = () => {
    const left = at - now();
    timer = setTimeout(left > LONGEST_TIMER_MS ? arm : fire, Math.min(Math.max(left, 0), LONGEST_TIMER_MS));
  };
  // A Node timer counts whole milliseconds and may fire a fraction early; a slot taken then would be too early.
  const fire = () => (now() < at ? arm() : action());
  arm();
  return () => clearTimeout(timer);
}

/** Resolves at the instant `at`, or at once when `signal` is aborted. Never rejects. */
export function sleepUntil(at: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = callAt(at, done);
    signal?.addEventListener('abort', done, {once: true});
  });
}

/** Names this machine and its current boot, so that a later process can tell whether boot time may be compared. */
export type Boot = {readonly host: string; readonly bootId: string; readonly uptimeMs: number};

/** `uptimeMs` counts time asleep where the system says so (Linux: /proc/uptime), which the monotonic clock does not. */
export function readBoot(): Boot {
  return {
    host: hostname(),
    bootId: readProc('/proc/sys/kernel/random/boot_id'),
    uptimeMs: Math.round(uptimeSeconds() * 1000),
  };
}

function uptimeSeconds(): number {
  const proc = Number(readProc('/proc/uptime').split(' ')[0]);
  return proc > 0 ? proc : uptime();
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
