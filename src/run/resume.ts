import {now} from '../clock.js';
import {exitOf} from '../journal/ending.js';
import {type Manifest, readManifest, replaceManifest} from '../journal/folder.js';
import {Journal} from '../journal/journal.js';
import {acquireLock} from '../journal/lock.js';
import type {OutcomeRecord} from '../journal/record.js';
import {cutOutcomes} from '../journal/replay.js';
import {counts, fold, type Standing, settleOpenAttempts, stateOf} from '../journal/states.js';
import {closeInput, columnsOf, type Input} from '../operations/source.js';
import {EXIT, Problem} from '../problem.js';
import {type Order, rolesOf, settingOf} from '../requests/asked.js';
import type {Request} from '../requests/request.js';
import {inRanges, takeIn} from '../schedule/intake.js';
import {sequenceNotes} from '../schedule/notes.js';
import {inputChanged} from '../schedule/reopen.js';
import {mayBeSent, partOf, stateIn, whoSends} from './again.js';
import {openAlarm} from './alarm.js';
import {claimOf, type Ended, openedRecord, secretsFor, type World} from './begin.js';
import {firstChangedRow} from './changed-row.js';
import {fitPlace} from './copied.js';
import {fitInput, type InputOrder} from './fit.js';
import {type Fixed, takeFixed} from './fixed.js';
import {isKeyGood} from './idempotency.js';
import {orderOf, type Remembered, type SessionOrder} from './order.js';
import {type Ready, recorder} from './ready.js';
import {type Replayed, replayRun} from './replayed.js';
import {runSession} from './session.js';
import {changeRecord, type HeldBack, holdBack, keepEarlier, type NewTemplate, withTemplate} from './template.js';
import {type Turns, takeTurns} from './turns.js';

/** What may be said on resume, beside the session's own order. Limits that were not said anew are those of the beginning. */
export type ResumeOrder = SessionOrder &
  InputOrder & {
    readonly retryFailed: boolean;
    readonly acceptCredential: boolean;
    /** Nobody goes on with the folder that this one is a copy of. */
    readonly acceptCopy?: boolean | undefined;
    /** A corrected copy of the failed rows: of them only these are sent again, with the cells that stand there. */
    readonly fixedFile?: string | undefined;
    /** Rows that are not done are sent by this template from now on. */
    readonly template?: NewTemplate | undefined;
  };

/**
 * Goes on with a run where its journal ends: what is settled stays so, attempts without an outcome are in doubt, windows and pauses are as they
 * were. Throws INPUT_CHANGED (65), CREDENTIAL_OTHER (77), and whatever lock, journal and manifest throw; nothing is sent then.
 */
export async function resumeRun(session: ResumeOrder, world: World): Promise<Ended> {
  const {folder} = session;
  const lock = await acquireLock(folder);
  let input: Input | undefined;
  let turns: Turns | undefined;
  let fixed: Fixed | undefined;
  try {
    const begun = await readManifest(folder);
    const fitting = await fitInput(begun, folder, session);
    input = fitting.input;
    let manifest = session.template ? withTemplate(fitting.manifest, session.template) : fitting.manifest;
    const order = orderOf(manifest);
    const replayed = await replayRun(manifest, session, order);
    if (!hasWork(replayed.standing, session)) return nothingToDo(folder, manifest, replayed.standing);
    manifest = await fitPlace(manifest, folder, {acceptCopy: session.acceptCopy, say: world.watcher.say});
    fixed = await takeFixed(input, {manifest, session, replayed, asked: order.asked});
    input = fixed.input;
    const heldBack = await holdBack({folder, manifest, replayed, profile: order.asked.profile, at: now()});
    const checked = await check(manifest, {order, session, world, replayed, input, begun, fixed, heldBack});
    for (const {tell} of [fixed, heldBack]) tell(world.watcher.say);
    turns = await takeTurns(claimOf(checked, session, order.asked.baseUrl), {env: world.env, say: world.watcher.say});
    const ready = await open(manifest, {order, session, world, replayed, checked, turns, begun, fixed});
    return {folder, run: manifest.run, ending: await runSession(ready)};
  } finally {
    if (input) await closeInput(input);
    await fixed?.close();
    await turns?.release();
    await lock.release();
  }
}

/** Whether something is left to be sent, as far as the states tell. */
export function hasWork(standing: Standing, {retryFailed, options}: ResumeOrder): boolean {
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
  /** As it was written last. */
  readonly begun: Manifest;
  readonly fixed: Fixed;
  readonly heldBack: HeldBack;
};

/** A session that is known to fit its run, before it writes anything. */
export type Checked = Pick<Ready, 'run' | 'input' | 'roles' | 'setting' | 'intake' | 'secrets'> & {
  readonly account: string;
  readonly left: ReadonlySet<number>;
  readonly doubtful: readonly OutcomeRecord[];
  readonly again: readonly {readonly row: number; readonly by: 'user' | 'policy' | 'recovery'}[];
};

export async function check(
  manifest: Manifest,
  {order, session, world, replayed, input, begun, fixed, heldBack}: Parts,
): Promise<Checked> {
  const {folder} = session;
  const onKeyFailure = session.options.onKeyFailure ?? order.onKeyFailure;
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
  const doubtful: OutcomeRecord[] = cutOutcomes(recovered, Math.round(now()));
  const left = new Set([...settleOpenAttempts(standing), ...doubtful.map(({op}) => op)]);
  // Their records come when the journal is open; who is put in line is decided before.
  for (const each of doubtful) fold(standing, each);
  const {idempotencyKey} = order.asked.profile;
  const keyed = idempotencyKey !== undefined && isKeyGood(idempotencyKey, replayed.begunAt, now());
  const again: {row: number; by: 'user' | 'policy' | 'recovery'}[] = [];
  const accept = (row: number, request: Request) => {
    const by = whoSends(stateIn(standing, row), session, left.has(row) && (request.repeatable || keyed));
    if (by === undefined || (by === 'user' && !fixed.takes(row, request))) return false;
    if (!heldBack.allows(row, request, by)) return false;
    if (by !== 'pending') again.push({row, by});
    return true;
  };
  const problems: Problem[] = [];
  const wanted = (row: number) =>
    row <= standing.rows &&
    mayBeSent(stateIn(standing, row), session) &&
    inRanges(row, session.rows) &&
    fixed.names(row);
  const intake = await takeIn({
    input,
    roles,
    setting,
    wanted,
    accept,
    partOf: (row) => partOf(row <= standing.rows ? stateOf(standing, row) : 'pending'),
    stopKeys: onKeyFailure === 'stop',
    // Rows that were added or corrected were never checked, and an id of theirs may be one that is there already.
    checked: manifest.input.rows === begun.input.rows && session.fixedFile === undefined,
    onBad: ({row}, problem, fatal) => {
      if (fatal || wanted(row) || row > begun.input.rows) problems.push(fixed.asTold(row, problem));
    },
    onBytes: (bytes) => world.watcher.read?.(manifest.name, bytes, input.bytes),
  });
  if (intake.sha256 !== manifest.input.sha256) {
    const first = await firstChangedRow({input, roles, setting}, {folder, run: manifest.run, rows: standing.rows});
    throw inputChanged(manifest.name, manifest.input, {sha256: intake.sha256, rows: intake.rows, first});
  }
  // A row that was left out as invalid is pending again only by --retry-failed, and stays failed as long as it is invalid.
  if (problems.length > 0 && (!session.retryFailed || session.fixedFile !== undefined)) throw problems[0]!;
  if (intake.sequence)
    for (const note of sequenceNotes(intake.sequence, {name: input.name, places: intake.places}))
      world.watcher.say(note);
  if (!world.dry) for (const name of intake.credentials) secrets.require(name);
  doubtful.push(...heldBack.doubtful);
  return {run: manifest.run, input, roles, setting, intake, secrets, account, left, doubtful, again};
}

type Opening = Pick<Parts, 'order' | 'session' | 'world' | 'replayed' | 'begun' | 'fixed'> & {
  readonly checked: Checked;
  readonly turns: Turns;
};

/** Opens the journal for what follows, now that its turn has come. */
async function open(manifest: Manifest, opening: Opening): Promise<Ready> {
  const {order, session, world, replayed, checked, turns, begun, fixed} = opening;
  const {folder} = session;
  const options = {...session.options, onKeyFailure: session.options.onKeyFailure ?? order.onKeyFailure};
  const {standing, recovered} = replayed;
  const {account, left, doubtful, again, ...parts} = checked;
  const otherAccount = account !== manifest.credential?.fingerprint;
  await keepEarlier(folder, begun, manifest, replayed.templates);
  // A row that the journal knows must be in the manifest, so that one is first.
  if (otherAccount || manifest !== begun)
    await replaceManifest(folder, otherAccount ? withAccount(manifest, account, parts.secrets.credential) : manifest);
  const alarm = openAlarm();
  const journal = await Journal.open(folder, recovered, {onFailure: alarm.ring});
  await turns.begin();
  const at = now();
  const record = recorder(journal, standing);
  record(openedRecord(at, {v: recovered.verdict, cut: recovered.cutBytes, amb: left.size}));
  const change = changeRecord(manifest, replayed.templates, at);
  if (change) record(change);
  for (const each of doubtful) record(each);
  fixed.record(record, at);
  for (const {row, by} of again) {
    await journal.hasRoom();
    record({t: 'd', op: row, as: 'retry', by, at: Math.round(at), ...fixed.said(row)});
  }
  return {
    ...parts,
    begunAt: replayed.begunAt,
    folder,
    journal,
    alarm,
    standing,
    given: {profile: order.asked.profile, overrides: replayed.overrides},
    options,
    past: replayed.past,
    found: replayed.found,
    mayHaveRun: new Set([...replayed.mayHaveRun, ...again.filter(({by}) => by !== 'user').map(({row}) => row)]),
    reachedBefore: replayed.reached,
    watcher: world.watcher,
    turns,
  };
}

function withAccount(manifest: Manifest, account: string, name: string | undefined): Manifest {
  return {...manifest, credential: {name: name ?? 'none', salt: manifest.credential?.salt ?? '', fingerprint: account}};
}

export function otherCredential({credential}: Manifest, folder: string): Problem {
  return new Problem(
    'CREDENTIAL_OTHER',
    `the credential is not the one this run was begun with (${credential?.name ?? 'none'}); it may belong to another account`,
    `Use the first one again; after a rotation of the same account: sluice resume ${folder} --accept-credential`,
    {at: {file: folder}, exit: EXIT.credentials},
  );
}
