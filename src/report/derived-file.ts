import {closeSync, openSync, renameSync, rmSync, writeSync} from 'node:fs';
import {onDisk} from './on-disk.js';

const HELD_BYTES = 256 * 1024;

/**
 * A file that can be made again at any time, written beside its final name: who reads the folder meanwhile sees the old one or the new
 * one whole. It is not synced, for the journal is the truth. Close it, one way or the other.
 */
export class DerivedFile {
  readonly #path: string;
  readonly #part: string;
  readonly #file: number;
  readonly #held = Buffer.allocUnsafe(HELD_BYTES);
  #heldBytes = 0;
  #closed = false;

  /** Opens `path` for its owner alone. Throws DERIVED_UNWRITABLE (exit 74), as all that write do. */
  constructor(path: string) {
    this.#path = path;
    this.#part = `${path}.part`;
    this.#file = onDisk(this.#path, () => {
      rmSync(this.#part, {force: true});
      return openSync(this.#part, 'wx', 0o600);
    });
  }

  write(content: string | Uint8Array): void {
    const bytes = typeof content === 'string' ? Buffer.byteLength(content) : content.length;
    if (bytes > HELD_BYTES - this.#heldBytes) this.#flush();
    if (bytes > HELD_BYTES) this.#write(Buffer.from(content as string), bytes);
    else {
      if (typeof content === 'string') this.#held.write(content, this.#heldBytes);
      else this.#held.set(content, this.#heldBytes);
      this.#heldBytes += bytes;
    }
  }

  /** Gives the file its name. */
  commit(): void {
    this.#flush();
    this.#close();
    onDisk(this.#path, () => renameSync(this.#part, this.#path));
  }

  /** Leaves what was there before. Does nothing after `commit`. */
  discard(): void {
    if (this.#closed) return;
    this.#close();
    rmSync(this.#part, {force: true});
  }

  #flush(): void {
    this.#write(this.#held, this.#heldBytes);
    this.#heldBytes = 0;
  }

  #write(from: Uint8Array, bytes: number): void {
    onDisk(this.#path, () => {
      for (let done = 0; done < bytes; ) done += writeSync(this.#file, from, done, bytes - done);
    });
  }

  #close(): void {
    this.#closed = true;
    closeSync(this.#file);
  }
}

/** Writes a small derived file whole. */
export function writeDerived(path: string, text: string): void {
  const file = new DerivedFile(path);
  try {
    file.write(text);
    file.commit();
  } finally {
    file.discard();
  }
}
