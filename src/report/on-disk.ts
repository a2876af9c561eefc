import {EXIT, Problem} from '../problem.js';

/** What `action` returns. Throws DERIVED_UNWRITABLE (exit 74) when the disk cannot take the file. */
export function onDisk<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const found = `the file cannot be written (${(error as Error).message})`;
    const fix = 'Make room, and write the results again: sluice results. The journal has lost nothing by this.';
    throw new Problem('DERIVED_UNWRITABLE', found, fix, {at: {file: path}, exit: EXIT.disk});
  }
}
