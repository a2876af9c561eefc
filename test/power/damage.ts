import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {readJournal} from '../../src/journal/replay.js';
import {Problem} from '../../src/problem.js';

/** What was made of a journal with a damaged sector: `refused`, or read up to the damage where nothing behind it says that it had been safe. */
export type Damaged = {readonly verdict: 'refused' | 'torn' | 'clean'; readonly fault: string | undefined};

const SECTOR_BYTES = 512;

function oneOf(at: number, end: number, random: () => number): [number, number] {
  const place = at + Math.floor(random() * (end - at));
  return [place, place + 1];
}

/**
 * Damages one sector of a journal that is wholly on the disk. Where a later line says that what is damaged was safe before it was written, or
 * another file follows, it is damage and must be called so; else nobody could tell it from a torn end.
 */
export async function damage(folder: string, run: string, random: () => number): Promise<Damaged> {
  const names = readdirSync(folder)
    .filter((name) => /^journal-\d{6}\.ndjson$/.test(name))
    .sort();
  const index = Math.floor(random() * names.length);
  const path = join(folder, names[index]!);
  const bytes = readFileSync(path);
  const at = Math.floor(random() * Math.ceil(bytes.length / SECTOR_BYTES)) * SECTOR_BYTES;
  const end = Math.min(at + SECTOR_BYTES, bytes.length);
  const damaged = Buffer.from(bytes);
  // Of a sector that holds one wrong bit, the lines before and behind it are good.
  const [from, to] = random() < 0.5 ? [at, end] : oneOf(at, end, random);
  if (to - from > 1) damaged.fill(0, from, to);
  else damaged[from]! ^= 1 << Math.floor(random() * 8);
  const lineStart = from === 0 ? 0 : bytes.lastIndexOf(10, from - 1) + 1;
  // A line whose end is damaged takes the next one with it.
  const lineEnd = bytes.indexOf(10, to);
  const behind = lineEnd < 0 ? '' : bytes.toString('latin1', lineEnd + 1);
  const watermark = Math.max(0, ...[...behind.matchAll(/^\{"s":\d+,"d":(\d+)/gm)].map(([, d]) => Number(d)));
  const [, seq] = /^\{"s":(\d+)/.exec(bytes.toString('latin1', lineStart)) ?? [];
  const mustRefuse = index < names.length - 1 || watermark >= Number(seq) || lineStart === 0;
  writeFileSync(path, damaged);
  let lastSeq = 0;
  try {
    const found = await readJournal(folder, run, () => {});
    lastSeq = found.lastSeq;
    const fault = mustRefuse
      ? `damage in ${names[index]} at byte ${at} (line ${seq}, safe up to ${watermark}) was called ${found.verdict}`
      : lastSeq !== Number(seq) - 1 && found.verdict !== 'torn'
        ? `a journal damaged in line ${seq} was read up to line ${lastSeq}`
        : undefined;
    return {verdict: found.verdict, fault};
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const fault = mustRefuse ? undefined : `damage that may be a torn end was refused: ${error.message}`;
    return {verdict: 'refused', fault};
  } finally {
    writeFileSync(path, bytes);
  }
}
