import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

/** What came of a run: judged by the provider's log, with the journal only asked which rows it says are in doubt or were sent again. */
export type Judgement = {
  readonly arrivals: number;
  /** When the first and the last request arrived, milliseconds since 1970. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** Refused by a limit of the provider. */
  readonly refusals: number;
  /** Rows that are not ok, and rows that are called ok and were never executed. Rows in doubt are not lost: they are listed. */
  readonly lost: number;
  /** Rows that were executed more than once and are not listed as in doubt, nor as sent again by the profile's `resend`. */
  readonly twice: number;
  /** Rows that are listed as sent again, and rows in doubt. */
  readonly resent: number;
  readonly inDoubt: number;
  /** For each limit that refused, how often. */
  readonly refusedBy: Readonly<Record<string, number>>;
};

type Line = {
  readonly at: number;
  readonly key?: string;
  readonly executed: boolean;
  readonly refusedBy?: string;
};

/** What a provider's log says: who arrived, and of which row it was executed how often. */
export type Heard = Pick<Judgement, 'arrivals' | 'firstAt' | 'lastAt' | 'refusals' | 'refusedBy'> & {
  readonly executions: ReadonlyMap<string, number>;
};

/** Reads a provider's log; rows are told by the header `x-row`. */
export function hear(log: string): Heard {
  const lines = ndjson<Line>(log);
  const executions = new Map<string, number>();
  const refusedBy: Record<string, number> = {};
  for (const {executed, key = '', refusedBy: limit} of lines) {
    if (executed) executions.set(key, (executions.get(key) ?? 0) + 1);
    if (limit !== undefined) refusedBy[limit] = (refusedBy[limit] ?? 0) + 1;
  }
  return {
    arrivals: lines.length,
    firstAt: lines[0]?.at ?? 0,
    lastAt: lines.at(-1)?.at ?? 0,
    refusals: Object.values(refusedBy).reduce((sum, count) => sum + count, 0),
    refusedBy,
    executions,
  };
}

/** Judges a run of rows 1 to `rows`, each of which told its number in the header `x-row`. */
export function judge(rows: number, log: string, runFolder: string): Judgement {
  const {executions, ...heard} = hear(log);
  const results = ndjson<{row: number; state: string}>(join(runFolder, 'results.ndjson'));
  const stateOf = new Map(results.map(({row, state}) => [row, state]));
  const {resent, doubted} = told(runFolder);
  let [lost, twice] = [0, 0];
  for (let row = 1; row <= rows; row++) {
    const times = executions.get(String(row)) ?? 0;
    const state = stateOf.get(row);
    if (state === 'ok' ? times === 0 : state !== 'in-doubt') lost += 1;
    if (times > 1 && !resent.has(row) && !doubted.has(row)) twice += 1;
  }
  return {
    ...heard,
    lost,
    twice,
    resent: resent.size,
    inDoubt: results.filter(({state}) => state === 'in-doubt').length,
  };
}

/** The rows that the journal says were sent again although they are not repeatable, and those it ever called in doubt. */
function told(runFolder: string): {resent: Set<number>; doubted: Set<number>} {
  const [resent, doubted] = [new Set<number>(), new Set<number>()];
  const files = existsSync(runFolder) ? readdirSync(runFolder) : [];
  for (const file of files.filter((name) => /^journal-\d+\.ndjson$/.test(name))) {
    for (const record of ndjson<{t: string; op: number; k?: string; resent?: boolean}>(join(runFolder, file))) {
      if (record.resent) resent.add(record.op);
      if (record.t === 'o' && record.k === 'unk') doubted.add(record.op);
    }
  }
  return {resent, doubted};
}

/** The lines of a file, none where there is no file; a line that was cut short is left out. */
export function ndjson<T>(file: string): T[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as T];
      } catch {
        return [];
      }
    });
}
