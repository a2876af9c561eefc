import type {BucketRef} from '../limits/limit.js';

/** The first half of an HTTP exchange, complete but for the credential, which is put in at the last moment and never kept. */
export type Request = {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** Lower-case names. No credential, no host, no content-length. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** The profile's name for it, when the route is known. */
  readonly operation: string | undefined;
  readonly group: string | undefined;
  /** Which of the profile's credentials goes with it. */
  readonly credential: string | undefined;
  /** Every bucket it falls into. */
  readonly buckets: readonly BucketRef[];
  /** May be sent again when nobody knows whether it was executed. */
  readonly repeatable: boolean;
};

/** The second half: what arrived. `body` is at most as long as the cap of the exchange; `bodyLost` when its end never came. */
export type Response = {
  readonly status: number;
  /** Lower-case names; what came several times is joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly bodyLost: boolean;
};

/**
 * How one exchange ended, by the phase it had reached, never by the error code alone. `unsent`: no byte of the request left, so it may
 * be sent again freely. `unanswered`: it left and nobody knows. `untrusted`: the certificate was refused; sending again cannot help.
 */
export type Exchange =
  | {readonly kind: 'answered'; readonly response: Response}
  | {readonly kind: 'unsent'; readonly error: string; readonly message: string}
  | {readonly kind: 'unanswered'; readonly error: string; readonly message: string; readonly timedOut: boolean}
  | {readonly kind: 'untrusted'; readonly error: string; readonly message: string};

/**
 * What one exchange means for its operation. A refusal never settles it; `backoff` says that the profile lets it be sent again after a
 * wait; `stop` ends the run and leaves the row pending.
 */
export type Verdict =
  | {readonly kind: 'ok'; readonly status: number; readonly bodyLost: boolean}
  | {readonly kind: 'failed'; readonly status: number; readonly why: string}
  | {readonly kind: 'refused'; readonly status: number}
  | {readonly kind: 'backoff'; readonly status: number | undefined; readonly why: string; readonly resent: boolean}
  | {readonly kind: 'in-doubt'; readonly status: number | undefined; readonly why: string}
  | {readonly kind: 'unsent'; readonly why: string}
  | {readonly kind: 'unauthorized'; readonly status: number; readonly why: string}
  | {readonly kind: 'stop'; readonly status: number | undefined; readonly why: string; readonly code: 'rule' | 'certificate'};
