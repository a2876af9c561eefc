import {realpathSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

/** Whether the module at `url` was started, and not imported. */
export function isMain(url: string): boolean {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url);
}
