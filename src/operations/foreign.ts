import {EXIT, Problem} from '../problem.js';

type Foreign = {readonly magic: readonly number[]; readonly what: string; readonly fix: string};

const UTF8 = 'Save it as UTF-8; in a spreadsheet, as "CSV UTF-8". Or: iconv -f UTF-16 -t UTF-8.';
const UNPACK = 'Unpack it first; gzip is the one packing that is read as it is.';
const EXPORT = 'Export the sheet as CSV (UTF-8).';

/** First bytes of what is often given by mistake. UTF-32LE begins as UTF-16LE does, so it stands before it. */
const FOREIGN: readonly Foreign[] = [
  {magic: [0xff, 0xfe, 0, 0], what: 'UTF-32 text', fix: UTF8},
  {magic: [0, 0, 0xfe, 0xff], what: 'UTF-32 text', fix: UTF8},
  {magic: [0xff, 0xfe], what: 'UTF-16 text', fix: UTF8},
  {magic: [0xfe, 0xff], what: 'UTF-16 text', fix: UTF8},
  {magic: [0x1f, 0x8b], what: 'packed by gzip twice', fix: 'Unpack it once.'},
  {
    magic: [0x50, 0x4b, 0x03, 0x04],
    what: 'a zip archive or an Excel workbook (xlsx)',
    fix: `${EXPORT} A zip archive: unpack it first.`,
  },
  {magic: [0x50, 0x4b, 0x05, 0x06], what: 'an empty zip archive', fix: UNPACK},
  {magic: [0xd0, 0xcf, 0x11, 0xe0], what: 'an old Excel workbook (xls)', fix: EXPORT},
  {magic: [0x28, 0xb5, 0x2f, 0xfd], what: 'packed by zstd', fix: UNPACK},
  {magic: [0x42, 0x5a, 0x68], what: 'packed by bzip2', fix: UNPACK},
  {magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: 'packed by xz', fix: UNPACK},
  {magic: [0x37, 0x7a, 0xbc, 0xaf], what: 'a 7z archive', fix: UNPACK},
  {magic: [0x25, 0x50, 0x44, 0x46, 0x2d], what: 'a PDF document', fix: 'Export the data as CSV (UTF-8).'},
  {magic: [...Buffer.from('PAR1')], what: 'a Parquet file', fix: 'Export the data as CSV or NDJSON.'},
  {
    magic: [...Buffer.from('SQLite format 3\0')],
    what: 'an SQLite database',
    fix: 'Export the table as CSV: sqlite3 -csv -header.',
  },
];

/** Refuses, by its first bytes, what is neither CSV nor NDJSON in UTF-8. Throws INPUT_FOREIGN, exit 65. */
export function refuseForeign(head: Buffer, name: string): void {
  const known = FOREIGN.find(
    ({magic, what}) => isMagic(head, magic) && !(what === 'packed by bzip2' && !isBinary(head)),
  );
  const {what, fix} = known ?? guess(head) ?? {};
  if (what === undefined) return;
  const found = `this is ${what}, expected CSV or NDJSON in UTF-8`;
  throw new Problem('INPUT_FOREIGN', found, fix!, {at: {file: name}, exit: EXIT.misfit});
}

function isMagic(head: Buffer, magic: readonly number[]): boolean {
  return head.length >= magic.length && magic.every((byte, index) => head[index] === byte);
}

function guess(head: Buffer): Omit<Foreign, 'magic'> | undefined {
  // Latin letters in UTF-16 have a zero in every other byte.
  const zeros = head.subarray(0, 1024).filter((byte) => byte === 0).length;
  if (head.length >= 4 && zeros * 2.5 > Math.min(head.length, 1024))
    return {what: 'UTF-16 text, or no text', fix: UTF8};
  return isBinary(head) ? {what: 'no text but binary data', fix: 'Name the CSV or NDJSON file itself.'} : undefined;
}

/** A tenth of control characters: a stray one in a text is the matter of its row, not of the file. */
function isBinary(head: Buffer): boolean {
  const start = head.subarray(0, 4096);
  const controls = start.filter((byte) => byte < 9 || (byte > 13 && byte < 32) || byte === 127).length;
  return start.length >= 32 && controls * 10 > start.length;
}
