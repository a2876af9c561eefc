import type {LaneBuckets} from './named-lanes.js';

/** The states of an operation as the journal settles them; `pending` is the absence of a settling record. */
export type State = 'pending' | 'ok' | 'failed' | 'in-doubt' | 'skipped';

/** How many rows stand where, and what it took. The one count that progress, summary and exit code are made of. */
export type Counts = {
  readonly rows: number;
  readonly ok: number;
  readonly failed: number;
  readonly inDoubt: number;
  readonly skipped: number;
  readonly pending: number;
  readonly attempts: number;
  readonly refusals: number;
};

/**
 * What was said of the pace of a run while it went on. What is absent stays as it was. `share` lies between 0 and 1; limits are named as the
 * profile names them.
 */
export type Control = {
  readonly share?: number;
  readonly concurrency?: number;
  readonly limits?: readonly {readonly name: string; readonly requests: number; readonly seconds: number}[];
  readonly pace?: 'even' | 'burst';
  readonly paused?: boolean;
};

/**
 * One line of the journal without its seal. Times (`at`, `until`, `ra`) are milliseconds of the run's clock, which is wall time at the start
 * of a session and monotonic from there; an `O` record ties them to the boot clock.
 *
 * `H` header · `O` a session opened · `b` the buckets of a lane · `i` an attempt may now leave · `o` what became of it · `d` a decision · `w` cells were corrected ·
 * `t` the template was changed · `q` a probe may now leave · `a` what it was answered · `p` a pause the provider ordered · `l` a limit that the server told · `f` what was found of one that nobody told ·
 * `s` the pace was set, or the run paused · `c` checkpoint · `E` a session ended.
 */
export type JournalRecord =
  | {
      readonly t: 'H';
      readonly fmt: number;
      readonly run: string;
      readonly tool: string;
      readonly input: {readonly sha256: string; readonly bytes: number; readonly rows: number};
      /** Digest of template, profile and base URL. */
      readonly plan: string;
    }
  | {
      readonly t: 'O';
      readonly at: number;
      readonly pid: number;
      readonly host: string;
      readonly boot: string;
      /** Milliseconds since the machine started, at `at`. */
      readonly up: number;
      /** What recovery found, the bytes it cut, and how many attempts had no outcome. */
      readonly v: 'new' | 'clean' | 'torn';
      readonly cut: number;
      readonly amb: number;
    }
  /** The attempts of lane `l` fall into these buckets, in this session. Stands before its first attempt, and again as `rememberLane` says. */
  | {readonly t: 'b'; readonly l: number; readonly in: LaneBuckets}
  | {
      readonly t: 'i';
      /** The row. */
      readonly op: number;
      /** Counts the attempts of the row from 1. */
      readonly n: number;
      /** The lane, which a `b` record has named. */
      readonly l: number;
      /** 8 hex digits of the SHA-256 of the rendered request. */
      readonly h: string;
      readonly at: number;
    }
  | {
      readonly t: 'o';
      readonly op: number;
      /** 0: settled without an attempt (a row left out by --skip-invalid). */
      readonly n: number;
      /** `not`: certainly not executed or to be sent again, so the row is pending (`ra`: not before). `unk`: in doubt. */
      readonly k: 'ok' | 'failed' | 'not' | 'unk' | 'skipped';
      readonly at: number;
      readonly st?: number;
      readonly ms?: number;
      readonly ra?: number;
      /** Why, in a stable word or error code: `refused`, `backoff`, `unsent`, `ECONNRESET`, `ROW_INVALID`. */
      readonly e?: string;
      /** A scrubbed sentence, at most 512 bytes. */
      readonly m?: string;
      /** The scrubbed start of the response body, at most 4 KiB. */
      readonly b?: string;
      /** What was captured of the answer, scrubbed, at most 4 KiB; null where it was not in there. */
      readonly cap?: Readonly<Record<string, unknown>>;
      /** The body of a success was lost. */
      readonly lost?: true;
      /** Was sent again although it is not repeatable, because the profile's `resend` says so. */
      readonly resent?: true;
    }
  | {
      readonly t: 'd';
      readonly op: number;
      readonly as: 'ok' | 'failed' | 'retry' | 'skip';
      readonly by: 'user' | 'policy' | 'recovery' | 'probe';
      readonly at: number;
      /** The status of the answer by which a probe decided. */
      readonly st?: number;
      readonly why?: string;
      /** What is to be captured, as a person found it at the provider. */
      readonly cap?: Readonly<Record<string, unknown>>;
      /** From here on the cells of the row are those that stand in the file of this `w` record. */
      readonly w?: number;
    }
  /** Failed rows were corrected in a file that is kept in the run folder; the `d` records that name its number say which of its rows count. */
  | {
      readonly t: 'w';
      readonly at: number;
      /** Counts the corrections of the run from 1. */
      readonly n: number;
      /** Its name in the run folder, and as the user wrote it. */
      readonly file: string;
      readonly name: string;
      readonly sha256: string;
      readonly bytes: number;
      readonly delimiter: string;
    }
  /** A probe of the row, which is in doubt and stays so until a `d` settles it: it counts in the buckets of lane `l`. */
  | {readonly t: 'q'; readonly op: number; readonly l: number; readonly at: number}
  /** What the last probe of the row was answered. Without `st` it was not; `e` is `unsent` where it never left. */
  | {
      readonly t: 'a';
      readonly op: number;
      readonly at: number;
      readonly st?: number;
      readonly ms?: number;
      readonly e?: string;
      /** A scrubbed sentence where the row stays in doubt, at most 512 bytes. */
      readonly m?: string;
    }
  /** Somebody accepted another template: what is sent from here on goes by it. */
  | {
      readonly t: 't';
      readonly at: number;
      /** Counts the changes of the run from 1. */
      readonly n: number;
      /** The digest of what is asked from now on, and of what was asked before. */
      readonly plan: string;
      readonly was: string;
      /** The manifest as it was before, in the run folder. */
      readonly file: string;
    }
  /** An answer to `op` closed the buckets of its lane until `until`; where limits are named in `of`, only theirs. */
  | {
      readonly t: 'p';
      readonly op: number;
      readonly l: number;
      readonly at: number;
      readonly until: number;
      readonly why: string;
      readonly of?: readonly string[];
    }
  /**
   * The server `said` how many requests it allows in the window of `seconds` of one bucket of lane `l`, the one of `limit`; from now on
   * `requests` are used, where `was` were before. `label` is the bucket's name for people.
   */
  | {
      readonly t: 'l';
      readonly l: number;
      readonly at: number;
      readonly limit: string;
      readonly label: string;
      readonly seconds: number;
      readonly was: number;
      readonly said: number;
      readonly requests: number;
    }
  | ({readonly t: 's'; readonly at: number} & Control)
  /** What was found out of a limit that nobody told: the windows that the server names, or the pace that it allows. The newest counts. */
  | {
      readonly t: 'f';
      readonly at: number;
      readonly limit: string;
      readonly windows?: readonly {
        readonly requests: number;
        readonly seconds: number;
        readonly kind: 'rolling' | 'fixed' | 'counter' | 'bucket';
      }[];
      /** The response headers that told them. */
      readonly headers?: {
        readonly limit?: string | undefined;
        readonly remaining?: string | undefined;
        readonly reset?: string | undefined;
      };
      /** Starts per second that were allowed, and the lowest pace that was refused. */
      readonly pace?: number;
      readonly ceiling?: number;
      /** How many were on their way at once, where more were refused. */
      readonly atOnce?: number;
      readonly sent?: number;
      readonly refused?: number;
    }
  | {readonly t: 'c'; readonly at: number; readonly counts: Counts}
  | {
      readonly t: 'E';
      readonly at: number;
      readonly why: string;
      readonly exit: number;
      readonly counts: Counts;
      readonly next?: string;
    };

/** Where one file of the journal ends and the next begins. Only reader and writer see these; no fold does. */
export type SegmentRecord =
  | {readonly t: 'next'; readonly file: string}
  | {readonly t: 'prev'; readonly file: string; readonly seq: number};

/** The first line of a journal. */
export type HeaderRecord = Extract<JournalRecord, {t: 'H'}>;

/** The line with which a session opens. */
export type OpenedRecord = Extract<JournalRecord, {t: 'O'}>;

/** The line that says where corrected cells stand. */
export type CorrectionRecord = Extract<JournalRecord, {t: 'w'}>;

/** The line that says that the template was changed. */
export type TemplateRecord = Extract<JournalRecord, {t: 't'}>;

/** The line that says what was found out of a limit. */
export type FoundRecord = Extract<JournalRecord, {t: 'f'}>;

/** The line that says what a probe was answered. */
export type ProbedRecord = Extract<JournalRecord, {t: 'a'}>;

/** The line that says what became of an attempt. */
export type OutcomeRecord = Extract<JournalRecord, {t: 'o'}>;
