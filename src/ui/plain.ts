export {visible as plain} from '../operations/shown.js';

/** `text` in at most `width` columns, its end cut off where it does not fit. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    kept += character;
  }
  return width > 0 ? `${kept}…` : '';
}

/** `text` in lines of at most `width` columns, broken at blanks; a longer word is left to the terminal. */
export function foldAt(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && widthOf(`${line} ${word}`) <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(line === undefined ? word : `  ${word}`);
  }
  return lines;
}

/** Columns of a terminal, never too few: what is not Latin may take two, and a line that wraps destroys the bars below it. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += /[\u0020-\u024f…·█░]/.test(character) ? 1 : 2;
  return width;
}

/** `300,000`. */
export function sayNumber(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 row`, `300,000 rows`. */
export function count(number: number, noun: string): string {
  return `${sayNumber(number)} ${noun}${number === 1 ? '' : 's'}`;
}
