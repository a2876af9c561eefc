import {createHash} from 'node:crypto';
import type {Profile} from '../profiles/profile.js';

type KeyRule = NonNullable<Profile['idempotencyKey']>;

/** A tenth of the provider's hours is left as a margin: our clock and its memory are not one. */
const CERTAIN_PART = 0.9;

/** Whether the provider still remembers a key that was first sent at `firstAt`. */
export function isKeyGood({hours}: KeyRule, firstAt: number, now: number): boolean {
  return now - firstAt <= hours * 3_600_000 * CERTAIN_PART;
}

/**
 * The key of one row as a header: the same for all its attempts and in every session, and another for every other row or request. It has the
 * shape of a UUID (version 8), and nothing about anybody can be read from it.
 */
export function keyHeader(
  {header}: KeyRule,
  {run, row, digest}: {readonly run: string; readonly row: number; readonly digest: string},
): Readonly<Record<string, string>> {
  const hash = createHash('sha256').update(`${run}\n${row}\n${digest}`).digest('hex');
  const variant = ((Number.parseInt(hash[16]!, 16) & 3) | 8).toString(16);
  const parts = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ];
  return {[header.toLowerCase()]: parts.join('-')};
}
