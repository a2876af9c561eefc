import {constants} from 'node:fs';
import {open} from 'node:fs/promises';

const CHUNK_BYTES = 1024 * 1024;
const LINE_END = 10;

/**
 * Told of each line as `bytes[start..end)`, without its line end, valid during the call alone. `offset` is its first byte in the file.
 * `whole` is false for what no line end follows, and for what is longer than 1 MiB: of that only the beginning is told.
 */
export type VisitLine = (bytes: Buffer, start: number, end: number, offset: number, whole: boolean) => void;

/** Reads a file line by line, and resolves with its length. Never holds more than 2 MiB. */
export async function readLines(path: string, visit: VisitLine): Promise<number> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const buffer = Buffer.allocUnsafe(2 * CHUNK_BYTES);
    let [filled, offset, skipping] = [0, 0, false];
    for (;;) {
      const {bytesRead} = await file.read(buffer, filled, CHUNK_BYTES, null);
      if (bytesRead === 0) break;
      filled += bytesRead;
      const view = buffer.subarray(0, filled);
      let start = 0;
      for (let end = view.indexOf(LINE_END); end >= 0; end = view.indexOf(LINE_END, start)) {
        if (!skipping) visit(buffer, start, end, offset + start, true);
        skipping = false;
        start = end + 1;
      }
      if (filled - start > CHUNK_BYTES) {
        if (!skipping) visit(buffer, start, filled, offset + start, false);
        skipping = true;
        start = filled;
      }
      buffer.copyWithin(0, start, filled);
      offset += start;
      filled -= start;
    }
    if (filled > 0 && !skipping) visit(buffer, 0, filled, offset, false);
    return offset + filled;
  } finally {
    await file.close();
  }
}
