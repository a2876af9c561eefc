import type {State} from '../journal/record.js';
import {type Standing, skippedForKey, stateOf} from '../journal/states.js';
import type {Part} from '../schedule/line-up.js';

/** What was said on resume of rows that are not pending. */
type Wanted = {readonly retryFailed: boolean; readonly options: {readonly inDoubt: 'hold' | 'retry'}};

/** A row that was skipped because another failed is sent again with that one. */
export function stateIn(standing: Standing, row: number): State {
  return skippedForKey(standing, row) ? 'failed' : stateOf(standing, row);
}

/** What a row that is not sent in this session is to those behind it. */
export function partOf(state: State): Part {
  switch (state) {
    case 'pending':
      return 'outside';
    case 'in-doubt':
      return 'doubt';
    case 'failed':
      return 'failed';
    case 'ok':
    case 'skipped':
      return 'done';
  }
}

/** Which states a row can be sent from, before its request is known. */
export function mayBeSent(state: State, {retryFailed}: Wanted): boolean {
  return state === 'pending' || state === 'in-doubt' || (retryFailed && state === 'failed');
}

/** On whose word a row is sent: it was pending all along, or somebody decides that it is sent again. Undefined: it is not. */
export function whoSends(state: State, {retryFailed, options}: Wanted, mayRepeat: boolean) {
  if (state === 'pending') return 'pending';
  if (state === 'failed') return retryFailed ? 'user' : undefined;
  if (state !== 'in-doubt') return undefined;
  if (options.inDoubt === 'retry') return 'policy';
  return mayRepeat ? 'recovery' : undefined;
}
