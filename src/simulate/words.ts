import {EXIT, Problem} from '../problem.js';
import type {ScopeSource} from '../profiles/profile.js';
import type {ScopeSources} from './keys.js';

/** Reads `20-200` or `50`, milliseconds. Throws LATENCY_INVALID (exit 2). */
export function parseLatency(text: string): {readonly lowMs: number; readonly highMs: number} {
  const [, low, high = low] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(text.replace(/ms$/, '')) ?? [];
  const latency = {lowMs: Number(low), highMs: Number(high)};
  if (latency.lowMs <= latency.highMs) return latency;
  const fix = 'Write --latency 20-200 for anything between 20 and 200 ms, or --latency 50.';
  throw new Problem('LATENCY_INVALID', `--latency is "${text}", expected milliseconds like 20-200`, fix, {
    exit: EXIT.usage,
  });
}

/** Reads how many times faster than the profile says time is to run. Throws SPEED_INVALID (exit 2). */
export function parseSpeed(text: string): number {
  const speed = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (speed > 0 && speed <= 10_000) return speed;
  const fix = 'Write --speed 60 to make a minute last a second.';
  throw new Problem('SPEED_INVALID', `--speed is "${text}", expected a number above 0, at most 10000`, fix, {
    exit: EXIT.usage,
  });
}

/** Reads `user=header:x-user`, `bot=path:bot`, `user=body:/userId`, `table=pattern:^/t/([^/]+)`. Throws SCOPE_INVALID (exit 2). */
export function parseScopes(texts: readonly string[]): ScopeSources {
  return Object.fromEntries(
    texts.map((text): [string, ScopeSource] => {
      const [, scope, kind, rest] = /^([^=]+)=([a-z]+):(.+)$/s.exec(text) ?? [];
      const source = scope === undefined ? undefined : sourceOf(kind!, rest!);
      if (source) return [scope!, source];
      const fix = 'Write --scope user=header:x-user, or body:/userId, path:user, pattern:^/users/([^/]+).';
      throw new Problem('SCOPE_INVALID', `--scope is "${text}", expected NAME=KIND:WHERE`, fix, {exit: EXIT.usage});
    }),
  );
}

function sourceOf(kind: string, rest: string): ScopeSource | undefined {
  switch (kind) {
    case 'header':
      return {kind, name: rest.toLowerCase()};
    case 'body':
      return rest.startsWith('/') ? {kind, pointer: rest} : undefined;
    case 'path':
      return {kind, name: rest};
    case 'pattern':
      return compiles(rest) ? {kind, pattern: rest} : undefined;
    default:
      return undefined;
  }
}

function compiles(pattern: string): boolean {
  try {
    return Boolean(new RegExp(pattern));
  } catch {
    return false;
  }
}
