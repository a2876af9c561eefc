import {Writable} from 'node:stream';

/** A terminal as far as progress bars use one: what a person would see after everything that was written. */
export class Screen extends Writable {
  readonly isTTY = true;
  columns: number;
  rows: number;
  /** Everything that was written, as it was. */
  raw = '';
  #lines: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(columns = 80, rows = 24) {
    super({decodeStrings: false});
    this.columns = columns;
    this.rows = rows;
  }

  /** What stands on the screen, without what is blank at the end. */
  get lines(): string[] {
    const lines = this.#lines.map((line) => line.trimEnd());
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.raw += chunk;
    for (const [token, count, command] of String(chunk).matchAll(/\x1b\[(\??\d*)([A-Za-z])|[\s\S]/g)) {
      if (command) this.#obey(command, Number(count || 1), count === '' || count === undefined ? 0 : Number(count));
      else if (token === '\n') this.#feed();
      else this.#put(token);
    }
    done();
  }

  #obey(command: string, count: number, part: number): void {
    const line = this.#lines[this.#row]!;
    if (command === 'A') this.#row = Math.max(0, this.#row - count);
    else if (command === 'B') this.#row += count;
    else if (command === 'G') this.#column = count - 1;
    else if (command === 'K') this.#lines[this.#row] = part === 2 ? '' : line.slice(0, this.#column);
    else if (command === 'J') {
      this.#lines[this.#row] = line.slice(0, this.#column);
      this.#lines.length = this.#row + 1;
    } else throw new Error(`the screen does not know ${command}`);
  }

  #feed(): void {
    this.#row += 1;
    this.#column = 0;
    this.#lines[this.#row] ??= '';
  }

  #put(character: string): void {
    if (this.#column >= this.columns) this.#feed();
    const line = this.#lines[this.#row]!.padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column += 1;
  }
}
