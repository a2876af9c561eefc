import {createHash} from 'node:crypto';
import {readRows} from './read.js';
import type {Input} from './source.js';

/** What an input is known by: the SHA-256 (hex) and the length of its plain bytes, and how many records it has. */
export type Measured = {readonly sha256: string; readonly bytes: number; readonly rows: number};

/** Reads the whole input, looking into no more of it than tells the records apart. Throws what reading throws. */
export async function measureInput(input: Input): Promise<Measured> {
  const hash = createHash('sha256');
  let [rows, bytes] = [0, 0];
  const tap = (chunk: Uint8Array) => {
    hash.update(chunk);
    bytes += chunk.length;
  };
  const skip = (places: readonly unknown[]) => {
    rows += places.length;
    return true;
  };
  for await (const _ of readRows(input, tap, skip)) rows += 1;
  return {sha256: hash.digest('hex'), bytes, rows};
}
