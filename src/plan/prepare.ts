import {openLedger} from '../limits/ledger.js';
import {windowName} from '../limits/limit.js';
import {pacingOf} from '../limits/pace.js';
import {firstMembers} from '../operations/read.js';
import {closeInput, columnsOf, openInput} from '../operations/source.js';
import {EXIT, type ExitCode} from '../problem.js';
import type {Overrides} from '../profiles/override.js';
import type {Profile} from '../profiles/profile.js';
import {type Asked, type Order, refuseUndecided, rolesOf, settingOf} from '../requests/asked.js';
import {type Preview, previewOf} from '../requests/preview.js';
import type {Request} from '../requests/request.js';
import {openSecrets, type Secrets} from '../requests/secrets.js';
import {unusedNotes} from '../requests/unused-columns.js';
import {withoutPlace} from '../schedule/bad-groups.js';
import {type BadRows, openBadRows} from '../schedule/bad-rows.js';
import {inRanges, type RowRanges, takeIn} from '../schedule/intake.js';
import {notesOf} from '../schedule/notes.js';
import {type Drawn, Picture} from '../schedule/picture.js';
import {type Plan, planRun} from './plan.js';

/** What a plan is asked for, beside the order of the run. */
export type PlanOrder = {
  readonly overrides: Overrides;
  readonly credential: string | undefined;
  readonly envFile: string | undefined;
  readonly env: Record<string, string | undefined>;
  readonly rows: RowRanges | undefined;
  /** The rows behind a failed one of their key are not sent. */
  readonly stopKeys: boolean;
  readonly latency: {readonly lowMs: number; readonly expectedMs: number; readonly highMs: number};
  readonly startAt: number;
  /** Told now and then how far the input has been read. */
  readonly onBytes?: ((bytes: number, of: number) => void) | undefined;
};

/** A plan, what is wrong with the rows that cannot be sent, what else to know before they are, and the exit code: 65 when a row is bad and may not be left out. */
export type Planning = {
  readonly plan: Plan;
  readonly drawn: Drawn;
  readonly bad: BadRows;
  readonly notes: readonly string[];
  readonly exit: ExitCode;
};

/** So many causes are listed. */
const LISTED_PROBLEMS = 100;

/** Reads and checks the whole input and plans the run. Sends nothing, writes nothing, and needs no secret. Throws what input, template and profile throw. */
export async function planOrder(order: Order, asked: PlanOrder): Promise<Planning> {
  const input = await openInput(order.file, {delimiter: order.delimiter});
  try {
    const secrets = openSecrets({
      profile: order.asked.profile,
      env: asked.env,
      envFile: asked.envFile,
      chosen: asked.credential,
      headers: order.asked.headers,
      baseUrl: order.asked.baseUrl,
      dry: true,
    });
    const columns = columnsOf(input);
    const roles = rolesOf(order.asked, input.name, columns);
    if (!order.asked.template && input.format === 'ndjson') refuseUndecided(input.name, await firstMembers(input));
    const setting = settingOf(order.asked, {
      overrides: asked.overrides,
      columns,
      credential: secrets.credential,
    });
    const bad = openBadRows(input.name, input.columns);
    const intake = await takeIn({
      input,
      roles,
      setting,
      wanted: (row) => inRanges(row, asked.rows),
      accept: () => true,
      partOf: () => 'outside',
      stopKeys: asked.stopKeys,
      checked: false,
      onlyCounted: true,
      onBad: bad.add,
      onBytes: (bytes) => asked.onBytes?.(bytes, input.bytes),
    });
    const {profile} = setting;
    const picture = new Picture(intake.lanes);
    const plan = planRun({
      rows: intake.rows,
      invalid: intake.bad,
      lanes: intake.lanes,
      line: intake,
      profile,
      latency: asked.latency,
      startAt: asked.startAt,
      openLedger: () => openLedger(profile.limits, profile.concurrency, pacingOf(profile, asked.startAt)),
      preview: previewsOf(intake.preview, order.asked, secrets),
      problems: problemsOf(bad, input.name),
      picture,
    });
    const drawn = picture.drawn(plan.seconds * 1000);
    const notes = [
      ...unusedNotes(setting.template, roles),
      ...notesOf(intake, {name: input.name, profile: profile.name}),
      ...unknownNotes(profile),
    ];
    return {
      plan,
      drawn,
      bad,
      notes,
      exit: intake.bad > 0 && !bad.mayBeLeftOut(order.skipInvalid) ? EXIT.misfit : EXIT.ok,
    };
  } finally {
    await closeInput(input);
  }
}

function problemsOf(bad: BadRows, file: string): Plan['problems'] {
  const groups = bad.groups.list().slice(0, LISTED_PROBLEMS);
  return groups.map(({rows, first}) => {
    const {line = null, row = null} = first.at ?? {};
    return {code: first.code, rows, message: withoutPlace(first), file, line, row};
  });
}

/** What is found out as a run goes on cannot be planned with. */
function unknownNotes({name, limits}: Profile): string[] {
  return limits
    .filter(({learn}) => learn)
    .map(
      ({name: limit, windows: [begin]}) =>
        `limit ${limit} of profile ${name} is not known yet: this is the plan for ${windowName(begin!)}, where a run begins; it goes faster as soon as it knows that it may`,
    );
}

/** Without the secret, which a plan need not have; where it would stand, `***`. */
export function previewsOf(
  requests: readonly Request[],
  {profile}: Pick<Asked, 'profile'>,
  secrets: Secrets,
): Preview[] {
  return requests.map((request) => shown(request, profile, secrets));
}

function shown(request: Request, profile: Profile, secrets: Secrets): Preview {
  const rule = profile.credentials.find(({name}) => name === request.credential);
  const also = profile.credentials.filter(({name}) => rule?.also?.includes(name));
  const names = [rule, ...also].flatMap((each) => (each?.header === undefined ? [] : [each.header]));
  return previewOf(request, secrets.scrub, names);
}
