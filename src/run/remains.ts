import {now, readBoot, wallNow} from '../clock.js';
import {type Manifest, readManifest} from '../journal/folder.js';
import {findHolder} from '../journal/lock.js';
import type {Counts, JournalRecord} from '../journal/record.js';
import {readJournal, type recover} from '../journal/replay.js';
import {counts, fold, inFlight, rowsIn, type Standing, settleOpenAttempts} from '../journal/states.js';
import type {Ledger} from '../limits/ledger.js';
import {closeInput, type Input} from '../operations/source.js';
import {placeName} from '../problem.js';
import type {Profile} from '../profiles/profile.js';
import type {Request} from '../requests/request.js';
import type {Secrets} from '../requests/secrets.js';
import type {Latencies} from '../schedule/answers.js';
import type {Intake} from '../schedule/intake.js';
import {doubtNote} from '../schedule/notes.js';
import {claimOf, type World} from './begin.js';
import {sayFirst} from './busy.js';
import {fitInput} from './fit.js';
import {type Fixed, takeFixed} from './fixed.js';
import {latenciesOf, openMeasured} from './measured.js';
import {orderOf} from './order.js';
import {recalledLedger} from './recalled.js';
import {type Replayed, replayRun} from './replayed.js';
import {type Checked, check, hasWork, otherCredential, type ResumeOrder} from './resume.js';
import {holdBack} from './template.js';
import {lookAtTurns} from './turns.js';
import {waitOf} from './waits.js';

/** How a run stands, and what it has still to do. */
export type Remains = {
  readonly manifest: Manifest;
  /** Those under way are pending. */
  readonly counts: Counts;
  readonly state: 'running' | 'paused' | 'stopped';
  readonly underWay: number;
  readonly inDoubt: {readonly rows: number; readonly first: readonly string[]};
  /** Absent: nothing is left to be sent. */
  readonly rest?: Rest;
};

/** The rows that are still to be sent, and under which conditions. */
export type Rest = {
  readonly intake: Intake;
  /** With limits, share and pace as they are in force. */
  readonly profile: Profile;
  /** The windows as they are at `at`. */
  readonly ledger: Ledger;
  readonly at: number;
  /** What the run waits for now, and until when; absent while something can be sent. */
  readonly waits?: string | undefined;
  /** Absent while no answer came that is recent enough to tell. */
  readonly latencies?: Required<Latencies>;
  readonly preview: readonly Request[];
  readonly secrets: Secrets;
};

/** So many rows in doubt are named. */
const NAMED = 3;

/**
 * Reads what remains of a run, from its journal, its input and the budgets of this machine, as `resumeRun` would find it, also while the run goes on: no
 * lock is taken, no turn, and nothing is written. A secret that is missing is no fault. Throws what `resumeRun` throws before it writes.
 */
export async function readRemains(session: ResumeOrder, world: World): Promise<Remains> {
  const {folder} = session;
  const manifest = await readManifest(folder);
  const running = (await findHolder(folder)) !== undefined;
  const {read, paused} = lookOnly(running);
  const order = orderOf(manifest);
  const replayed = await replayRun(manifest, session, order, read);
  const {standing} = replayed;
  const before = counts(standing);
  const underWay = running ? landFlights(standing) : 0;
  const state = running ? (paused() ? 'paused' : 'running') : 'stopped';
  if (!hasWork(standing, session)) {
    settleOpenAttempts(standing);
    return {manifest, counts: before, state, underWay, inDoubt: {rows: before.inDoubt, first: []}};
  }
  let input: Input | undefined;
  let fixed: Fixed | undefined;
  try {
    input = (await fitInput(manifest, folder, session)).input;
    fixed = await takeFixed(input, {manifest, session, replayed, asked: order.asked});
    input = fixed.input;
    const dry = {...world, dry: true};
    const heldBack = await holdBack({folder, manifest, replayed, profile: order.asked.profile, at: now()});
    const accepting = {...session, acceptCredential: true};
    const parts = {order, session: accepting, replayed, input, begun: manifest, fixed, heldBack};
    const checked = await check(manifest, {...parts, world: dry});
    const again = new Set(checked.again.map(({row}) => row));
    const held = [...rowsIn(standing, 'in-doubt')].filter((row) => !again.has(row));
    const {intake} = checked;
    const place = (row: number) => placeName({file: manifest.name, line: intake.places.at(row).line, row});
    const kept = intake.sequence && doubtNote(intake.sequence, {name: manifest.name, places: intake.places});
    if (kept) world.watcher.say(kept);
    return {
      manifest,
      counts: running ? before : counts(standing),
      state,
      underWay,
      inDoubt: {rows: held.length, first: held.slice(0, NAMED).map(place)},
      rest: await restOf(checked, {session, world, replayed, manifest, running}),
    };
  } finally {
    if (input) await closeInput(input);
    await fixed?.close();
  }
}

type Found = {
  readonly session: ResumeOrder;
  readonly world: World;
  readonly replayed: Replayed;
  readonly manifest: Manifest;
  readonly running: boolean;
};

async function restOf(
  checked: Checked,
  {session, world, replayed, manifest, running}: Found,
): Promise<NonNullable<Remains['rest']>> {
  const {intake, setting, secrets} = checked;
  const {profile} = setting;
  const {past, found} = replayed;
  sayCredential(checked, manifest, session.folder, world);
  const {used, holders} = await lookAtTurns(claimOf(checked, session, setting.baseUrl), {
    env: world.env,
    say: world.watcher.say,
  });
  for (const holder of holders) world.watcher.say(sayFirst(holder, wallNow()));
  const at = now();
  const known = {profile, lanes: intake.lanes, past, found, used, timeoutMs: session.options.timeoutMs};
  const measured = openMeasured(past.attempts);
  const ledger = recalledLedger(known, {now: at, boot: readBoot(), beganAt: running ? past.opened?.at : at});
  return {
    intake,
    profile,
    ledger,
    at,
    waits: waitOf(intake, ledger, at),
    ...(measured.answers > 0 && {latencies: latenciesOf(measured, 0)}),
    preview: intake.preview,
    secrets,
  };
}

/** With another secret, or none, nobody can know what other runs have used; a resume would say so and stop. */
function sayCredential({secrets, account}: Checked, manifest: Manifest, folder: string, {watcher}: World): void {
  if (account === manifest.credential?.fingerprint) return;
  try {
    secrets.require(secrets.credential ?? '');
  } catch {
    watcher.say(
      'the credential of this run has no secret here: what other runs have used of its limits is not counted',
    );
    return;
  }
  watcher.say(otherCredential(manifest, folder).message);
}

/** Reads a journal as `recover` does, and changes nothing; tells whether the run is paused. What stands in a torn end may be on its way to the disk. */
function lookOnly(running: boolean): {readonly read: typeof recover; readonly paused: () => boolean} {
  let paused = false;
  const note = (record: JournalRecord) => {
    if (record.t === 'O') paused = false;
    if (record.t === 's' && record.paused !== undefined) paused = record.paused;
  };
  return {
    read: async (folder, {run, visit = () => {}}) => {
      const told = (record: JournalRecord) => {
        note(record);
        visit(record);
      };
      const found = await readJournal(folder, run, told, 'states');
      return running ? {...found, cutIntents: []} : found;
    },
    paused: () => paused,
  };
}

/** Who is under way in a run that goes on is taken to come out well: it is not sent again, and nobody waits for it. Returns how many are. */
function landFlights(standing: Standing): number {
  const rows: number[] = [];
  for (const row of rowsIn(standing, 'pending')) if (inFlight(standing, row)) rows.push(row);
  for (const op of rows) fold(standing, {t: 'o', op, n: 0, k: 'ok', at: 0});
  return rows.length;
}
