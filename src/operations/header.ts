import {isUtf8} from 'node:buffer';
import {open} from 'node:fs/promises';
import {EXIT, Problem} from '../problem.js';
import {byteClasses, type Cut, cutRecord} from './cut.js';
import {fieldsOf} from './records.js';
import {shown} from './shown.js';

/** What a CSV header says, and where the rows begin. */
export type Header = {
  readonly delimiter: string;
  readonly columns: readonly string[];
  readonly firstOffset: number;
  readonly firstLine: number;
};

const HEADER_MAX_BYTES = 2 ** 20;
const COLUMNS_MAX = 10_000;
const DELIMITERS = [',', ';', '\t', '|'] as const;

/** The delimiter that `--delimiter` names; `undefined` when it has to be found out. Throws DELIMITER_INVALID, exit 2. */
export function chosenDelimiter(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const delimiter = text === 'tab' || text === '\\t' ? '\t' : text;
  if (/^[\t\x20-\x7e]$/.test(delimiter) && delimiter !== '"') return delimiter;
  const found = `the delimiter is ${shown(text)}, expected one ASCII character that is not a quote`;
  throw new Problem('DELIMITER_INVALID', found, "Write --delimiter ';' or --delimiter tab.", {exit: EXIT.usage});
}

/**
 * Reads the header of a CSV file: the first line that is not blank. Without a delimiter, it is the one of `,` `;` tab and `|` that makes
 * the most columns. Throws a Problem (exit 65) for names that are empty, double, or differ only by case or blanks around them.
 */
export async function readHeader(
  path: string,
  name: string,
  bomBytes: number,
  chosen: string | undefined,
): Promise<Header> {
  const {bytes, final} = await readStart(path);
  let line = 1;
  let from = bomBytes;
  while (bytes[from] === 10 || bytes[from] === 13) {
    if (bytes[from] === 10 || bytes[from + 1] !== 10) line++;
    from++;
  }
  if (from >= bytes.length && final) return {delimiter: chosen ?? ',', columns: [], firstOffset: from, firstLine: line};
  const refuse = (code: string, found: string, fix: string): never => {
    throw new Problem(code, found, fix, {at: {file: name, line}, exit: EXIT.misfit});
  };
  const {delimiter, cut} = bestCut(bytes, from, final, chosen);
  if (!cut)
    return refuse('HEADER_LONG', 'the header is longer than 1 MiB', 'Begin the file with a line of column names.');
  if (cut.fault) {
    const found = `the quote at byte ${cut.fault.offset} of the header is misplaced or not closed`;
    return refuse('HEADER_QUOTE', found, 'Put quotes around whole names only, and double those within.');
  }
  if (!isUtf8(bytes.subarray(cut.from, cut.to))) {
    return refuse(
      'HEADER_NOT_UTF8',
      'the header is not UTF-8',
      `Save ${name} as UTF-8 (iconv -f WINDOWS-1252 -t UTF-8).`,
    );
  }
  const columns = fieldsOf(bytes, [cut], delimiter, 'utf8')[0]!;
  const fault = columnFault(columns);
  if (fault) return refuse('HEADER_INVALID', fault, `Give every column of ${name} a name of its own.`);
  return {delimiter, columns, firstOffset: cut.end, firstLine: line + cut.lines};
}

async function readStart(path: string): Promise<{bytes: Buffer; final: boolean}> {
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(HEADER_MAX_BYTES);
    let filled = 0;
    for (let read = -1; read !== 0 && filled < buffer.length; filled += read) {
      ({bytesRead: read} = await handle.read(buffer, filled, buffer.length - filled, filled));
    }
    return {bytes: buffer.subarray(0, filled), final: filled < buffer.length};
  } finally {
    await handle.close();
  }
}

function bestCut(
  bytes: Buffer,
  from: number,
  final: boolean,
  chosen: string | undefined,
): {delimiter: string; cut: Cut | undefined} {
  const cuts = (chosen === undefined ? DELIMITERS : [chosen]).map((delimiter) => {
    const cut = cutRecord(bytes, from, final, byteClasses(delimiter));
    return {delimiter, cut, columns: cut && !cut.fault ? fieldsOf(bytes, [cut], delimiter, 'latin1')[0]!.length : 0};
  });
  return cuts.reduce((best, next) => (next.columns > best.columns ? next : best));
}

function columnFault(columns: readonly string[]): string | undefined {
  if (columns.length > COLUMNS_MAX) return `the header has ${columns.length} columns, expected at most ${COLUMNS_MAX}`;
  const numberOf = new Map<string, number>();
  for (const [index, column] of columns.entries()) {
    const folded = column.trim().toLowerCase();
    if (folded === '') return `column ${index + 1} of ${columns.length} has no name`;
    if (/\p{Cc}/u.test(column.replace(/[\t\r\n]/g, '')))
      return `column ${index + 1}, ${shown(column)}, has a control character in its name`;
    const earlier = numberOf.get(folded);
    if (earlier !== undefined) {
      const other = columns[earlier]!;
      return other === column
        ? `columns ${earlier + 1} and ${index + 1} are both called ${shown(column)}`
        : `columns ${earlier + 1} and ${index + 1}, ${shown(other)} and ${shown(column)}, differ only by case or blanks`;
    }
    numberOf.set(folded, index);
  }
  return undefined;
}
