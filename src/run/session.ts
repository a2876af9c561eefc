import {callAt, now, wallNow} from '../clock.js';
import {exitOf} from '../journal/ending.js';
import type {Counts} from '../journal/record.js';
import {counts} from '../journal/states.js';
import {openRowFile} from '../operations/read.js';
import {EXIT, type ExitCode} from '../problem.js';
import {doubtNote} from '../schedule/notes.js';
import {carryOut} from './controls.js';
import {dispatch} from './dispatch.js';
import {openEta} from './eta.js';
import {recordFindings} from './found.js';
import {openTools, type Ready, stopOf} from './ready.js';
import {listen} from './signals.js';
import {type Stop, stopRun} from './stop.js';
import {watchControls} from './take-controls.js';
import type {Tools} from './tools.js';
import type {Outlook} from './turns.js';
import {beginningOf, viewOf} from './view.js';

/** How a session ended. */
export type Ending = {
  readonly counts: Counts;
  readonly exit: ExitCode;
  readonly why: string;
  readonly stop: Stop | undefined;
  /** Which rows stay pending behind rows in doubt. */
  readonly kept?: string | undefined;
};

const SHOW_EVERY_MS = 250;
/** A tick that comes so late was not held up by work: the machine slept, or the process was stopped. */
const SLEPT_MS = 5000;

/** Sends what is in line until all is settled or something stops it, and writes the end into the journal. */
export async function runSession(ready: Ready): Promise<Ending> {
  const rowFile = openRowFile(ready.input);
  const tools = openTools(ready, rowFile);
  ready.alarm.listen(tools.fail);
  const eta = openEta(ready, tools);
  const begun = beginningOf(ready, eta);
  const show = () => {
    eta.look();
    const view = viewOf(tools, ready.standing, begun);
    ready.watcher.show(view);
    ready.turns.note(() => outlookOf(tools, view.etaAt));
  };
  const controls = watchControls(ready.folder, {
    carryOut: (control) => carryOut(control, tools),
    commit: () => ready.journal.commit(),
    say: ready.watcher.say,
  });
  ready.watcher.say(announce(ready));
  const unlisten = listen({
    finish: (signal, exit) => {
      ready.watcher.say(`${signal}: finishing ${tools.inFlight} in flight, nothing new is sent; once more to abort`);
      stopRun(tools, {why: signal, exit, message: signal});
    },
    abort: () => {
      ready.watcher.say('aborting what is in flight; those rows are in doubt');
      tools.abort.abort();
      tools.wake();
    },
    show,
  });
  await controls.look();
  const tick = () => {
    show();
    void controls.look();
  };
  const unwatch = everySoOften(tick, () => tools.sender.dropIdle());
  try {
    await dispatch(tools);
  } catch (error) {
    stopRun(tools, stopOf(error));
    await dispatch(tools);
  } finally {
    unwatch();
    unlisten();
    eta.close();
    await controls.look();
    tools.sender.close();
    rowFile.close();
  }
  ready.turns.note(() => outlookOf(tools, undefined), 'last');
  return end(ready, tools);
}

/** What those who wait for their turn, and those who come later, are told of this session. */
function outlookOf({ledger, options}: Tools, etaAt: number | undefined): Outlook {
  const wallOf = (at: number) => wallNow() + (at - now());
  const until = Math.min(etaAt ?? Number.POSITIVE_INFINITY, wallOf(options.deadlineAt));
  let closedUntil = 0;
  for (const bucket of ledger.buckets.values()) closedUntil = Math.max(closedUntil, bucket.closedUntil);
  return {until: until === Number.POSITIVE_INFINITY ? undefined : until, pausedUntil: wallOf(closedUntil)};
}

/** What is about to happen, to whom and on whose word: the last look before requests leave. */
function announce({intake, setting, secrets, folder}: Ready): string {
  const requests = intake.lanes.counts().reduce((sum, count) => sum + count, 0);
  const {profile, baseUrl} = setting;
  const as = secrets.credential === undefined ? 'without a credential' : `with credential ${secrets.credential}`;
  return `sending ${requests} rows to ${baseUrl} under ${profile.name}, ${as}; run folder ${folder}`;
}

async function end({journal, standing, intake, input}: Ready, tools: Tools): Promise<Ending> {
  const kept = intake.sequence && doubtNote(intake.sequence, {name: input.name, places: intake.places});
  const ending = (): Ending => {
    const all = counts(standing);
    // Who waits for a row in doubt waits for a person; whoever else is pending can be gone on with.
    const free = all.pending > (intake.sequence?.inDoubt.rows ?? 0);
    const exit = exitOf(all, tools.stop?.exit ?? (free ? EXIT.stopped : undefined));
    // Told to stop when nothing was left to do, it is complete all the same.
    const stop = exit === tools.stop?.exit ? tools.stop : undefined;
    const why = stop?.why ?? (free ? 'rows' : all.pending > 0 ? 'in-doubt' : 'complete');
    return {counts: all, exit, why, stop, kept};
  };
  const {why, exit, counts: all} = ending();
  try {
    recordFindings(tools, now());
    tools.record({t: 'E', at: Math.round(now()), why, exit, counts: all});
    await journal.close();
  } catch (error) {
    // Without an `E` the session counts as killed. The very last records may be the ones that are lost, so only now is it known how it ended.
    tools.fail(error);
  }
  return ending();
}

/** Calls `show` four times a second, and `slept` when the machine was away in between. */
function everySoOften(show: () => void, slept: () => void): () => void {
  let lastAt = now();
  let lastWall = wallNow();
  let cancel = () => {};
  const tick = () => {
    const away = Math.max(now() - lastAt, wallNow() - lastWall) > SHOW_EVERY_MS + SLEPT_MS;
    [lastAt, lastWall] = [now(), wallNow()];
    if (away) slept();
    show();
    cancel = callAt(now() + SHOW_EVERY_MS, tick);
  };
  cancel = callAt(now() + SHOW_EVERY_MS, tick);
  return () => cancel();
}
