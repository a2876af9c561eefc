import type {Count} from '../plan/counted.js';
import {EXIT, Problem} from '../problem.js';

/** As many requests as a lane can count. */
const MOST = 4_000_000_000;

/** `AddActivity=1e9`, `'POST /users=1_000_000'`: a kind of requests and their number. Throws COUNT_INVALID (2). */
export function parseCount(text: string): Count {
  const [name, requests] = parsed('--count', text, "--count AddActivity=1e9 or --count 'POST /users=1_000_000'");
  return {name, requests};
}

/** `user=5000`: a key of limits, and how many values of it there are. Throws COUNT_INVALID (2). */
export function parseKeys(text: string): readonly [name: string, count: number] {
  return parsed('--keys', text, '--keys user=5000');
}

/** Adds counts of the same kind up. Throws COUNT_INVALID (2) where they are too many together. */
export function sumCounts(counts: readonly Count[]): readonly Count[] {
  const sums = new Map<string, number>();
  for (const {name, requests} of counts) sums.set(name, (sums.get(name) ?? 0) + requests);
  const all = [...sums.values()].reduce((sum, requests) => sum + requests, 0);
  if (all > MOST) throw invalid(`--count asks for ${all} requests in all, expected at most ${MOST}`, '--count 1e9');
  return [...sums].map(([name, requests]) => ({name, requests}));
}

function parsed(flag: string, text: string, example: string): readonly [string, number] {
  const [, name, digits] = /^\s*(.*\S)\s*=\s*(\d(?:_?\d)*(?:\.\d+)?(?:[eE]\+?\d{1,2})?)\s*$/s.exec(text) ?? [];
  const number = Number(digits?.replaceAll('_', ''));
  if (name !== undefined && Number.isInteger(number) && number >= 1 && number <= MOST) return [name, number];
  throw invalid(`${flag} is ${JSON.stringify(text)}, expected a name, = and a whole number from 1 to ${MOST}`, example);
}

function invalid(message: string, example: string): Problem {
  return new Problem('COUNT_INVALID', message, `Write it as ${example}.`, {exit: EXIT.usage});
}
