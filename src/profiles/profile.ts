import type {WindowRule} from '../limits/limit.js';
import type {Pace} from '../limits/pace.js';

/** Whose word a figure is, and when it was read. */
export type Source = {readonly url: string; readonly date: string; readonly says: string};

/** How a credential reaches a request. `name` is what `--credential` chooses by; exactly one of `header` and `query` is set. */
export type CredentialRule = {
  readonly name: string;
  readonly header?: string | undefined;
  readonly query?: string | undefined;
  readonly prefix: string;
  /** The environment variable that holds the secret. */
  readonly env: string;
  /** Other credentials that go with every request this one is sent with: a project beside a key, a client id beside its secret. */
  readonly also?: readonly string[] | undefined;
  /** Fixed headers, never secret, that go with every request this one is sent with. Lower-case names. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
};

/** A named request. `route` is `METHOD /path/{parameter}`; the same method may be named by several operations. */
export type OperationRule = {
  readonly route: string;
  /** Other routes by which the provider knows the same operation. A named operation is sent by `route`, and recognised by all of them. */
  readonly aliases?: readonly string[] | undefined;
  readonly group?: string | undefined;
  /** May be sent again when it is in doubt whether it was executed, whatever the method. */
  readonly repeatable?: boolean | undefined;
  readonly credential?: string | undefined;
  /** One request may carry many: where they stand, a JSON pointer into the body (or `?name`, a query parameter), and how many at most. */
  readonly batch?: {readonly field: string; readonly max?: number | undefined} | undefined;
};

/**
 * One place a scope value can come from. `row`: the row's `scope.NAME` or the operator's `--scope`. `machine`: one value for this
 * machine. `credential`: the credential that is sent. `path`: the named path parameter of the operation's route. `pattern`: the
 * first group of a regular expression over the path. `body`: a JSON pointer. `header`: a request header.
 */
export type ScopeSource =
  | {readonly kind: 'row' | 'machine' | 'credential'}
  | {readonly kind: 'path'; readonly name: string; readonly matches?: string | undefined}
  | {readonly kind: 'pattern'; readonly pattern: string}
  | {readonly kind: 'body'; readonly pointer: string}
  | {readonly kind: 'header'; readonly name: string};

/** `absent`: what happens to a request that yields no value. `share`: all of them use one bucket. `skip`: the limit does not apply. */
export type ScopeRule = {readonly from: readonly ScopeSource[]; readonly absent: 'share' | 'skip'};

/** What a provider allows, to whom. With neither `groups` nor `operations` it covers every request. */
export type Limit = {
  readonly name: string;
  readonly groups?: readonly string[] | undefined;
  readonly operations?: readonly string[] | undefined;
  /** Covers only requests sent with one of these credentials; `none` means without any. */
  readonly with?: readonly string[] | undefined;
  readonly per: readonly string[];
  readonly windows: readonly WindowRule[];
  /** What it allows is not known: a run begins at the pace of the first window, and finds it out. */
  readonly learn?: boolean | undefined;
};

export type ResetFormat = 'epoch-seconds' | 'epoch-ms' | 'seconds' | 'ms' | 'iso' | 'http-date' | 'duration';

/** Which headers carry the quota, and which window they describe. Names are lower case. */
export type HeaderRule = {
  readonly limit?: string | undefined;
  readonly remaining?: string | undefined;
  readonly reset?: string | undefined;
  readonly format?: ResetFormat | undefined;
  /** The limits (by name) and the length of the one window of theirs that the headers speak of. Absent: told by length. */
  readonly describes?:
    | {readonly limits?: readonly string[] | undefined; readonly seconds?: number | undefined}
    | undefined;
  readonly trust: 'none' | 'down' | 'up';
};

/** `4xx`, `429`, or several. All members of a rule must hold. `json` maps JSON pointers to the value expected, or `true` for: is there. */
export type AnswerRule = {
  readonly status?: readonly string[] | undefined;
  readonly body?: string | undefined;
  readonly json?: Readonly<Record<string, unknown>> | undefined;
  readonly header?: Readonly<Record<string, string>> | undefined;
  readonly why?: string | undefined;
};

/** A refusal; `limits` names those that it is a refusal of, where the answer tells. */
export type RefusedRule = AnswerRule & {readonly limits?: readonly string[] | undefined};

/** An answer that ends the run. `renews`: `hourly`, `daily` or `07:30Z`, when what is used up comes back. */
export type StopRule = AnswerRule & {readonly renews?: string | undefined};

/**
 * How to find out whether a request in doubt was executed: `request` (`GET /path/{{ … }}`) is made of that request and its row, and its answer says
 * that it happened, or that it did not, or neither. It is for the requests of these operations and groups.
 */
export type ProbeRule = {
  readonly operations?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly request: string;
  readonly happened: readonly AnswerRule[];
  readonly didNot: readonly AnswerRule[];
};

export type RetryRule = {
  readonly attempts: number;
  readonly statuses: readonly number[];
  readonly firstSeconds: number;
  readonly factor: number;
  readonly maxSeconds: number;
  readonly jitterSeconds: number;
};

/** One provider's facts, complete: every default is filled in, every name lower-cased where case does not count. */
export type Profile = {
  readonly name: string;
  readonly title: string;
  readonly baseUrl?: string | undefined;
  readonly regions: Readonly<Record<string, string>>;
  readonly sources: readonly Source[];
  readonly credentials: readonly CredentialRule[];
  readonly operations: Readonly<Record<string, OperationRule>>;
  readonly scopes: Readonly<Record<string, ScopeRule>>;
  readonly limits: readonly Limit[];
  /** Names of variants, each with the limits it leaves out. Applied by `findProfile('NAME:VARIANT')`. */
  readonly variants: Readonly<Record<string, {readonly without: readonly string[]}>>;
  readonly concurrency: number;
  /** Between 0 and 1. */
  readonly share: number;
  /** Absent: `burst`. */
  readonly pace?: Pace | undefined;
  /** How long a session takes to reach its full rate; absent: no time. */
  readonly rampSeconds?: number | undefined;
  readonly headers: HeaderRule;
  readonly countRefusals: boolean;
  readonly stop: readonly StopRule[];
  readonly refused: readonly RefusedRule[];
  readonly notExecuted: readonly AnswerRule[];
  readonly failed: readonly AnswerRule[];
  readonly ok: readonly AnswerRule[];
  /** What the operator counts as ok, tried before `notExecuted` and `failed`. No file has it. */
  readonly okFirst?: readonly AnswerRule[] | undefined;
  readonly retry: RetryRule;
  readonly repeatable: {readonly methods: readonly string[]};
  readonly resend: readonly number[];
  readonly idempotencyKey?: {readonly header: string; readonly hours: number} | undefined;
  /** Absent: none. The first one that covers a request is for it. */
  readonly probes?: readonly ProbeRule[] | undefined;
};
