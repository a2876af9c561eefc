import type {JournalRecord, TemplateRecord} from './record.js';

/** Under which templates the rows of a run were sent. Moved on by `foldTemplate`. */
export type Templates = {
  /** The digest of what was asked at the beginning. */
  begun: string;
  /** Each change that somebody accepted, in their order. */
  readonly changes: TemplateRecord[];
  /** By row, how many changes came before its last attempt; shorter where none did. */
  after: Uint16Array;
};

/** The run has not begun yet. */
export function noTemplates(): Templates {
  return {begun: '', changes: [], after: new Uint16Array(0)};
}

/** What one record changes. Costs nothing as long as the template is the one of the beginning. */
export function foldTemplate(templates: Templates, record: JournalRecord): void {
  if (record.t === 'H') templates.begun = record.plan;
  else if (record.t === 't') templates.changes.push(record);
  else if (record.t === 'i' && templates.changes.length > 0) {
    if (record.op >= templates.after.length) templates.after = grown(templates.after, record.op);
    templates.after[record.op] = templates.changes.length;
  }
}

/** The digest of what is asked now, as far as the journal tells. */
export function planInForce({begun, changes}: Templates): string {
  return changes.at(-1)?.plan ?? begun;
}

/** How many changes came before the last attempt of a row. */
export function changesBefore({after}: Templates, row: number): number {
  return after[row] ?? 0;
}

/** What the manifest before the change with this number is called in the run folder. */
export function earlierManifestName(n: number): string {
  return `run-${String(n).padStart(6, '0')}.json`;
}

function grown(after: Uint16Array, row: number): Uint16Array {
  const larger = new Uint16Array(Math.max(1024, 2 * row));
  larger.set(after);
  return larger;
}
