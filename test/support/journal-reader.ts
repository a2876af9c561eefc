// A reader of journals, written from docs/journal-format.md alone: it shares no code with the program.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {crc32} from 'node:zlib';

const OF_OUTCOME: Record<string, string> = {ok: 'ok', failed: 'failed', skipped: 'skipped', unk: 'in-doubt'};
const OF_DECISION: Record<string, string> = {ok: 'ok', failed: 'failed', skip: 'skipped'};

/** What a journal is, and where its rows stand; those that are not named are pending. */
export type Read = {
  readonly verdict: string;
  readonly states: ReadonlyMap<number, string>;
  /** By row the file of the run folder that its cells stand in, where that is not the input. */
  readonly cells: ReadonlyMap<number, string>;
};

export function readRun(folder: string, run: string): Read {
  const [states, cells, files] = [new Map<number, string>(), new Map<number, string>(), new Map<number, string>()];
  const found = {last: 0, watermark: 0, behind: 0, torn: false};
  const names = readdirSync(folder).filter((name) => /^journal-\d{6}\.ndjson$/.test(name));
  for (const [place, name] of names.sort().entries()) {
    for (const [index, line] of linesOf(readFileSync(join(folder, name))).entries()) {
      const record = isSealed(line, run) ? JSON.parse(line.toString()) : undefined;
      if (record?.t === 'H' && record.fmt !== 3) return {verdict: 'unknown format', states, cells};
      if (!found.torn && record?.s === found.last + 1) {
        found.last = record.s;
        apply(record, states);
        if (record.t === 'w') files.set(record.n, record.file);
        if (record.t === 'd' && record.w) cells.set(record.op, files.get(record.w)!);
        continue;
      }
      if (index === 0 || place < names.length - 1) return {verdict: 'corrupt', states, cells};
      Object.assign(found, {
        torn: true,
        behind: found.behind + line.length,
        watermark: Math.max(found.watermark, record?.d ?? 0),
      });
    }
  }
  apply({t: 'O'}, states);
  if (found.last === 0 || found.watermark > found.last || found.behind > 1024 * 1024)
    return {verdict: 'corrupt', states, cells};
  return {verdict: found.torn ? 'torn' : 'clean', states, cells};
}

const linesOf = (bytes: Buffer) => (bytes.toString('latin1').match(/[^\n]*\n|[^\n]+$/g) ?? []).map(bytesOf);
const bytesOf = (text: string) => Buffer.from(text, 'latin1');

function isSealed(line: Buffer, run: string): boolean {
  const sum = crc32(line.subarray(0, -17), crc32(`run:${run}`))
    .toString(16)
    .padStart(8, '0');
  return line.subarray(-17).toString('latin1') === `,"c":"${sum}"}\n`;
}

function apply({t, op, k, as}: {t: string; op?: number; k?: string; as?: string}, states: Map<number, string>): void {
  if (t === 'O') for (const [row, state] of states) if (state === 'in flight') states.set(row, 'in-doubt');
  if (t === 'i') states.set(op!, 'in flight');
  if (t === 'o') states.set(op!, OF_OUTCOME[k!] ?? 'pending');
  if (t === 'd') states.set(op!, OF_DECISION[as!] ?? 'pending');
}
