import {join, resolve} from 'node:path';
import {budgetId, findState, openState, stateFolder} from '../budgets/state.js';
import {findTurnHolder, type Turn, type TurnHolder, takeTurn, type Waiting} from '../budgets/turn.js';
import {enrol, type Used, usedBy} from '../budgets/users.js';
import {now, wallNow} from '../clock.js';
import {errorCode} from '../journal/disk.js';
import {Problem} from '../problem.js';
import {budgetBusy, sayWaiting, turnTooLate, waitInterrupted} from './busy.js';
import {listen} from './signals.js';

/** Whose turn it is to be, and how long it may wait for it. */
export type Claim = {
  readonly run: string;
  readonly folder: string;
  readonly origin: string;
  /** What stands for each credential that is sent, under that salt. */
  readonly accounts: (salt: string) => readonly string[];
  /** How long an attempt can be of interest: see `recallSpanMs`. */
  readonly spanMs: number;
  readonly timeoutMs: number;
  readonly ifBusy: 'wait' | 'fail';
  readonly deadlineAt: number;
};

/** What others in line are told of a session: when it is expected to end, and the end of the longest pause; both by the wall clock. */
export type Outlook = {readonly until: number | undefined; readonly pausedUntil: number};

/** The turns of one session at all budgets it uses: one for each credential. Has to be released, before the lock of the run folder is. */
export type Turns = {
  /** What other runs have used. */
  readonly used: Used;
  /** Says that this run uses the budgets, before its first attempt leaves. */
  begin(): Promise<void>;
  /** Tells those in line how it stands, every few seconds; `last`: at once. `outlook` is asked only then. */
  note(outlook: () => Outlook, last?: 'last'): void;
  release(): Promise<void>;
};

type Ears = {readonly env: Readonly<Record<string, string | undefined>>; readonly say: (line: string) => void};

const NOTE_EVERY_MS = 3000;
/** How it stands is said anew where it has changed, but a guess that is made anew is not news every second. */
const SAY_EVERY_MS = 60_000;
/** So long is waited for the name of who has the turn. */
const UNNAMED_MS = 1000;
const NOTHING_USED: Used = {attempts: [], pauses: [], learned: [], lateMs: 0};

/**
 * Waits until no other run of this user works with the same origin and credential, in order of arrival; then tells what was used before. Throws
 * BUDGET_BUSY or TURN_TOO_LATE (75), WAIT_INTERRUPTED (130, 143, 129). Where there can be no state folder it says so, and does not wait.
 */
export async function takeTurns(claim: Claim, ears: Ears): Promise<Turns> {
  const state = stateFolder(ears.env);
  try {
    return await takeFrom(state, await openState(state), claim, ears.say);
  } catch (error) {
    if (error instanceof Problem) throw error;
    ears.say(
      `${state} cannot be used (${errorCode(error)}): nobody knows what other runs use of these limits; name another folder with SLUICE_STATE`,
    );
    return {used: NOTHING_USED, begin: async () => {}, note: () => {}, release: async () => {}};
  }
}

/** Where the budgets of a claim are kept: in the same order for all, so that no two wait for each other. */
function budgetFolders(state: string, salt: string, {accounts, origin}: Claim): string[] {
  const ids = accounts(salt).map((account) => budgetId(salt, origin, account));
  return [...new Set(ids)].sort().map((id) => join(state, 'budgets', id));
}

/** What others have used of the budgets of a claim, and who of them has its turn now. Takes no turn, and writes nothing. */
export async function lookAtTurns(
  claim: Claim,
  {env, say}: Ears,
): Promise<{readonly used: Used; readonly holders: readonly TurnHolder[]}> {
  const state = stateFolder(env);
  const salt = await findState(state);
  if (salt === undefined) return {used: NOTHING_USED, holders: []};
  const folders = budgetFolders(state, salt, claim);
  const onLost = (folder: string, why: string) =>
    say(`what ${folder} used of these limits is not known, or not all of it: ${why}`);
  const used = await usedBy(folders, {...claim, now: wallNow(), looksOnly: true, onLost});
  const found = await Promise.all(folders.map(findTurnHolder));
  return {used, holders: found.filter((holder) => holder !== undefined && holder.run !== claim.run) as TurnHolder[]};
}

async function takeFrom(state: string, salt: string, claim: Claim, say: Ears['say']): Promise<Turns> {
  const folders = budgetFolders(state, salt, claim);
  const turns: Turn[] = [];
  const release = async () => {
    for (const turn of turns.splice(0).reverse()) await turn.release();
  };
  try {
    await waitForAll(folders, turns, claim, say);
    const onLost = (folder: string, why: string) =>
      say(`what ${folder} used of these limits is not known, or not all of it: ${why}`);
    const used = await usedBy(folders, {...claim, now: wallNow(), onLost});
    return {used, ...announcing(folders, turns, claim, say), release};
  } catch (error) {
    await release();
    throw error;
  }
}

/** Signals end the waiting, and nothing else does but the deadline. */
async function waitForAll(folders: readonly string[], turns: Turn[], claim: Claim, say: Ears['say']): Promise<void> {
  const ending = new AbortController();
  let reason: Problem | undefined;
  let waiting: Waiting | undefined;
  const end = (problem: Problem) => {
    reason ??= problem;
    ending.abort();
  };
  const unlisten = listen({
    finish: (signal, exit) => end(waitInterrupted(signal, exit)),
    abort: () => {},
    show: () => waiting && say(sayWaiting(waiting, wallNow())),
  });
  const tell = teller(say);
  const askedAt = now();
  const onWait = (found: Waiting) => {
    waiting = found;
    // Who has just taken it has not said yet who it is.
    const named = found.holder !== undefined || now() - askedAt > UNNAMED_MS;
    if (claim.ifBusy === 'fail' && named) throw budgetBusy(found, wallNow());
    // Whoever finds nobody there goes on to what its deadline means to a session.
    if (now() >= claim.deadlineAt) throw turnTooLate(found, wallNow());
    if (named) tell(found);
  };
  try {
    for (const folder of folders) {
      const turn = await takeTurn(folder, {onWait, signal: ending.signal});
      if (turn) {
        turns.push(turn);
        await turn.tell(holderOf(claim));
      }
      if (reason) throw reason;
    }
  } finally {
    unlisten();
  }
}

/** Says how it stands once, and again when somebody else has the turn or the line has moved; a new guess of the end, once a minute. */
function teller(say: Ears['say']): (waiting: Waiting) => void {
  let who = '';
  let line = '';
  let saidAt = 0;
  return (waiting) => {
    const text = sayWaiting(waiting, wallNow());
    const place = `${waiting.holder?.run} ${waiting.ahead}`;
    if (place === who && (text === line || now() - saidAt < SAY_EVERY_MS)) return;
    [who, line, saidAt] = [place, text, now()];
    say(text);
  };
}

function announcing(
  folders: readonly string[],
  turns: readonly Turn[],
  claim: Claim,
  say: Ears['say'],
): Pick<Turns, 'begin' | 'note'> {
  const {run, spanMs, timeoutMs} = claim;
  const {folder} = holderOf(claim);
  let pausedUntil = 0;
  let notedAt = 0;
  const enrolAll = async () => {
    for (const each of folders) await enrol(each, {run, folder, spanMs, timeoutMs, pausedUntil});
  };
  const tellAll = async (until: number | undefined) => {
    for (const turn of turns) await turn.tell({...holderOf(claim), until});
  };
  return {
    begin: () =>
      enrolAll().catch((error: unknown) =>
        say(`runs that follow will not know what this one uses (${errorCode(error)})`),
      ),
    note: (outlook, last) => {
      if (last === undefined && now() - notedAt < NOTE_EVERY_MS) return;
      notedAt = now();
      const found = outlook();
      const longer = found.pausedUntil > Math.max(pausedUntil, wallNow());
      pausedUntil = Math.max(pausedUntil, found.pausedUntil);
      // It is for people and for a later run to find its way: a run is not ended by it.
      if (longer) enrolAll().catch(() => {});
      if (last === undefined) tellAll(found.until).catch(() => {});
    },
  };
}

function holderOf({run, folder}: Claim): TurnHolder {
  return {run, folder: resolve(folder), pid: process.pid};
}
