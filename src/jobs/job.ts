import type {AnswerRule, RefusedRule, StopRule} from '../profiles/profile.js';

/** Whose API a step speaks to, in the words that the command line has for it. */
export type JobProvider = {
  /** A built-in name, `NAME:VARIANT`, or a file, found from where the job stands. */
  readonly profile: string;
  readonly baseUrl?: string | undefined;
  readonly region?: string | undefined;
  readonly credential?: string | undefined;
  readonly envFile?: string | undefined;
  /** The OpenAPI document of which a step's `operation` is one, found from where the job stands. */
  readonly openapi?: string | undefined;
  readonly limit?: readonly string[] | undefined;
  readonly share?: string | undefined;
  readonly concurrency?: number | undefined;
  readonly pace?: 'even' | 'burst' | undefined;
};

/** Where the rows of a step come from: a file, or the rows of an earlier step that are ok. `distinct`: one row for each different set of these columns. */
export type StepInput = ({readonly file: string; readonly delimiter?: string | undefined} | {readonly step: string}) & {
  readonly distinct?: readonly string[] | undefined;
};

/** One input with one request template. */
export type Step = {
  readonly name: string;
  readonly provider: JobProvider;
  /** The steps that have to be settled before it starts, those that it joins or reads among them. */
  readonly needs: readonly string[];
  readonly input: StepInput;
  /** Steps whose captured values become columns, each found by the columns that both have. */
  readonly join: Readonly<Record<string, readonly string[]>>;
  readonly request?: string | undefined;
  readonly operation?: string | undefined;
  readonly headers: readonly string[];
  readonly body?: string | undefined;
  readonly form?: readonly string[] | undefined;
  readonly id?: string | undefined;
  readonly key?: string | undefined;
  readonly phase?: string | undefined;
  readonly scope: Readonly<Record<string, string>>;
  readonly capture: Readonly<Record<string, string>>;
  /** What answers mean, before what the profile says of them. */
  readonly answers: {
    readonly ok: readonly AnswerRule[];
    readonly failed: readonly AnswerRule[];
    readonly notExecuted: readonly AnswerRule[];
    readonly refused: readonly RefusedRule[];
    readonly stop: readonly StopRule[];
  };
  readonly inDoubt?: 'hold' | 'retry' | undefined;
  readonly onKeyFailure?: 'stop' | 'continue' | undefined;
  /** So many rows, equal in the columns of `by`, become one request, whose template has them as `rows`. */
  readonly batch?: {readonly size: number; readonly by: readonly string[]} | undefined;
  /** Of the rows that are equal in these columns one stands for all. */
  readonly collapse?: {readonly by: readonly string[]; readonly keep: 'first' | 'last'} | undefined;
};

/** A migration of several steps, in an order in which each comes after what it needs. */
export type Job = {readonly steps: readonly Step[]};
