import {createHash} from 'node:crypto';
import {now, readBoot} from '../clock.js';
import {openSender} from '../http/exchange.js';
import {type Manifest, readManifest} from '../journal/folder.js';
import {Journal} from '../journal/journal.js';
import {acquireLock} from '../journal/lock.js';
import {elapsedSince} from '../journal/recent.js';
import {cutOutcomes} from '../journal/replay.js';
import {counts, fold, settleOpenAttempts, stateOf} from '../journal/states.js';
import {changesBefore, planInForce} from '../journal/templates.js';
import {parseOperation} from '../operations/parse.js';
import {isBadRow, readRows} from '../operations/read.js';
import {closeInput, columnsOf, type Input} from '../operations/source.js';
import {Problem} from '../problem.js';
import {rolesOf, settingOf} from '../requests/asked.js';
import {buildRequest, type RequestSetting} from '../requests/build.js';
import {buildProbe, compileProbes, probeOf} from '../requests/probe.js';
import type {Secrets} from '../requests/secrets.js';
import {correctedInput} from '../schedule/corrections.js';
import {inputChanged} from '../schedule/reopen.js';
import {openAlarm} from './alarm.js';
import {claimOf, openedRecord, secretsFor, type World} from './begin.js';
import {fitPlace} from './copied.js';
import {fitInput, type InputOrder} from './fit.js';
import {endOf} from './last-end.js';
import {openMeasured} from './measured.js';
import {orderOf, type SessionOrder} from './order.js';
import {type Asking, type Probing, stopProbing, type Told} from './probe.js';
import {probeAll} from './probing.js';
import {recorder, stopOf} from './ready.js';
import {recalledLedger} from './recalled.js';
import {type Replayed, replayRun} from './replayed.js';
import {otherCredential} from './resume.js';
import {listen} from './signals.js';
import type {Stop} from './stop.js';
import {type Turns, takeTurns} from './turns.js';

/** What probes told of the rows in doubt, and why they were ended early, if they were. */
export type Probed = Told & {readonly stop: Stop | undefined};

export type ProbeOrder = SessionOrder &
  InputOrder & {readonly acceptCredential: boolean; readonly acceptCopy?: boolean | undefined};

/**
 * Looks at the provider what became of the rows in doubt, by the probes of the run's profile, and settles those of which it tells. Sends nothing else,
 * under the limits and the turn of any session. Throws what `resumeRun` throws of lock, input, place and credential; nothing is sent then.
 */
export async function probeRows(session: ProbeOrder, world: World): Promise<Probed> {
  const {folder} = session;
  const lock = await acquireLock(folder);
  let input: Input | undefined;
  let turns: Turns | undefined;
  try {
    const begun = await readManifest(folder);
    const fitting = await fitInput(begun, folder, session);
    input = fitting.input;
    const order = orderOf(begun);
    const replayed = await replayRun(begun, session, order);
    await fitPlace(begun, folder, {acceptCopy: session.acceptCopy, say: world.watcher.say});
    input = await correctedInput(input, begun.input.rows, {...replayed.corrections, folder});
    const known = session.credential ?? (begun.credential?.name === 'none' ? undefined : begun.credential?.name);
    const secrets = secretsFor(order, {...session, credential: known}, world);
    const account = secrets.fingerprint(begun.credential?.salt ?? '');
    if (account !== begun.credential?.fingerprint && !session.acceptCredential) throw otherCredential(begun, folder);
    const columns = columnsOf(input);
    const setting = settingOf(order.asked, {overrides: replayed.overrides, columns, credential: secrets.credential});
    const asked = await readAsked({manifest: fitting.manifest, input, setting, replayed, order, session});
    if (asked.rows.length === 0) return {...asked.told, stop: undefined};
    const credentials = new Set(asked.rows.flatMap(({request}) => request.credential ?? []));
    for (const name of credentials) secrets.require(name);
    const {baseUrl} = order.asked;
    const claim = claimOf({run: begun.run, setting, secrets, intake: {credentials}}, session, baseUrl);
    turns = await takeTurns(claim, {env: world.env, say: world.watcher.say});
    world.watcher.say(announce(asked.rows, baseUrl, setting.profile.name));
    return await probeFrom(asked, {session, setting, replayed, secrets, turns});
  } finally {
    if (input) await closeInput(input);
    await turns?.release();
    await lock.release();
  }
}

/** What is about to be asked, of whom, and from when on. */
function announce(rows: readonly Asking[], baseUrl: string, profile: string): string {
  const waitMs = Math.min(...rows.map(({notBefore}) => notBefore)) - now();
  const later = waitMs > 0 ? `; first in ${Math.ceil(waitMs / 1000)} s, until when they may still be executed` : '';
  return `probing ${rows.length} rows in doubt at ${baseUrl} under ${profile}${later}`;
}

type Parts = {
  readonly manifest: Manifest;
  readonly input: Input;
  readonly setting: RequestSetting;
  readonly replayed: Replayed;
  readonly order: ReturnType<typeof orderOf>;
  readonly session: ProbeOrder;
};

/** `lost`: so many attempts had no outcome. */
type Asked = {readonly rows: readonly Asking[]; readonly told: Told; readonly lost: number};

/** The probes of the rows in doubt. Those that have none, or of which none can be made, stay as they are. Throws INPUT_CHANGED (65). */
async function readAsked({manifest, input, setting, replayed, order, session}: Parts): Promise<Asked> {
  const {standing, recovered} = replayed;
  const doubtful = new Set([...settleOpenAttempts(standing), ...recovered.cutIntents]);
  const inDoubt = (row: number) => row <= standing.rows && (stateOf(standing, row) === 'in-doubt' || doubtful.has(row));
  const roles = rolesOf(order.asked, input.name, columnsOf(input));
  const probes = compileProbes(setting.profile);
  const {templates} = replayed;
  const byThisTemplate = (row: number) =>
    manifest.plan === planInForce(templates) && changesBefore(templates, row) === templates.changes.length;
  const restsUntil = lateness(replayed, session.options.timeoutMs);
  const hash = createHash('sha256');
  const rows: Asking[] = [];
  const told: Told = {happened: [], didNot: [], left: []};
  for await (const each of readRows(
    input,
    (chunk) => hash.update(chunk),
    ({row}) => !inDoubt(row),
  )) {
    const {row} = each.place;
    if (!inDoubt(row)) continue;
    const leave = (why: string) => told.left.push({row, why});
    if (!byThisTemplate(row)) {
      leave('it was sent by another template, and a probe of this one would look for something else');
      continue;
    }
    try {
      if (isBadRow(each)) throw each.problem;
      const operation = parseOperation(each, input, roles);
      const request = buildRequest(operation, setting);
      const probe = probeOf(probes, request);
      if (!probe) leave('the profile has no probe for it');
      else rows.push({row, probe, request: buildProbe(probe, operation, request, setting), notBefore: restsUntil(row)});
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      leave(error.message);
    }
  }
  const sha256 = hash.digest('hex');
  if (sha256 !== manifest.input.sha256) throw inputChanged(manifest.name, manifest.input, {sha256});
  return {rows, told, lost: doubtful.size};
}

/** Until when a row's last request may still be executed: as long as its answer was waited for, after that was given up. */
function lateness({past}: Replayed, timeoutMs: number): (row: number) => number {
  const boot = readBoot();
  const at = now();
  const ends = new Map<number, number>();
  for (const {op, probe, answeredAt, lostAt, at: sentAt, opened} of past.attempts) {
    if (probe) continue;
    const end = at - elapsedSince(opened, answeredAt ?? lostAt ?? sentAt, boot, at);
    ends.set(op, Math.max(end + timeoutMs, ends.get(op) ?? 0));
  }
  return (row) => ends.get(row) ?? 0;
}

type Opened = Pick<Parts, 'session' | 'setting' | 'replayed'> & {readonly secrets: Secrets; readonly turns: Turns};

async function probeFrom(
  {rows, told, lost}: Asked,
  {session, setting, replayed, secrets, turns}: Opened,
): Promise<Probed> {
  const {standing, recovered, past, found, ended} = replayed;
  const {profile} = setting;
  const alarm = openAlarm();
  const journal = await Journal.open(session.folder, recovered, {onFailure: alarm.ring});
  await turns.begin();
  const at = now();
  const record = recorder(journal, standing);
  const cut = cutOutcomes(recovered, Math.round(at));
  for (const each of cut) fold(standing, each);
  record(openedRecord(at, {v: recovered.verdict, cut: recovered.cutBytes, amb: lost}));
  for (const each of cut) record(each);
  const options = {...session.options, onKeyFailure: 'continue'} as const;
  const lanes = {labels: () => new Map<number, string>()};
  const known = {profile, lanes, past, found, used: turns.used, timeoutMs: options.timeoutMs};
  const sender = openSender({timeoutMs: options.timeoutMs, connections: profile.concurrency});
  const probing: Probing = {
    ledger: recalledLedger(known, {now: at, boot: readBoot()}),
    ...{profile, options, journal, record, sender, secrets, told},
    captures: setting.captures,
    measured: openMeasured(),
    serverClock: undefined,
    random: Math.random,
    abort: new AbortController(),
    silent: 0,
    stop: undefined,
    wake: () => {},
  };
  alarm.listen((problem) => stopProbing(probing, stopOf(problem)));
  const unlisten = listen({
    finish: (signal, exit) => stopProbing(probing, {why: signal, exit, message: signal}),
    abort: () => probing.abort.abort(),
    show: () => {},
  });
  try {
    await probeAll(rows, probing);
    record({t: 'E', at: Math.round(now()), ...endOf(standing, ended), counts: counts(standing)});
    await journal.close();
  } finally {
    unlisten();
    sender.close();
  }
  return {...told, stop: probing.stop};
}
