import type {Account, Listing} from './account.js';
import type {Reply} from './answers.js';
import type {Arrival} from './arrival.js';

/** What a provider keeps in memory of all that was executed: it hands out ids, refuses unknown parents and duplicates. */
export type World = {
  /** Of what there is an account. */
  readonly kinds: readonly string[];
  /** Executes a request that the limits let through. `now`: its arrival. */
  answer(request: Arrival, now: number): Reply;
  account(): Account;
  /** Undefined: no such kind. */
  list(kind: string): Listing | undefined;
};
