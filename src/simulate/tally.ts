import {createReadStream} from 'node:fs';
import {createInterface} from 'node:readline';

/** One request as the provider saw it: a line of its log. */
export type LogLine = {
  /** Milliseconds since 1970: the arrival. */
  readonly at: number;
  /** Counts arrivals from 1. */
  readonly n: number;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** 16 hex digits of the SHA-256 of method, path, query and body. */
  readonly fingerprint: string;
  /** The value of the header `x-row`, when the sender told it. */
  readonly key?: string | undefined;
  readonly executed: boolean;
  /** Absent when there was no answer. */
  readonly status?: number | undefined;
  /** The limit and window without room. */
  readonly refusedBy?: string | undefined;
  /** The name of the fault that hit it. */
  readonly fault?: string | undefined;
  /** Windows that were fuller than ever before with this arrival: how full, as a part of the limit. */
  readonly worst?: Readonly<Record<string, number>> | undefined;
};

/** What a provider saw in all. */
export type Tally = {
  readonly arrivals: number;
  readonly executed: number;
  /** Different requests among the executed. */
  readonly distinct: number;
  /** Different requests that were executed more than once. */
  readonly twice: number;
  readonly refused: number;
  /** How often each fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  /** The most that arrived in any window, refused or not, as a part of the limit: above 1 the sender went too fast. */
  readonly worst: Readonly<Record<string, number>>;
};

/** Adds up log lines as they come. Two executions are the same when method, path, query and body are. */
export type TallyKeeper = {add(line: LogLine): void; read(): Tally};

/** Keeps a number of 53 bits for each different request, so that a million of them fit. */
export function keepTally(): TallyKeeper {
  const once = new Set<number>();
  const twice = new Set<number>();
  const counts = {arrivals: 0, executed: 0, refused: 0};
  const faults: Record<string, number> = {};
  const worst: Record<string, number> = {};
  return {
    add: (line) => {
      counts.arrivals++;
      if (line.refusedBy !== undefined) counts.refused++;
      if (line.fault !== undefined) faults[line.fault] = (faults[line.fault] ?? 0) + 1;
      for (const [label, part] of Object.entries(line.worst ?? {})) worst[label] = Math.max(part, worst[label] ?? 0);
      if (!line.executed) return;
      counts.executed++;
      const number = Number.parseInt(line.fingerprint.slice(0, 13), 16);
      if (once.has(number)) twice.add(number);
      once.add(number);
    },
    read: () => ({...counts, distinct: once.size, twice: twice.size, faults: {...faults}, worst: {...worst}}),
  };
}

/** The tally of a log, also of one whose last line was cut short. */
export async function readTally(logFile: string): Promise<Tally> {
  const keeper = keepTally();
  for await (const text of createInterface({input: createReadStream(logFile), crlfDelay: Number.POSITIVE_INFINITY})) {
    const line = readLine(text);
    if (line) keeper.add(line);
  }
  return keeper.read();
}

function readLine(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}
