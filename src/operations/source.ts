import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {open, rm, stat} from 'node:fs/promises';
import {EXIT, Problem} from '../problem.js';
import {refuseForeign} from './foreign.js';
import {chosenDelimiter, readHeader} from './header.js';
import type {RecordPlace, Row} from './operation.js';
import {isGzip, spool, unreadable} from './spool.js';

/** An input that can be read again and again, at any place. */
export type Input = {
  /** A file of plain bytes: the user's own, or a copy of what had to be unpacked or cannot be read twice. */
  readonly path: string;
  /** As the user typed it; `<stdin>` for `-`. */
  readonly name: string;
  readonly format: 'csv' | 'ndjson';
  /** One character; of no meaning in NDJSON. */
  readonly delimiter: string;
  /** From the CSV header, byte for byte; none in NDJSON and in an empty file. */
  readonly columns: readonly string[];
  /** 3 when the file begins with a byte order mark, else 0. */
  readonly bomBytes: number;
  /** Where what follows the header begins: its byte, and its line from 1. */
  readonly firstOffset: number;
  readonly firstLine: number;
  /** The length of the file when it was opened. */
  readonly bytes: number;
  /** Whether `path` is a copy. */
  readonly spooled: boolean;
  /** The private folder that `closeInput` removes. */
  readonly folder: string | undefined;
  /** Rows whose cells were corrected in another file. */
  readonly corrected?: Corrected | undefined;
};

/** Tells of a row as it was read how it is since it was corrected; undefined where it was not. */
export type Corrected = {
  over(row: {
    readonly place: RecordPlace;
    readonly values?: Row['values'];
    readonly problem?: Problem;
  }): Row | undefined;
  close(): void;
};

export type InputOptions = {
  /** Known already, as for a copy whose name says nothing; found out when absent. */
  readonly format?: Input['format'] | undefined;
  /** `,` `;` `|` or another single character, `tab` or `\t`; found out when absent. */
  readonly delimiter?: string | undefined;
  /** Where a copy is kept; a private folder that `closeInput` removes when absent. */
  readonly spoolPath?: string | undefined;
  readonly stdin?: NodeJS.ReadableStream | undefined;
};

const HEAD_BYTES = 64 * 1024;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Finds out what an input is, and makes it readable at any place: gzip is unpacked, `-` and FIFOs are copied first. Throws a Problem: exit
 * 66 when there is nothing to read, 65 when it is not CSV or NDJSON in UTF-8 or its header cannot serve, 74 when a copy cannot be written.
 */
export async function openInput(path: string, options: InputOptions = {}): Promise<Input> {
  const delimiter = chosenDelimiter(options.delimiter);
  const name = path === '-' ? '<stdin>' : path;
  const {folder, ...plain} = await plainFile(path, name, options);
  try {
    const head = await readHead(plain.path, name);
    const bomBytes = head.subarray(0, 3).equals(BOM) ? 3 : 0;
    refuseForeign(head, name);
    const {size: bytes} = await stat(plain.path);
    const common = {...plain, name, bomBytes, bytes, folder};
    const format = options.format ?? (isNdjson(name, head.subarray(bomBytes)) ? 'ndjson' : 'csv');
    if (format === 'ndjson') {
      return {
        ...common,
        format: 'ndjson',
        delimiter: delimiter ?? ',',
        columns: [],
        firstOffset: bomBytes,
        firstLine: 1,
      };
    }
    return {...common, format: 'csv', ...(await readHeader(plain.path, name, bomBytes, delimiter))};
  } catch (error) {
    if (folder) await rm(folder, {recursive: true, force: true});
    throw error instanceof Problem ? error : unreadable(error, name);
  }
}

/** The columns that every row has; undefined where each row has its own (NDJSON), and where there is no row that could have one. */
export function columnsOf({format, columns}: Input): readonly string[] | undefined {
  return format === 'csv' && columns.length > 0 ? columns : undefined;
}

/** Removes the private copy of an input, if there is one, and closes what is open. A copy at a `spoolPath` stays: a run is resumed from it. */
export async function closeInput({folder, corrected}: Input): Promise<void> {
  corrected?.close();
  if (folder) await rm(folder, {recursive: true, force: true});
}

/** The SHA-256 (hex) and length of the plain bytes: what tells whether an input has changed. */
export async function digestInput(input: Input): Promise<{sha256: string; bytes: number}> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(input.path, {highWaterMark: 2 ** 20}) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    throw unreadable(error, input.name);
  }
  return {sha256: hash.digest('hex'), bytes};
}

type PlainFile = {readonly path: string; readonly spooled: boolean; readonly folder: string | undefined};

async function plainFile(path: string, name: string, {spoolPath, stdin}: InputOptions): Promise<PlainFile> {
  if (path === '-') return {...(await spool(stdin ?? process.stdin, name, spoolPath)), spooled: true};
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw Object.assign(new Error('is a directory'), {code: 'EISDIR'});
    if (found.isFile() && !isGzip(await readHead(path, name))) return {path, spooled: false, folder: undefined};
  } catch (error) {
    throw error instanceof Problem ? error : unreadable(error, name);
  }
  return {...(await spool(createReadStream(path), name, spoolPath)), spooled: true};
}

async function readHead(path: string, name: string): Promise<Buffer> {
  try {
    const handle = await open(path, 'r');
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      const {bytesRead} = await handle.read(head, 0, HEAD_BYTES, 0);
      return head.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable(error, name);
  }
}

function isNdjson(name: string, head: Buffer): boolean {
  if (/\.(?:ndjson|jsonl)(?:\.gz)?$/i.test(name)) return true;
  const start = head.toString('latin1').trimStart();
  if (!/^\[\s*[[{\]]/.test(start)) return start.startsWith('{');
  const fix = `Write one object per line: jq -c '.[]' ${name} > rows.ndjson`;
  throw new Problem('INPUT_FOREIGN', 'this is one JSON array, expected CSV, or NDJSON with one object per line', fix, {
    at: {file: name, line: 1},
    exit: EXIT.misfit,
  });
}
