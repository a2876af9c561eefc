import {randomBytes} from 'node:crypto';
import {rm} from 'node:fs/promises';
import {resolve} from 'node:path';
import {now, readBoot, wallNow} from '../clock.js';
import {createRunFolder, MANIFEST_FORMAT, makeRunId, runFiles, writeManifest} from '../journal/folder.js';
import {Journal} from '../journal/journal.js';
import {acquireLock} from '../journal/lock.js';
import {placeOf} from '../journal/place.js';
import type {OpenedRecord} from '../journal/record.js';
import {FORMAT} from '../journal/seal.js';
import {newStanding} from '../journal/states.js';
import {firstMembers} from '../operations/read.js';
import {closeInput, columnsOf, type Input, openInput} from '../operations/source.js';
import {EXIT, Problem} from '../problem.js';
import {type Order, refuseUndecided, rolesOf, settingOf} from '../requests/asked.js';
import {openSecrets, type Secrets} from '../requests/secrets.js';
import {unusedNotes} from '../requests/unused-columns.js';
import {openBadRows} from '../schedule/bad-rows.js';
import {type Intake, inRanges, takeIn} from '../schedule/intake.js';
import {notesOf} from '../schedule/notes.js';
import {openAlarm} from './alarm.js';
import {notesOfBeside} from './beside.js';
import {manifestOf, type SessionOrder} from './order.js';
import {type Ready, recorder, type Watcher} from './ready.js';
import {recallSpanMs} from './recall.js';
import {type Ending, runSession} from './session.js';
import {checkSpace} from './space.js';
import {type Claim, type Turns, takeTurns} from './turns.js';

/** What the world gives: the environment, standard input, who watches, and the version of the program. */
export type World = {
  readonly env: Record<string, string | undefined>;
  readonly tool: string;
  readonly watcher: Watcher;
  /** Nothing will be sent: a secret that is missing is no fault. */
  readonly dry?: boolean;
};

/** A run that has ended, for whoever concludes it. */
export type Ended = {readonly folder: string; readonly run: string; readonly ending: Ending};

/**
 * Begins a run: reads and checks the whole input, and only then writes run.json and the journal and sends. Whatever does not fit throws its
 * Problem with nothing sent and no run folder left behind.
 */
export async function beginRun(order: Order, session: SessionOrder, world: World): Promise<Ended> {
  const {folder} = session;
  await createRunFolder(folder);
  const lock = await acquireLock(folder);
  let begun = false;
  let input: Input | undefined;
  let turns: Turns | undefined;
  try {
    const {spool} = runFiles(folder);
    // A beginning that was killed may have left the copy of another input, which a resume would take for this one's.
    await rm(spool, {force: true});
    input = await openInput(order.file, {delimiter: order.delimiter, spoolPath: spool});
    const checked = await check(order, session, world, input);
    turns = await takeTurns(claimOf(checked, session, order.asked.baseUrl), {env: world.env, say: world.watcher.say});
    const ready = await open(order, session, world, checked, turns);
    begun = true;
    return {folder, run: ready.run, ending: await runSession(ready)};
  } finally {
    if (input) await closeInput(input);
    await turns?.release();
    await lock.release();
    // What was not begun leaves nothing: the same command can be typed again once the fault is mended. A folder that is a disk of its own is emptied
    // and stays, and must not hide the fault.
    if (!begun) await rm(folder, {recursive: true, force: true}).catch(() => {});
  }
}

/** A session whose every row has been checked, and nothing of it written. */
type Checked = Pick<Ready, 'run' | 'input' | 'roles' | 'setting' | 'intake' | 'secrets'> & {
  readonly bad: ReturnType<typeof openBadRows>;
};

async function check(order: Order, session: SessionOrder, world: World, input: Input): Promise<Checked> {
  const {asked} = order;
  const {onKeyFailure = 'continue'} = session.options;
  const secrets = secretsFor(order, session, world);
  const columns = columnsOf(input);
  const roles = rolesOf(asked, input.name, columns);
  if (!asked.template && input.format === 'ndjson') refuseUndecided(input.name, await firstMembers(input));
  const setting = settingOf(asked, {overrides: session.overrides, columns, credential: secrets.credential});
  const bad = openBadRows(input.name, input.columns);
  const intake = await takeIn({
    input,
    roles,
    setting,
    wanted: (row) => inRanges(row, session.rows),
    accept: () => true,
    partOf: () => 'outside',
    stopKeys: onKeyFailure === 'stop',
    checked: false,
    onBad: bad.add,
    onBytes: (bytes) => world.watcher.read?.(input.name, bytes, input.bytes),
  });
  bad.refuseUnless(order.skipInvalid);
  refuseNoRows(session, input, intake);
  for (const note of unusedNotes(setting.template, roles)) world.watcher.say(note);
  for (const note of notesOf(intake, {name: input.name, profile: setting.profile.name})) world.watcher.say(note);
  for (const note of await notesOfBeside(session.folder, {sha256: intake.sha256, asked})) world.watcher.say(note);
  for (const name of intake.credentials) secrets.require(name);
  await checkSpace(session.folder, intake.rows, session.yes);
  const run = makeRunId(wallNow(), randomBytes(10));
  return {run, input, roles, setting, intake, secrets, bad};
}

/** Writes the beginning of the run, now that its turn has come. */
async function open(
  order: Order,
  session: SessionOrder,
  world: World,
  {bad, ...checked}: Checked,
  turns: Turns,
): Promise<Ready> {
  const at = now();
  const alarm = openAlarm();
  const journal = await beginJournal(order, session, world, {...checked, alarm, at});
  await turns.begin();
  const standing = newStanding(checked.intake.rows);
  const record = recorder(journal, standing);
  for (const {row, message} of bad.listed()) {
    await journal.hasRoom();
    record({t: 'o', op: row, n: 0, k: 'failed', at: Math.round(at), e: 'ROW_INVALID', m: message});
  }
  return {
    ...checked,
    begunAt: at,
    folder: session.folder,
    journal,
    alarm,
    standing,
    given: {profile: order.asked.profile, overrides: session.overrides},
    options: {...session.options, onKeyFailure: session.options.onKeyFailure ?? 'continue'},
    past: {attempts: [], pauses: [], learned: []},
    found: [],
    mayHaveRun: new Set(),
    reachedBefore: false,
    watcher: world.watcher,
    turns,
  };
}

/** What a session asks for before it may send: its turn wherever one of its credentials is in use. */
export function claimOf(
  {run, setting, intake, secrets}: Pick<Ready, 'run' | 'setting' | 'secrets'> & {intake: Pick<Intake, 'credentials'>},
  {folder, options, ifBusy}: SessionOrder,
  baseUrl: string,
): Claim {
  const names = intake.credentials.size > 0 ? [...intake.credentials] : [undefined];
  return {
    run,
    folder,
    origin: new URL(baseUrl).origin,
    accounts: (salt) => names.map((name) => secrets.fingerprintOf(name, salt)),
    spanMs: recallSpanMs(setting.profile.limits, options.timeoutMs),
    timeoutMs: options.timeoutMs,
    ifBusy,
    deadlineAt: options.deadlineAt,
  };
}

/** `--rows` that the file has not would begin a run of nothing, which then stands in the way of the right one. Throws ROWS_BEYOND (2). */
function refuseNoRows({rows}: SessionOrder, {name}: Input, intake: Intake): void {
  if (rows === undefined || intake.rows === 0 || rows.some(([from]) => from <= intake.rows)) return;
  throw new Problem(
    'ROWS_BEYOND',
    `--rows begins with row ${Math.min(...rows.map(([from]) => from))}, and ${name} has ${intake.rows} rows`,
    `Name some of them: --rows 1-${Math.min(3, intake.rows)}`,
    {exit: EXIT.usage},
  );
}

type Begun = Pick<Ready, 'run' | 'input' | 'intake' | 'secrets' | 'alarm'> & {readonly at: number};

/** The header and the first session are durable before the manifest is: a manifest without a journal means that the journal is gone. */
async function beginJournal(order: Order, session: SessionOrder, {tool}: World, begun: Begun): Promise<Journal> {
  const {input, intake, run, at, secrets} = begun;
  const salt = randomBytes(8).toString('hex');
  const {folder, overrides, options} = session;
  const parts = manifestOf(order, {overrides, onKeyFailure: options.onKeyFailure ?? 'continue'});
  const digest = {sha256: intake.sha256, bytes: intake.bytes, rows: intake.rows};
  const header = {t: 'H', fmt: FORMAT, run, tool, input: digest, plan: parts.plan} as const;
  const journal = await Journal.create(folder, header, {onFailure: begun.alarm.ring});
  journal.append(openedRecord(at));
  await journal.commit();
  await writeManifest(folder, {
    ...parts,
    fmt: MANIFEST_FORMAT,
    run,
    tool,
    place: await placeOf(folder),
    createdAt: new Date(at).toISOString(),
    file: order.file === '-' ? '-' : resolve(order.file),
    name: input.name,
    input: {...digest, format: input.format, delimiter: input.delimiter, header: input.columns},
    credential: {name: secrets.credential ?? 'none', salt, fingerprint: secrets.fingerprint(salt)},
  });
  return journal;
}

/** The record that opens a session and ties its clock to the boot clock. */
export function openedRecord(
  at: number,
  found: Pick<OpenedRecord, 'v' | 'cut' | 'amb'> = {v: 'new', cut: 0, amb: 0},
): OpenedRecord {
  const {host, bootId, uptimeMs} = readBoot();
  return {t: 'O', at: Math.round(at), pid: process.pid, host, boot: bootId, up: uptimeMs, ...found};
}

/** The secrets of a session, for the profile and the `--header` lines of an order. */
export function secretsFor({asked}: Pick<Order, 'asked'>, session: SessionOrder, {env, dry}: World): Secrets {
  return openSecrets({
    profile: asked.profile,
    env,
    envFile: session.envFile,
    chosen: session.credential,
    headers: asked.headers,
    baseUrl: asked.baseUrl,
    dry,
  });
}
