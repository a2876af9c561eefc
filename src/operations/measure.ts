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
  const skip = () => {
    rows += 1;
    return true;
  };
  // What comes all the same is a record without an end, which was counted too.
  for await (const _ of readRows(input, tap, skip));
  return {sha256: hash.digest('hex'), bytes, rows};
}
