import {EXIT, Problem} from '../problem.js';

const UNIT_MS: Readonly<Record<string, number>> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000};
/** Longer than this is a mistake in the unit. */
const LONGEST_MS = 366 * 86_400_000;

/** `30s`, `15m`, `1h30m`, `120ms`, `2d`, in milliseconds. Throws DURATION_INVALID (2), naming the flag. */
export function parseDuration(flag: string, text: string): number {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  const ms = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * UNIT_MS[unit!]!, 0);
  if (parts.map(([part]) => part).join('') === text.trim() && ms > 0 && ms <= LONGEST_MS) return ms;
  throw usage(
    'DURATION_INVALID',
    `${flag} is ${JSON.stringify(text)}, expected a length of time`,
    `Write it as ${flag} 30s, 15m, 1h30m or 120ms.`,
  );
}

/** `1-3`, `7`, `1-3,10-`: ranges of rows, from 1, ends included. Throws ROWS_INVALID (2). */
export function parseRows(text: string): readonly (readonly [number, number])[] {
  return text.split(',').map((part) => {
    const [, from, dash, to] = /^\s*(\d+)\s*(-?)\s*(\d*)\s*$/.exec(part) ?? [];
    const first = Number(from);
    const last = dash === '' ? first : to === '' ? Number.MAX_SAFE_INTEGER : Number(to);
    if (from !== undefined && first >= 1 && last >= first) return [first, last] as const;
    throw usage(
      'ROWS_INVALID',
      `--rows is ${JSON.stringify(text)}, expected ranges of row numbers from 1`,
      'Write it as --rows 1-3 or --rows 1-3,10,20-',
    );
  });
}

/** `user=@team` takes the column, `user=admin` the value. Throws SCOPE_INVALID (2). */
export function parseScope(
  text: string,
): readonly [name: string, from: {readonly column: string} | {readonly value: string}] {
  const [, name, column, value] = /^([A-Za-z0-9][\w.-]*)=(?:@(.+)|([^@].*))$/s.exec(text) ?? [];
  if (name !== undefined) return [name, column !== undefined ? {column} : {value: value!}];
  throw usage(
    'SCOPE_INVALID',
    `--scope is ${JSON.stringify(text)}, expected NAME=@COLUMN or NAME=VALUE`,
    'Write it as --scope user=@user_id or --scope user=admin.',
  );
}

/** `5%` of the rows settled, or so many rows. Throws FAILURES_INVALID (2). */
export function parseFailureLimit(text: string): {readonly share: number} | {readonly rows: number} {
  const [, amount, percent] = /^\s*(\d+(?:\.\d+)?)\s*(%?)\s*$/.exec(text) ?? [];
  const number = Number(amount);
  if (percent === '%' && number > 0 && number <= 100) return {share: number / 100};
  if (percent === '' && Number.isInteger(number) && number > 0) return {rows: number};
  throw usage(
    'FAILURES_INVALID',
    `--stop-on-failures is ${JSON.stringify(text)}, expected a percentage or a number of rows`,
    'Write it as --stop-on-failures 5% or --stop-on-failures 100.',
  );
}

/** `120ms`, or `20-200` and `20ms-200ms` for a range: what a response is expected to take. One figure stands for itself give or take half. */
export function parseLatency(text: string): {
  readonly lowMs: number;
  readonly expectedMs: number;
  readonly highMs: number;
} {
  const [, low, , high] = /^\s*(\d+(?:\.\d+)?)(ms)?\s*-\s*(\d+(?:\.\d+)?)(ms)?\s*$/.exec(text) ?? [];
  if (low !== undefined && Number(low) <= Number(high)) {
    return {lowMs: Number(low), expectedMs: (Number(low) + Number(high)) / 2, highMs: Number(high)};
  }
  const expectedMs = parseDuration('--latency', /^\d+$/.test(text.trim()) ? `${text.trim()}ms` : text);
  return {lowMs: expectedMs / 2, expectedMs, highMs: expectedMs * 1.5};
}

/** `2 h 05 min`, `1 min 40 s`, `12.3 s`: a length of time for a person. */
export function sayDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? Number(seconds.toFixed(1)) : Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function usage(code: string, message: string, fix: string): Problem {
  return new Problem(code, message, fix, {exit: EXIT.usage});
}
