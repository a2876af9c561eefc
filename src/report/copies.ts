import {closeSync, openSync, readSync} from 'node:fs';
import {ADDED, ADDED_IN_DOUBT, CAPTURED, isAdded} from '../operations/added.js';
import {writeJson} from '../operations/json.js';
import type {RecordPlace, Row} from '../operations/operation.js';
import type {Input} from '../operations/source.js';
import {plainCells, safeCells} from './cells.js';
import {DerivedFile} from './derived-file.js';
import {whyInDoubt} from './in-doubt.js';
import type {Outcome} from './outcomes.js';

/** What others said, a server or a row: a spreadsheet must not compute it. */
const SAID: readonly string[] = ['_error', '_why', '_check'];

/** `toSettle`: somebody is to fill in what became of each row, and what its answer would have given for these captures. */
export type Purpose = 'to correct' | {readonly toSettle: readonly string[]};

/** One record of the input. A record that could not be read may have no values. */
export type Copied = {
  readonly place: RecordPlace;
  readonly values?: Readonly<Record<string, unknown>>;
  /** There when the values do not stand in the input. */
  readonly from?: Row['from'];
};

/**
 * A file of some rows of `input`, each with what became of it. The user's own cells stand there byte for byte, so that the file can be
 * corrected and run; of a row that was corrected its values. It comes into being with its first row, and holds files open: close it, one way or the other.
 */
export class Copies {
  readonly #path: string;
  readonly #input: Input;
  readonly #own: readonly string[] | undefined;
  readonly #purpose: Purpose;
  #file: DerivedFile | undefined;
  #source: number | undefined;
  #rows = 0;

  constructor(path: string, input: Input, purpose: Purpose = 'to correct') {
    this.#path = path;
    this.#input = input;
    this.#purpose = purpose;
    const own = input.columns.filter((column) => !isAdded(column));
    this.#own = own.length === input.columns.length ? undefined : own;
  }

  get rows(): number {
    return this.#rows;
  }

  get #names(): readonly string[] {
    if (this.#purpose === 'to correct') return ADDED;
    return [...ADDED_IN_DOUBT, ...this.#purpose.toSettle.map((name) => `${CAPTURED}${name}`)];
  }

  /** `check` is what to look for at the provider, of a row that is to be settled. */
  write(copied: Copied, outcome: Outcome, check = ''): void {
    this.#file ??= this.#begin();
    const {row} = copied.place;
    const added =
      this.#purpose === 'to correct'
        ? addedTo(row, outcome)
        : {...addedInDoubt(row, outcome, check), ...emptyOf(this.#purpose.toSettle)};
    const text = this.#input.format === 'csv' ? this.#csv(copied, added) : this.#ndjson(copied, added);
    this.#file.write(text);
    this.#rows += 1;
  }

  /** Gives the file its name. Returns its path, or `undefined` when there were no rows, and so no file. */
  commit(): string | undefined {
    this.#file?.commit();
    return this.#file && this.#path;
  }

  /** Closes what is open, and leaves nothing half written. */
  close(): void {
    this.#file?.discard();
    if (this.#source !== undefined) closeSync(this.#source);
    this.#source = undefined;
  }

  #begin(): DerivedFile {
    const file = new DerivedFile(this.#path);
    const {format, delimiter, bomBytes, firstOffset} = this.#input;
    this.#source = openSync(this.#input.path, 'r');
    if (format === 'ndjson') return file;
    const header = this.#own
      ? Buffer.from(plainCells(this.#own, delimiter))
      : withoutLineEnd(this.#bytes(bomBytes, firstOffset));
    file.write(Buffer.concat([header, Buffer.from(`${delimiter}${this.#names.join(delimiter)}\n`)]));
    return file;
  }

  #csv({place, values, from}: Copied, members: Added): Buffer {
    const {delimiter, columns} = this.#input;
    const own = this.#own ?? (from && columns);
    const cells = own
      ? Buffer.from(
          plainCells(
            own.map((column) => String(values?.[column] ?? '')),
            delimiter,
          ),
        )
      : withoutLineEnd(this.#bytes(place.offset, place.end));
    const added = Object.entries(members)
      .map(([name, value]) => (SAID.includes(name) ? safeCells([String(value ?? '')]) : (value ?? '')))
      .join(delimiter);
    return Buffer.concat([cells, Buffer.from(`${delimiter}${added}\n`)]);
  }

  #ndjson({place, values, from}: Copied, members: Added): Buffer {
    const added = JSON.stringify(members).slice(1);
    const names = values && Object.keys(values);
    if (!names || names.length === 0) return Buffer.from(`{${added}\n`);
    if (!from && !names.some(isAdded)) {
      const line = this.#bytes(place.offset, place.end);
      return Buffer.concat([line.subarray(0, line.lastIndexOf('}')), Buffer.from(`,${added}\n`)]);
    }
    const own = Object.fromEntries(Object.entries(values).filter(([name]) => !isAdded(name)));
    const text = writeJson(own).slice(0, -1);
    return Buffer.from(`${text === '{' ? text : `${text},`}${added}\n`);
  }

  #bytes(from: number, to: number): Buffer {
    const bytes = Buffer.allocUnsafe(to - from);
    for (let filled = 0; filled < bytes.length; ) {
      const read = readSync(this.#source!, bytes, filled, bytes.length - filled, from + filled);
      if (read === 0) return bytes.subarray(0, filled);
      filled += read;
    }
    return bytes;
  }
}

/** The added members, in the order of their columns. */
type Added = Readonly<Record<string, string | number | null>>;

function addedTo(row: number, {error, status, attempts}: Outcome): Added {
  return {_error: error, _status: status, _attempts: attempts, _row: row} satisfies Named<typeof ADDED>;
}

function addedInDoubt(row: number, outcome: Outcome, check: string): Added {
  const {status, attempts, sentAt} = outcome;
  return {
    _status: status,
    _attempts: attempts,
    _row: row,
    _sentAt: sentAt === null ? null : new Date(sentAt).toISOString(),
    _why: whyInDoubt(outcome),
    _check: check,
    _decision: null,
  } satisfies Named<typeof ADDED_IN_DOUBT>;
}

function emptyOf(captures: readonly string[]): Added {
  return Object.fromEntries(captures.map((name) => [`${CAPTURED}${name}`, null]));
}

type Named<Names extends readonly string[]> = Record<Names[number], string | number | null>;

function withoutLineEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 10 || bytes[end - 1] === 13)) end--;
  return bytes.subarray(0, end);
}
