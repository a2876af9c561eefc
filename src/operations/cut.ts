/** What the first look at a record found wrong with its quotes. `inField` leaves the end of the record certain; the others do not. */
export type QuoteFault = {
  readonly kind: 'inField' | 'afterQuote' | 'unclosed';
  /** Where the quote in question stands. */
  readonly offset: number;
  /** How many lines below the first line of the record. */
  readonly line: number;
};

/** One record within some bytes: `from` to `to` is its content, `end` is behind its line end. */
export type Cut = {
  readonly from: number;
  readonly to: number;
  readonly end: number;
  /** Line ends between `from` and `end`; CRLF is one. */
  readonly lines: number;
  readonly quoted: boolean;
  /** Has a byte that may be, or may begin, a control character. */
  readonly suspicious: boolean;
  readonly fault: QuoteFault | undefined;
};

const TAB = 9;
const LF = 10;
const CR = 13;
const QUOTE = 34;

const PLAIN = 0;
const LINE_END = 1;
const SEPARATOR = 2;
const QUOTING = 3;
const SUSPICIOUS = 4;

/** What each byte may mean to the cut. Without a delimiter (NDJSON) quotes mean nothing, and every line is a record. */
export function byteClasses(delimiter: string | undefined): Uint8Array {
  const classes = new Uint8Array(256);
  classes.fill(SUSPICIOUS, 0, 32);
  // 0xC2 begins the characters U+0080 to U+009F.
  for (const byte of [0x7f, 0xc2]) classes[byte] = SUSPICIOUS;
  classes[TAB] = PLAIN;
  classes[LF] = LINE_END;
  classes[CR] = LINE_END;
  if (delimiter === undefined) return classes;
  classes[QUOTE] = QUOTING;
  classes[delimiter.charCodeAt(0)] = SEPARATOR;
  return classes;
}

/**
 * Finds the end of the record that begins at `from`; `undefined` when `bytes` end too early to tell and are not `final`. Only quotes,
 * delimiters and line ends (LF, CRLF, CR) are looked at, so that a place can be told before anything is decoded: RFC 4180 puts a
 * quoted field between a delimiter or line end on either side, and anything else about quotes is a fault.
 */
export function cutRecord(bytes: Buffer, from: number, final: boolean, classes: Uint8Array): Cut | undefined {
  const length = bytes.length;
  let lines = 0;
  let quoted = false;
  let suspicious = false;
  let fault: QuoteFault | undefined;
  let fieldStart = true;
  for (let at = from; at < length; at++) {
    const meaning = classes[bytes[at]!]!;
    if (meaning === PLAIN) {
      fieldStart = false;
    } else if (meaning === LINE_END) {
      const end = lineEnd(bytes, at, final);
      return end === undefined ? undefined : {from, to: at, end, lines: lines + 1, quoted, suspicious, fault};
    } else if (meaning === SEPARATOR) {
      fieldStart = true;
    } else if (meaning === SUSPICIOUS) {
      suspicious = true;
      fieldStart = false;
    } else if (!fieldStart) {
      fault ??= {kind: 'inField', offset: at, line: lines};
    } else {
      const close = closingQuote(bytes, at, final, classes);
      if (close === undefined) return undefined;
      if (close.fault) {
        fault = {kind: close.fault, offset: at, line: lines};
        return {from, to: length, end: length, lines: lines + close.lines, quoted: true, suspicious, fault};
      }
      quoted = true;
      suspicious ||= close.suspicious;
      lines += close.lines;
      at = close.at;
      fieldStart = false;
    }
  }
  return final ? {from, to: length, end: length, lines, quoted, suspicious, fault} : undefined;
}

/** The byte after the line end at `at`; unknown while an LF may still follow a CR. */
function lineEnd(bytes: Buffer, at: number, final: boolean): number | undefined {
  if (bytes[at] === LF) return at + 1;
  if (at + 1 === bytes.length && !final) return undefined;
  return bytes[at + 1] === LF ? at + 2 : at + 1;
}

type Close = {
  readonly at: number;
  readonly lines: number;
  readonly suspicious: boolean;
  readonly fault: 'afterQuote' | 'unclosed' | undefined;
};

/** Finds the quote that closes the field whose opening quote stands at `open`. */
function closingQuote(bytes: Buffer, open: number, final: boolean, classes: Uint8Array): Close | undefined {
  let lines = 0;
  let suspicious = false;
  for (let at = open + 1; at < bytes.length; at++) {
    const meaning = classes[bytes[at]!]!;
    if (meaning === SUSPICIOUS) suspicious = true;
    else if (meaning === LINE_END) {
      if (bytes[at] === LF || bytes[at + 1] !== LF) lines++;
    } else if (meaning === QUOTING) {
      if (at + 1 === bytes.length) return final ? {at, lines, suspicious, fault: undefined} : undefined;
      const next = classes[bytes[at + 1]!];
      if (next === QUOTING) at++;
      else if (next === SEPARATOR || next === LINE_END) return {at, lines, suspicious, fault: undefined};
      else return {at, lines, suspicious, fault: 'afterQuote'};
    }
  }
  return final ? {at: bytes.length, lines, suspicious, fault: 'unclosed'} : undefined;
}
