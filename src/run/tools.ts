import type {Exchange} from '../exchange.js';
import type {Sender} from '../http/exchange.js';
import type {Journal} from '../journal/journal.js';
import type {NamedLanes} from '../journal/named-lanes.js';
import type {JournalRecord} from '../journal/record.js';
import type {Used} from '../limits/blame.js';
import type {Lane} from '../limits/lane.js';
import type {Ledger} from '../limits/ledger.js';
import type {ServerClock} from '../limits/server-clock.js';
import type {Operation} from '../operations/operation.js';
import type {Profile} from '../profiles/profile.js';
import type {Captures} from '../requests/capture.js';
import type {Request, Verdict} from '../requests/request.js';
import type {Secrets} from '../requests/secrets.js';
import type {Heap} from '../schedule/heap.js';
import type {LaneRows} from '../schedule/rows.js';
import type {Schedule} from '../schedule/schedule.js';
import type {Sequence} from '../schedule/sequence.js';
import type {Controls} from './controls.js';
import type {DoubtWatch} from './doubt.js';
import type {Finding} from './found.js';
import type {Measured} from './measured.js';
import type {Network} from './network.js';
import type {FailureLimit, FailureWatch, Stop} from './stop.js';

/** What the operator chose for this session. All of it may be chosen anew when a run is resumed. */
export type RunOptions = {
  readonly timeoutMs: number;
  readonly maxWaitMs: number;
  readonly maxOfflineMs: number;
  /** Undefined: as many as the profile says. */
  readonly maxAttempts: number | undefined;
  /** An instant; Infinity without `--deadline`. */
  readonly deadlineAt: number;
  readonly drainMs: number;
  readonly failureLimit: FailureLimit | undefined;
  readonly inDoubt: 'hold' | 'retry';
  readonly keepBodies: 'all' | 'failed' | 'none';
  /** What becomes of the rows behind a failed one of their key. */
  readonly onKeyFailure: 'stop' | 'continue';
};

/** An operation with the request that it became. */
export type Prepared = {readonly operation: Operation; readonly request: Request; readonly digest: string};

/** What a row has behind it that was attempted more than once. Rows settled at the first attempt leave no trace here. */
export type History = {
  /** Attempts that were journaled, refused ones included. */
  attempts: number;
  /** Attempts that count against `--max-attempts`. */
  counted: number;
  /** Refusals while other rows of its buckets were let through. */
  refusals: number;
  /** What each of its buckets had admitted when it was last refused. */
  admitted: readonly number[];
  /** When the first attempt left: an idempotency key is good for so long. */
  firstAt: number;
};

/** An attempt that has ended. */
export type Ended = {
  readonly startedAt: number;
  readonly exchange: Exchange;
  readonly verdict: Verdict;
  readonly history: History;
  /** What was used of its buckets when it started, where there are several. */
  readonly used?: Used | undefined;
};

/** A row that waits for its backoff. */
export type Delayed = {readonly at: number; readonly row: number};

/** `at` is when the answer came, `n` which attempt it was an answer to. */
export type Unauthorized = {readonly status: number; readonly why: string; readonly n: number; readonly at: number};

/** Everything one session of a run works with. */
export type Tools = {
  readonly run: string;
  /** When the run began, in its first session. */
  readonly begunAt: number;
  /** Attempts of a row in earlier sessions. */
  readonly attemptsBefore: (row: number) => number;
  /** Rows that an attempt of an earlier session may have executed: not their first, to whoever judges the answer. */
  readonly mayHaveRun: ReadonlySet<number>;
  profile: Profile;
  readonly controls: Controls;
  readonly options: RunOptions;
  readonly journal: Journal;
  /** Appends to the journal and folds the same record into the counts: what is not in the journal cannot be shown. */
  readonly record: (record: JournalRecord) => void;
  /** How many records have changed what is to be expected of the rest. */
  news: number;
  readonly measured: Measured;
  readonly ledger: Ledger;
  readonly schedule: Schedule;
  readonly rows: LaneRows;
  /** The lanes whose buckets the journal has. */
  readonly namedLanes: NamedLanes;
  /** Undefined where no row waits for another. */
  readonly sequence: Sequence | undefined;
  readonly lanes: Map<number, Lane>;
  /** Reads a row by its place and builds its request. */
  readonly prepare: (row: number) => Prepared;
  /** What is kept of the answers of rows that are ok. */
  readonly captures: Captures;
  readonly sender: Sender;
  readonly secrets: Secrets;
  readonly network: Network;
  readonly failures: FailureWatch;
  readonly doubt: DoubtWatch;
  readonly histories: Map<number, History>;
  readonly delayed: Heap<Delayed>;
  /** Rows answered 401 since the last success: they fail when a later one succeeds, and end the run when they are three. */
  readonly unauthorized: Map<number, Unauthorized>;
  /** Rows that failed for a 401 because their keys had no other row to prove them wrong; since the last success. */
  unproven: number;
  readonly abort: AbortController;
  readonly random: () => number;
  /** Something went wrong that no attempt can mend: the run ends. */
  readonly fail: (error: unknown) => void;
  /** Tells the operator something, once. */
  readonly say: (line: string) => void;
  readonly said: Set<string>;
  /** Windows of buckets of which the journal has a limit that the server told. */
  readonly learnedOf: Set<string>;
  /** By limit: what was found out of those that nobody told. */
  readonly findings: Map<number, Finding>;
  serverClock: ServerClock;
  stop: Stop | undefined;
  /** Attempts under way. */
  inFlight: number;
  /** Rows are left, and the turn of none has come. */
  waitsForTurn: boolean;
  /** What the loop rests for, and until when; for people. */
  waitsFor: number | undefined;
  waitsUntil: number | undefined;
  /** Wakes the loop: something ended, or the run is to stop. */
  wake: () => void;
};
