import {now, wallNow} from '../clock.js';
import {exitOf} from '../journal/ending.js';
import {type Manifest, readManifest, replaceManifest} from '../journal/folder.js';
import {Journal} from '../journal/journal.js';
import {acquireLock} from '../journal/lock.js';
import {foldRecent, newRecent, recentOf} from '../journal/recent.js';
import type {JournalRecord} from '../journal/record.js';
import {cutOutcomes, type Recovered, recover} from '../journal/replay.js';
import {counts, fold, newStanding, type Standing, settleOpenAttempts, stateOf} from '../journal/states.js';
import {closeInput, columnsOf, type Input} from '../operations/source.js';
import {EXIT, Problem} from '../problem.js';
import {applyLimits, type Overrides} from '../profiles/override.js';
import type {Profile} from '../profiles/profile.js';
import {type Order, rolesOf, settingOf} from '../requests/asked.js';
import type {Request} from '../requests/request.js';
import {inRanges, takeIn} from '../schedule/intake.js';
import {turnNotes} from '../schedule/notes.js';
import {inputChanged, reopenInput} from '../schedule/reopen.js';
import {mayBeSent, partOf, stateIn, whoSends} from './again.js';
import {openAlarm} from './alarm.js';
import {type Ended, openedRecord, secretsFor, type World} from './begin.js';
import {isKeyGood} from './idempotency.js';
import {controlled, orderOf, type Remembered, type SessionOrder, said} from './order.js';
import {type Ready, recorder} from './ready.js';
import {runSession} from './session.js';

/** What may be said on resume, beside the session's own order. Limits that were not said anew are those of the beginning. */
export type ResumeOrder = SessionOrder & {readonly retryFailed: boolean; readonly acceptCredential: boolean};

type Replayed = {
  readonly standing: Standing;
  readonly recovered: Recovered;
  readonly past: ReturnType<typeof recentOf>;
  readonly reached: boolean;
  readonly begunAt: number;
  /** Pending rows that an attempt may have executed: its answer did not say so, or somebody decided to send them again. */
  readonly mayHaveRun: ReadonlySet<number>;
  /** What holds instead of the profile: said now, else set while it went on, else said at the beginning. */
  readonly overrides: Overrides;
};

/**
 * Goes on with a run where its journal ends: what is settled stays so, attempts without an outcome are in doubt, windows and pauses are as they
 * were. Throws INPUT_CHANGED (65), CREDENTIAL_OTHER (77), and whatever lock, journal and manifest throw; nothing is sent then.
 */
export async function resumeRun(session: ResumeOrder, world: World): Promise<Ended> {
  const {folder} = session;
  const lock = await acquireLock(folder);
  let input: Input | undefined;
  try {
    const manifest = await readManifest(folder);
    const order = orderOf(manifest);
    const replayed = await replay(manifest, session, order);
    if (!hasWork(replayed.standing, session)) return nothingToDo(folder, manifest, replayed.standing);
    input = await reopenInput(manifest, folder);
    const ready = await prepare(manifest, {order, session, world, replayed, input});
    return {folder, run: manifest.run, ending: await runSession(ready)};
  } finally {
    if (input) await closeInput(input);
    await lock.release();
  }
}

async function replay(
  manifest: Manifest,
  {folder, overrides, options}: ResumeOrder,
  order: Order & Remembered,
): Promise<Replayed> {
  const standing = newStanding(manifest.input.rows);
  let inForce = order.overrides;
  // What was given up counts that much later, as while a session goes on.
  const spanMs = () => longestMs(order.asked.profile, said(inForce, overrides)) + options.timeoutMs;
  const recent = newRecent(spanMs());
  const mayHaveRun = new Set<number>();
  let reached = false;
  let begunAt = 0;
  const recovered = await recover(folder, {
    run: manifest.run,
    now: wallNow(),
    visit: (record) => {
      fold(standing, record);
      foldRecent(recent, record);
      if (record.t === 'o' && record.st !== undefined) reached = true;
      noteDoubt(mayHaveRun, record);
      if (record.t === 'O' && begunAt === 0) begunAt = record.at;
      if (record.t !== 's') return;
      inForce = controlled(inForce, record);
      recent.spanMs = Math.max(recent.spanMs, spanMs());
    },
  });
  return {
    standing,
    recovered,
    past: recentOf(recent),
    reached,
    begunAt,
    mayHaveRun,
    overrides: said(inForce, overrides),
  };
}

function longestMs(profile: Profile, overrides: Overrides): number {
  const {limits} = applyLimits(profile, overrides);
  return Math.max(0, ...limits.flatMap(({windows}) => windows.map(({seconds}) => seconds * 1000)));
}

/** Until it is settled: that it was refused or never sent since takes nothing back. */
function noteDoubt(mayHaveRun: Set<number>, record: JournalRecord): void {
  if (record.t === 'd' && record.as === 'retry' && record.by !== 'user') mayHaveRun.add(record.op);
  if (record.t !== 'o') return;
  if (record.k === 'not' && record.e === 'backoff') mayHaveRun.add(record.op);
  else if (record.k !== 'not') mayHaveRun.delete(record.op);
}

function hasWork(standing: Standing, {retryFailed, options}: ResumeOrder): boolean {
  const {pending, failed, inDoubt} = counts(standing);
  return pending > 0 || (retryFailed && failed > 0) || (options.inDoubt === 'retry' && inDoubt > 0);
}

function nothingToDo(folder: string, manifest: Manifest, standing: Standing): Ended {
  const all = counts(standing);
  return {folder, run: manifest.run, ending: {counts: all, exit: exitOf(all), why: 'complete', stop: undefined}};
}

type Parts = {
  readonly order: Order & Remembered;
  readonly session: ResumeOrder;
  readonly world: World;
  readonly replayed: Replayed;
  readonly input: Input;
};

async function prepare(manifest: Manifest, {order, session, world, replayed, input}: Parts): Promise<Ready> {
  const {folder} = session;
  const options = {...session.options, onKeyFailure: session.options.onKeyFailure ?? order.onKeyFailure};
  const {standing, recovered} = replayed;
  const chosen = session.credential ?? (manifest.credential?.name === 'none' ? undefined : manifest.credential?.name);
  const secrets = secretsFor(order, {...session, credential: chosen}, world);
  const account = secrets.fingerprint(manifest.credential?.salt ?? '');
  if (account !== manifest.credential?.fingerprint && !session.acceptCredential)
    throw otherCredential(manifest, folder);
  const columns = columnsOf(input);
  const roles = rolesOf(order.asked, input.name, columns);
  const setting = settingOf(order.asked, {
    overrides: replayed.overrides,
    columns,
    credential: secrets.credential,
  });
  const doubtful = cutOutcomes(recovered, Math.round(now()));
  const left = new Set([...settleOpenAttempts(standing), ...doubtful.map(({op}) => op)]);
  // Their records come when the journal is open; who is put in line is decided before.
  for (const each of doubtful) fold(standing, each);
  const {idempotencyKey} = order.asked.profile;
  const keyed = idempotencyKey !== undefined && isKeyGood(idempotencyKey, replayed.begunAt, now());
  const again: {row: number; by: 'user' | 'policy' | 'recovery'}[] = [];
  const accept = (row: number, request: Request) => {
    const by = whoSends(stateIn(standing, row), session, left.has(row) && (request.repeatable || keyed));
    if (by !== undefined && by !== 'pending') again.push({row, by});
    return by !== undefined;
  };
  const problems: Problem[] = [];
  const intake = await takeIn({
    input,
    roles,
    setting,
    wanted: (row) => row <= standing.rows && mayBeSent(stateIn(standing, row), session) && inRanges(row, session.rows),
    accept,
    partOf: (row) => partOf(row <= standing.rows ? stateOf(standing, row) : 'pending'),
    stopKeys: options.onKeyFailure === 'stop',
    checked: true,
    onBad: (_, problem) => problems.push(problem),
  });
  if (intake.sha256 !== manifest.input.sha256) throw inputChanged(manifest.name, manifest.input, intake);
  // A row that was left out as invalid is pending again only by --retry-failed, and stays failed as long as it is invalid.
  if (problems.length > 0 && !session.retryFailed) throw problems[0]!;
  if (intake.turns)
    for (const note of turnNotes(intake.turns, {name: input.name, places: intake.places})) world.watcher.say(note);
  for (const name of intake.credentials) secrets.require(name);
  if (account !== manifest.credential?.fingerprint)
    await replaceManifest(folder, withAccount(manifest, account, secrets.credential));
  const alarm = openAlarm();
  const journal = await Journal.open(folder, recovered, {onFailure: alarm.ring});
  const at = now();
  const record = recorder(journal, standing);
  record(openedRecord(at, {v: recovered.verdict, cut: recovered.cutBytes, amb: left.size}));
  for (const each of doubtful) record(each);
  for (const {row, by} of again) {
    await journal.hasRoom();
    record({t: 'd', op: row, as: 'retry', by, at: Math.round(at)});
  }
  return {
    run: manifest.run,
    begunAt: replayed.begunAt,
    folder,
    journal,
    alarm,
    standing,
    input,
    roles,
    setting,
    given: {profile: order.asked.profile, overrides: replayed.overrides},
    intake,
    secrets,
    options,
    past: replayed.past,
    mayHaveRun: new Set([...replayed.mayHaveRun, ...again.filter(({by}) => by !== 'user').map(({row}) => row)]),
    reachedBefore: replayed.reached,
    watcher: world.watcher,
  };
}

function withAccount(manifest: Manifest, account: string, name: string | undefined): Manifest {
  return {...manifest, credential: {name: name ?? 'none', salt: manifest.credential?.salt ?? '', fingerprint: account}};
}

function otherCredential({credential}: Manifest, folder: string): Problem {
  return new Problem(
    'CREDENTIAL_OTHER',
    `the credential is not the one this run was begun with (${credential?.name ?? 'none'}); it may belong to another account`,
    `Use the first one again; after a rotation of the same account: sluice resume ${folder} --accept-credential`,
    {at: {file: folder}, exit: EXIT.credentials},
  );
}
