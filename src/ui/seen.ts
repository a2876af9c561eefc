import type {View as RunView} from '../run/view.js';
import {sayInstant} from './instant.js';
import type {View} from './view.js';

/** A running session as a person sees it. A lane's bar is how much of its tightest window is used. */
export function seen({at, counts, perSecond, doneAt, waiting, lanes}: RunView): View {
  const {rows, ok, failed, inDoubt, pending, refusals} = counts;
  return {
    ...{rows, ok, failed, inDoubt, refusals, perSecond},
    done: rows - pending,
    etaAt: doneAt,
    waiting: waiting && `waiting for ${waiting.on}; next at ${sayInstant(waiting.until, at, 'seconds')}`,
    lanes: lanes.map(({name, window, used, requests, fullUntil}) => ({
      name: `${name}, ${window}`,
      done: used,
      rows: requests,
      waits: fullUntil === undefined ? undefined : `full until ${sayInstant(fullUntil, at, 'seconds')}`,
    })),
  };
}
