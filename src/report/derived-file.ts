import {closeSync, openSync, renameSync, rmSync, writeSync} from 'node:fs';
import {onDisk} from './on-disk.js';

const FLUSH_BYTES = 256 * 1024;

/**
 * A file that can be made again at any time, written beside its final name: who reads the folder meanwhile sees the old one or the new
 * one whole. It is not synced, for the journal is the truth. Close it, one way or the other.
 */
export class DerivedFile {
  readonly #path: string;
  readonly #part: string;
  readonly #file: number;
  #held: Uint8Array[] = [];
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

  /** Keeps the bytes until they are written: they must not change. */
  write(content: string | Uint8Array): void {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes >= FLUSH_BYTES) this.#flush();
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
    const bytes = Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    onDisk(this.#path, () => {
      for (let from = 0; from < bytes.length; ) from += writeSync(this.#file, bytes, from);
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
