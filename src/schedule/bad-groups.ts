import {type Problem, placeName} from '../problem.js';

/** Rows that cannot be sent for the same cause. `first` is the problem of the first of them, with its place and its value. */
export type BadGroup = {readonly rows: number; readonly first: Problem};

/** Collects what is wrong with rows by its cause. */
export type BadGroups = {
  add(problem: Problem): void;
  /** Those of most rows first; of equals, the one that came first. */
  list(): readonly BadGroup[];
  /** Rows of causes that are not listed, because there were too many before. */
  others(): number;
};

/** So many causes are kept apart: a file with more has another fault in every row. */
const KEPT = 1000;

/** Nothing wrong yet. `columns` are the names that stand in quotes in a message and are no values. */
export function openBadGroups(columns: readonly string[]): BadGroups {
  const names = new Set(columns);
  const groups = new Map<string, {rows: number; readonly first: Problem}>();
  let others = 0;
  return {
    add(problem) {
      const cause = causeOf(problem, names);
      const group = groups.get(cause);
      if (group) group.rows += 1;
      else if (groups.size < KEPT) groups.set(cause, {rows: 1, first: problem});
      else others += 1;
    },
    list: () => [...groups.values()].sort((one, other) => other.rows - one.rows),
    others: () => others,
  };
}

/** What is wrong, without the place that a message begins with. */
export function withoutPlace({message, at}: Problem): string {
  const place = at ? `${placeName(at)}: ` : '';
  return message.startsWith(place) ? message.slice(place.length) : message;
}

/** What is wrong, whatever the row's own value: `"role" is "…", expected one of …`. What is in quotes and names a column stays. */
function causeOf(problem: Problem, names: ReadonlySet<string>): string {
  const parts = withoutPlace(problem).split('"');
  const said = parts.map((part, place) => {
    if (place % 2 === 0) return part.replaceAll(/\d+/g, '#');
    const named = / ?(column|member|needs) $/.test(parts[place - 1]!) || /^ is\b/.test(parts[place + 1] ?? '');
    return named || names.has(part) ? part : '…';
  });
  return `${problem.code} ${said.join('"')}`;
}
