import {existsSync, writeFileSync} from 'node:fs';
import {EXIT, Problem} from '../problem.js';
import {writeDerived} from '../report/derived-file.js';

/** Refuses a page where something is already, before anything is reckoned for it. Throws PAGE_EXISTS (73). */
export function refuseExisting(path: string): void {
  if (existsSync(path)) throw exists(path);
}

/** Writes a page for its owner alone; with `force` in place of what is there, which stays whole until then. Throws PAGE_EXISTS (73), PAGE_UNWRITABLE (74). */
export function writePage(path: string, text: string, force: boolean): void {
  try {
    if (force) writeDerived(path, text);
    else writeFileSync(path, text, {flag: 'wx', mode: 0o600});
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw exists(path);
    const found = error instanceof Problem ? error.message.replace(`${path}: `, '') : (error as Error).message;
    throw new Problem(
      'PAGE_UNWRITABLE',
      `the page cannot be written (${found})`,
      'Name a place that can be written: --html plan.html',
      {
        at: {file: path},
        exit: EXIT.disk,
      },
    );
  }
}

function exists(path: string): Problem {
  return new Problem(
    'PAGE_EXISTS',
    'there is a file of this name already',
    'Name another, or write over it with --force.',
    {
      at: {file: path},
      exit: EXIT.exists,
    },
  );
}
