import {visibleLines} from '../operations/shown.js';

/** What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection, 2025), with the full-width forms it reads alike. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** Cells of a file for people: every one in quotes, and none that a spreadsheet would compute or a terminal obey. */
export function safeCells(values: readonly string[]): string {
  return values
    .map(visibleLines)
    .map((value) => quoted(FORMULA.test(value) ? `'${value}` : value))
    .join(',');
}

/** Cells of a file that is read again: as they are, in quotes only where they have to be. */
export function plainCells(values: readonly string[], delimiter: string): string {
  return values.map((value) => plainCell(value, delimiter)).join(delimiter);
}

function plainCell(value: string, delimiter: string): string {
  // A space at an edge is kept by every reader only within quotes.
  return value.includes(delimiter) || /["\r\n]|^\s|\s$/.test(value) ? quoted(value) : value;
}

function quoted(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}
