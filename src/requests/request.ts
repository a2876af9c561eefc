import type {WireRequest} from '../exchange.js';
import type {BucketRef} from '../limits/limit.js';

/** A request and all that the run has to know of it. Its headers hold no credential, no host and no content-length. */
export type Request = WireRequest & {
  /** The profile's name for it, when the route is known. */
  readonly operation: string | undefined;
  readonly group: string | undefined;
  /** The name of the profile's credential that goes with it. */
  readonly credential: string | undefined;
  /** Every bucket it falls into, in the order of the profile's limits. */
  readonly buckets: readonly BucketRef[];
  /** May be sent again when nobody knows whether it was executed. */
  readonly repeatable: boolean;
};

/**
 * What one exchange means for its operation. `ok` has a `why` where the status alone does not tell. `refused` never settles it and costs it no
 * attempt; `backoff`: the profile lets it be sent again after a wait (`resent`: although it is not repeatable, so it is listed); `unsent`: it
 * never left; `stop` ends the run and leaves the row pending (`renews`: when what is used up comes back, as a profile writes it). A refusal names
 * the limits it is one of, if it tells.
 */
export type Verdict =
  | {
      readonly kind: 'ok';
      readonly status: number;
      readonly bodyLost: boolean;
      readonly why?: string | undefined;
    }
  | {readonly kind: 'failed'; readonly status: number | undefined; readonly why: string}
  | {readonly kind: 'refused'; readonly status: number; readonly limits?: readonly string[] | undefined}
  | {readonly kind: 'backoff'; readonly status: number | undefined; readonly why: string; readonly resent: boolean}
  | {readonly kind: 'in-doubt'; readonly status: number | undefined; readonly why: string}
  | {readonly kind: 'unsent'; readonly why: string}
  | {readonly kind: 'unauthorized'; readonly status: number; readonly why: string}
  | {
      readonly kind: 'stop';
      readonly status: number | undefined;
      readonly why: string;
      readonly code: 'rule' | 'certificate';
      readonly renews?: string | undefined;
    };
