import {type Duplicate, makeIds} from '../operations/ids.js';
import type {Places} from '../operations/places.js';
import {placeName} from '../problem.js';
import type {Request} from '../requests/request.js';

/** How many rows ask for what an earlier row asks for already, and the first of them. */
export type Alike = {readonly rows: number; readonly first: readonly Omit<Duplicate, 'id'>[]};

/** So many rows are compared, at 12 bytes each: who doubled a file sees it in its first million rows. */
const COMPARED = 1_000_000;
const NAMED = 3;

/** An empty collection of requests. */
export function openAlike() {
  const texts = makeIds();
  return {
    add(request: Request, row: number): void {
      if (row <= COMPARED) texts.add(textOf(request), row);
    },
    /** Requests are kept as hashes, so `requestOf` is asked for the first that look alike. */
    found(requestOf: (row: number) => Request | undefined): Alike | undefined {
      const rows = texts.repeats();
      if (rows === 0) return undefined;
      const first = texts.duplicates((row) => textOf(requestOf(row)), NAMED);
      return first.length === 0 ? undefined : {rows, first};
    },
  };
}

/** What to tell before rows are sent that may be there twice by mistake. */
export function alikeNote({rows, first}: Alike, name: string, places: Pick<Places, 'at'>): string {
  const pairs = first.map(({firstRow, row}) => {
    const {line} = places.at(row);
    return `${placeName({file: name, line, row})} as row ${firstRow}`;
  });
  const more = rows > first.length ? ', …' : '';
  const ask = rows === 1 ? '1 row asks' : `${rows} rows ask`;
  return `${ask} for what an earlier row asks for already: ${pairs.join(', ')}${more}; each is sent`;
}

function textOf(request: Request | undefined): string {
  if (!request) return '';
  const {method, url, headers, body} = request;
  return `${method} ${url}\n${Object.values(headers).join('\n')}\n${body ?? ''}`;
}
