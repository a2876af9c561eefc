import type {JournalRecord, OutcomeRecord, State} from '../journal/record.js';
import type {Scratch, Stretch} from './scratch.js';

/** How a settled row came out, as far as the journal tells. Instants are milliseconds of the run's clock. */
export type Outcome = {
  readonly state: Exclude<State, 'pending'>;
  /** The HTTP status of the attempt that settled it. */
  readonly status: number | null;
  readonly attempts: number;
  readonly at: number;
  /** When the last request of a row in doubt left, as far as the journal tells. */
  readonly sentAt: number | null;
  /** How long that attempt took. */
  readonly ms: number | null;
  readonly error: string | null;
  /** Why it is ok, where the status alone does not tell. */
  readonly note: string | null;
  readonly response: string | null;
  /** What was captured of its answer. */
  readonly captured: Readonly<Record<string, unknown>> | null;
  /** It was sent again although it is not repeatable, because the profile's `resend` says so. */
  readonly resent: boolean;
};

/** What is known of every row: some 35 bytes each in memory, and what was said about it in the scratch file. */
export type Outcomes = {
  /** Folds one more record. Records come in the order of the journal. */
  note(record: JournalRecord): void;
  /** Puts attempts without an outcome in doubt. For when the session that sent them is known to be dead. */
  settleOpen(): void;
  /** How `row` came out, or `undefined` while it is pending or in flight. */
  at(row: number): Outcome | undefined;
};

const PENDING = 0;
/** An attempt may have left, and its session may still tell what becomes of it. */
const OPEN = 5;
/** Its session ended without a word about it. */
const UNTOLD = 6;
const STATES = [
  'pending',
  'ok',
  'failed',
  'in-doubt',
  'skipped',
  'pending',
  'in-doubt',
] as const satisfies readonly State[];
const CODE_OF_OUTCOME = {ok: 1, failed: 2, unk: 3, skipped: 4, not: PENDING} as const;
const CODE_OF_DECISION = {ok: 1, failed: 2, skip: 4, retry: PENDING} as const;
const NO_MS = 0xffffffff;
const UNTOLD_ERROR = 'the run was killed or cut off while it was under way';

type Said = {
  readonly note?: string;
  readonly error?: string;
  readonly response?: string;
  readonly captured?: Readonly<Record<string, unknown>>;
};

/** Room for `rows` rows that have not been attempted. What the journal says about rows is kept in `scratch`. */
export function makeOutcomes(rows: number, scratch: Scratch): Outcomes {
  const size = rows + 1;
  const states = new Uint8Array(size);
  const statuses = new Uint16Array(size);
  const attempts = new Uint32Array(size);
  const times = new Float64Array(size);
  const lengths = new Uint32Array(size).fill(NO_MS);
  const saidAt = new Float64Array(size);
  const saidBytes = new Uint32Array(size);
  const resent = new Uint8Array(size);

  const say = (row: number, said: Said) => {
    const stretch: Stretch = Object.keys(said).length === 0 ? NOTHING : scratch.add(JSON.stringify(said));
    saidAt[row] = stretch.offset;
    saidBytes[row] = stretch.bytes;
  };
  const hear = (row: number): Said =>
    saidBytes[row] === 0 ? {} : JSON.parse(scratch.read({offset: saidAt[row]!, bytes: saidBytes[row]!}));
  const settle = (row: number, code: number, at: number, status: number | undefined, ms: number | undefined) => {
    states[row] = code;
    times[row] = at;
    statuses[row] = status ?? 0;
    lengths[row] = ms === undefined ? NO_MS : Math.round(ms);
  };

  const settleOpen = () => {
    for (let row = states.indexOf(OPEN); row >= 0; row = states.indexOf(OPEN, row + 1)) states[row] = UNTOLD;
  };

  return {
    settleOpen,
    note(record) {
      switch (record.t) {
        case 'i':
          attempts[record.op] = Math.max(attempts[record.op]!, record.n);
          settle(record.op, OPEN, record.at, undefined, undefined);
          return say(record.op, {});
        case 'o':
          if (record.resent) resent[record.op] = 1;
          settle(record.op, CODE_OF_OUTCOME[record.k], record.at, record.st, record.ms);
          return say(record.op, record.k === 'not' ? {} : saidOf(record));
        case 'd': {
          const said = {...hear(record.op), ...(record.why === undefined ? {} : {error: record.why})};
          states[record.op] = CODE_OF_DECISION[record.as];
          times[record.op] = record.at;
          // A row that somebody found to be ok has no error any more.
          if (record.as === 'failed' || record.as === 'skip') return say(record.op, said);
          return say(record.op, record.cap === undefined ? {} : {captured: record.cap});
        }
        case 'O':
          return settleOpen();
        case 'H':
        case 'b':
        case 'w':
        case 't':
        case 'p':
        case 'q':
        case 'a':
        case 'l':
        case 's':
        case 'f':
        case 'c':
        case 'E':
          return;
      }
    },
    at(row) {
      const code = states[row]!;
      const state = STATES[code]!;
      if (state === 'pending') return undefined;
      const said = hear(row);
      const ms = lengths[row] === NO_MS ? null : lengths[row]!;
      return {
        state,
        status: statuses[row] || null,
        attempts: attempts[row]!,
        at: times[row]!,
        sentAt: sentAt(code, times[row]!, ms),
        ms,
        error: said.error ?? (code === UNTOLD ? UNTOLD_ERROR : null),
        note: said.note ?? null,
        response: said.response ?? null,
        captured: said.captured ?? null,
        resent: resent[row] === 1,
      };
    },
  };
}

/** What a session said nothing of has the time of its attempt, and what it said has that of the answer it missed. */
function sentAt(code: number, at: number, ms: number | null): number | null {
  if (code === UNTOLD) return at;
  return code === CODE_OF_OUTCOME.unk && ms !== null ? at - ms : null;
}

const NOTHING: Stretch = {offset: 0, bytes: 0};

function saidOf({k, m, e, b, cap}: OutcomeRecord): Said {
  const word = m ?? e;
  return {
    ...(word === undefined ? {} : k === 'ok' ? {note: word} : {error: word}),
    ...(b === undefined ? {} : {response: b}),
    ...(cap === undefined ? {} : {captured: cap}),
  };
}
