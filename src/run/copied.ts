import type {Manifest} from '../journal/folder.js';
import {moveOf, placeOf, type RunPlace} from '../journal/place.js';
import {EXIT, Problem} from '../problem.js';

/**
 * Refuses to go on with a copy of a run folder, for whoever goes on with the other sends the same rows; `acceptCopy` is the word that nobody does.
 * Returns the manifest as it speaks of this folder. One that was put back in its place is gone on with, and `say` tells what that means. Throws RUN_COPIED (65).
 */
export async function fitPlace(
  manifest: Manifest,
  folder: string,
  {acceptCopy, say}: {readonly acceptCopy: boolean | undefined; readonly say: (line: string) => void},
): Promise<Manifest> {
  const place = await placeOf(folder);
  // Runs that were begun before they said where they are.
  if (!manifest.place) return manifest;
  const move = moveOf(manifest.place, place);
  if (move === 'same') return manifest;
  if (move === 'copy' && !acceptCopy) throw copied(manifest.place, folder);
  if (move === 'restored')
    say(`${folder} was put back in its place: rows that were sent after that copy was made are not known here`);
  return {...manifest, place};
}

function copied({path, host}: RunPlace, folder: string): Problem {
  return new Problem(
    'RUN_COPIED',
    `is a copy of ${path} on ${host}, and who goes on with both sends the same rows twice`,
    `Go on with that one; or, where nobody does any more: sluice resume ${folder} --accept-copy`,
    {at: {file: folder}, exit: EXIT.misfit},
  );
}
