import {closeSync, openSync, readSync, rmSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {onDisk} from './on-disk.js';

/** Where a text stands in a scratch file. */
export type Stretch = {readonly offset: number; readonly bytes: number};

const HELD_BYTES = 256 * 1024;

/** A place on the disk for texts that would not fit into memory. Its file is removed by `close`; close it. */
export class Scratch {
  readonly #path: string;
  readonly #file: number;
  readonly #held = Buffer.allocUnsafe(HELD_BYTES);
  /** What is held stands here in the file, once it is written. */
  #heldOffset = 0;
  #heldBytes = 0;

  /** Opens a new file in `folder`, for its owner alone. Throws DERIVED_UNWRITABLE (exit 74), as `add` does. */
  constructor(folder: string) {
    this.#path = join(folder, '.scratch.part');
    this.#file = onDisk(this.#path, () => {
      rmSync(this.#path, {force: true});
      return openSync(this.#path, 'wx+', 0o600);
    });
  }

  add(text: string): Stretch {
    const bytes = Buffer.byteLength(text);
    if (bytes > HELD_BYTES - this.#heldBytes) this.#flush();
    const stretch = {offset: this.#heldOffset + this.#heldBytes, bytes};
    if (bytes > HELD_BYTES) {
      this.#write(Buffer.from(text), bytes);
      this.#heldOffset += bytes;
    } else this.#heldBytes += this.#held.write(text, this.#heldBytes);
    return stretch;
  }

  /** The text that `add` gave this stretch for. */
  read({offset, bytes}: Stretch): string {
    if (offset >= this.#heldOffset) {
      return this.#held.toString('utf8', offset - this.#heldOffset, offset - this.#heldOffset + bytes);
    }
    const buffer = Buffer.allocUnsafe(bytes);
    for (let filled = 0; filled < bytes; ) {
      const read = readSync(this.#file, buffer, filled, bytes - filled, offset + filled);
      if (read === 0) throw new RangeError(`nothing stands at byte ${offset + filled} of ${this.#path}`);
      filled += read;
    }
    return buffer.toString();
  }

  close(): void {
    closeSync(this.#file);
    rmSync(this.#path, {force: true});
  }

  #flush(): void {
    this.#write(this.#held, this.#heldBytes);
    this.#heldOffset += this.#heldBytes;
    this.#heldBytes = 0;
  }

  #write(from: Buffer, bytes: number): void {
    onDisk(this.#path, () => {
      for (let done = 0; done < bytes; )
        done += writeSync(this.#file, from, done, bytes - done, this.#heldOffset + done);
    });
  }
}
