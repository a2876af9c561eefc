import {relative} from 'node:path';
import type {TurnHolder, Waiting} from '../budgets/turn.js';
import {EXIT, type ExitCode, Problem} from '../problem.js';

/** `waiting for users.run (process 4711), which has this provider and credential until about 14:05; this run is next`. `now` is the wall clock's. */
export function sayWaiting(waiting: Waiting, now: number): string {
  const {ahead} = waiting;
  return `waiting for ${whoHas(waiting, 'which has', now)}; this run is ${ahead === 0 ? 'next' : `${ordinal(ahead + 1)} in line`}`;
}

/** A run that has its turn goes before one that is only looked at. */
export function sayFirst(holder: TurnHolder, now: number): string {
  return `${whoHas({holder, ahead: 0}, 'has', now)}; this run would wait for it`;
}

/** Whoever would rather not wait is told for whom, and until when. Exit 75. */
export function budgetBusy(waiting: Waiting, now: number): Problem {
  const {ahead} = waiting;
  const line = ahead === 0 ? '' : `, and ${ahead} more ${ahead === 1 ? 'waits' : 'wait'} for it`;
  return new Problem(
    'BUDGET_BUSY',
    `${whoHas(waiting, 'has', now)}${line}; nothing was begun`,
    'Begin again then, or leave it to --if-busy wait to wait for its turn.',
    {exit: EXIT.busy},
  );
}

/** The deadline came before the turn. Exit 75: nothing was begun that could be gone on with. */
export function turnTooLate(waiting: Waiting, now: number): Problem {
  return new Problem(
    'TURN_TOO_LATE',
    `--deadline was reached while waiting: ${whoHas(waiting, 'has', now)}; nothing was begun`,
    'Type the same again later, or with a later --deadline.',
    {exit: EXIT.busy},
  );
}

/** A signal ended the waiting, with the exit code of that signal. */
export function waitInterrupted(signal: string, exit: ExitCode): Problem {
  return new Problem(
    'WAIT_INTERRUPTED',
    `${signal} while waiting for its turn; nothing was begun`,
    'Type the same again.',
    {
      exit,
    },
  );
}

function whoHas({holder}: Waiting, has: 'has' | 'which has', now: number): string {
  const comma = has === 'has' ? '' : ',';
  if (!holder) return `another run${comma} ${has} this provider and credential`;
  const shown = relative('', holder.folder);
  const name = shown === '' || shown.startsWith('..') ? holder.folder : shown;
  const until = holder.until === undefined ? '' : ` until about ${sayUntil(Math.max(holder.until, now), now)}`;
  return `${name} (process ${holder.pid})${comma} ${has} this provider and credential${until}`;
}

/** `14:05`, with the date when it is another day's; seconds where it is a matter of seconds. */
function sayUntil(until: number, now: number): string {
  const date = new Date(until);
  const time = date.toTimeString().slice(0, until - now < 120_000 ? 8 : 5);
  if (date.toDateString() === new Date(now).toDateString()) return time;
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${day.join('-')} ${time}`;
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

function ordinal(place: number): string {
  return ORDINALS[place - 1] ?? `number ${place}`;
}
