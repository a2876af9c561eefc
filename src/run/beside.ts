import {readdir} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {holdsRun, type Manifest, readManifest} from '../journal/folder.js';
import {findHolder} from '../journal/lock.js';
import {moveOf, placeOf} from '../journal/place.js';
import {readJournal} from '../journal/replay.js';
import {counts, fold, newStanding, settleOpenAttempts} from '../journal/states.js';
import {Problem} from '../problem.js';
import type {Asked} from '../requests/asked.js';

/** So many folders are looked into: who has more keeps an archive. */
const LOOKED_INTO = 200;

/** What a run is about to send: which rows, and what becomes of each. */
export type About = {readonly sha256: string; readonly asked: Pick<Asked, 'baseUrl' | 'template'>};

/**
 * Says of each run in the folder around `folder` that was begun with the same rows for the same request at the same origin how far it came, and how to
 * go on with it. Nothing is refused for it: rows may be meant to be sent again. A run that cannot be read is passed over.
 */
export async function notesOfBeside(folder: string, about: About): Promise<string[]> {
  const around = dirname(resolve(folder));
  const names = await readdir(around, {withFileTypes: true}).catch(() => []);
  const notes: string[] = [];
  for (const each of names.filter((found) => found.isDirectory()).slice(0, LOOKED_INTO)) {
    const path = join(around, each.name);
    if (path === resolve(folder) || !(await holdsRun(path))) continue;
    const note = await noteOf(join(dirname(folder), each.name), about).catch((error: unknown) => {
      if (error instanceof Problem) return undefined;
      throw error;
    });
    if (note !== undefined) notes.push(note);
  }
  return notes;
}

async function noteOf(folder: string, about: About): Promise<string | undefined> {
  const manifest = await readManifest(folder);
  // A copy is that run once more, and says nothing of its own.
  const copy = manifest.place && moveOf(manifest.place, await placeOf(folder)) === 'copy';
  if (copy || !isAlike(manifest, about)) return undefined;
  if (await findHolder(folder)) return `${folder} is sending the same rows at this moment, and this run sends them too`;
  const standing = newStanding(manifest.input.rows);
  await readJournal(folder, manifest.run, (record) => fold(standing, record), 'states');
  settleOpenAttempts(standing);
  const {rows, pending, inDoubt} = counts(standing);
  return pending + inDoubt > 0
    ? `${folder} has sent ${rows - pending} of the same ${rows} rows and is not done, and this run sends all again; to go on with that one: sluice resume ${folder}`
    : `${folder} has sent the same rows already, and this run sends them again`;
}

function isAlike({input, baseUrl, template}: Manifest, {sha256, asked}: About): boolean {
  const same = (name: 'request' | 'operation') => (template?.[name] ?? null) === (asked.template?.[name] ?? null);
  const origin = (url: string) => new URL(url).origin;
  return input.sha256 === sha256 && origin(baseUrl) === origin(asked.baseUrl) && same('request') && same('operation');
}
