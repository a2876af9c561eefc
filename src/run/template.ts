import {join} from 'node:path';
import {type Manifest, replaceManifest} from '../journal/folder.js';
import type {JournalRecord, OutcomeRecord} from '../journal/record.js';
import {fold} from '../journal/states.js';
import {earlierManifestName, planInForce, type Templates} from '../journal/templates.js';
import type {Asked} from '../requests/asked.js';
import {requestDigest} from '../requests/digest.js';
import type {Request} from '../requests/request.js';
import {readSent} from './executed.js';
import {manifestOf, orderOf, planDigest} from './order.js';
import type {Replayed} from './replayed.js';

/** So many rows are named in a sentence. */
const NAMED = 5;

/** What may be another when a run goes on with `--accept-template`: what becomes of a row, and what is kept of its answer. */
export type NewTemplate = Pick<Asked, 'template' | 'headers' | 'filesRoot' | 'capture'>;

/** The new template of an order, and nothing else of it. */
export function templateOf({template, headers, filesRoot, capture}: Asked): NewTemplate {
  return {template, headers, filesRoot, capture};
}

/** The manifest with another template; the same one where it asks for the same. */
export function withTemplate(manifest: Manifest, anew: NewTemplate): Manifest {
  const order = orderOf(manifest);
  const asked = {...order.asked, ...anew};
  return planDigest(asked) === manifest.plan ? manifest : {...manifest, ...manifestOf({...order, asked}, order)};
}

/**
 * Keeps the manifest as it was before a change of the template, for whoever wants to know what its rows were sent as. A crash may have come between
 * the new manifest and its record; what was in force before is kept already then.
 */
export async function keepEarlier(folder: string, begun: Manifest, is: Manifest, templates: Templates): Promise<void> {
  if (is.plan === begun.plan || begun.plan !== planInForce(templates)) return;
  await replaceManifest(folder, begun, undefined, join(folder, earlierManifestName(templates.changes.length + 1)));
}

/** The record of a change that the journal does not know of yet, if there is one. */
export function changeRecord({plan}: Manifest, templates: Templates, at: number): JournalRecord | undefined {
  const was = planInForce(templates);
  const n = templates.changes.length + 1;
  return plan === was ? undefined : {t: 't', at: Math.round(at), n, plan, was, file: earlierManifestName(n)};
}

/** Which rows are not sent because an attempt with a template before may have been executed. */
export type HeldBack = {
  /** Asked of each row that somebody or something would send: whether nothing of it was executed that it does not ask for any more. */
  allows(row: number, request: Request, by: 'pending' | 'user' | 'policy' | 'recovery'): boolean;
  /** What puts rows in doubt that were pending, in the order in which they were asked for. */
  readonly doubtful: readonly OutcomeRecord[];
  tell(say: (line: string) => void): void;
};

type Holding = {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly replayed: Pick<Replayed, 'standing' | 'templates'>;
  readonly profile: Asked['profile'];
  readonly at: number;
};

/**
 * Where the template was never changed everything is allowed. Else a row whose last request may have been executed is sent only if it asks for the
 * same still: its idempotency key goes with the request, so the provider would take the new one for another. A person can say that it was not executed.
 */
export async function holdBack({folder, manifest, replayed, profile, at}: Holding): Promise<HeldBack> {
  const {standing, templates} = replayed;
  if (templates.changes.length === 0 && templates.begun === manifest.plan)
    return {allows: () => true, doubtful: [], tell: () => {}};
  const {retry, resend} = profile;
  const sent = await readSent(folder, manifest.run, {rows: standing.rows, retry, resend});
  const held: number[] = [];
  const doubtful: OutcomeRecord[] = [];
  return {
    doubtful,
    allows(row, request, by) {
      const certain = (by === 'pending' || by === 'user') && !sent.mayHaveRun(row);
      if (certain || !sent.differs(row, requestDigest(request))) return true;
      held.push(row);
      if (by === 'pending') {
        const m = 'no answer tells whether it was executed as the template before asked for it';
        const outcome = {t: 'o', op: row, n: 0, k: 'unk', at: Math.round(at), e: 'TEMPLATE_CHANGED', m} as const;
        fold(standing, outcome);
        doubtful.push(outcome);
      }
      return false;
    },
    tell(say) {
      if (held.length > 0) say(heldNote(held, folder));
    },
  };
}

function heldNote(held: readonly number[], folder: string): string {
  const named = held.slice(0, NAMED).map((row) => `row ${row}`);
  const more = held.length > NAMED ? ` and ${held.length - NAMED} more` : '';
  return `held, for it may have been executed as the template before asked for it: ${named.join(', ')}${more}; look it up, then: sluice settle ${folder} --row ${held[0]} --as ok|failed|retry`;
}
