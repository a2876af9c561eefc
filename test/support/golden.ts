import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';

/** The messages that a file records, each under its `# name`. With `UPDATE_MESSAGES` the file is written anew first, from `found`. */
export function recordedMessages(path: string, found: () => readonly string[]): ReadonlyMap<string, string> {
  if (process.env.UPDATE_MESSAGES) {
    mkdirSync(dirname(path), {recursive: true});
    writeFileSync(path, found().join('\n'));
  }
  return new Map(
    readFileSync(path, 'utf8')
      .split(/^(?=# )/m)
      .map((text) => [/^# (.*)$/m.exec(text)![1]!, text.trimEnd()]),
  );
}
