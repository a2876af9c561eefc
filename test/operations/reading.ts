import {createHash} from 'node:crypto';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import type {Row} from '../../src/operations/operation.js';
import {type BadRow, isBadRow, readRows} from '../../src/operations/read.js';
import {closeInput, type Input, type InputOptions, openInput} from '../../src/operations/source.js';

export const FIXTURES = 'fixtures/operations';

/** Everything that can be read of an input, good and bad. */
export async function readAll(
  path: string,
  options: InputOptions = {},
): Promise<{input: Input; rows: (Row | BadRow)[]; sha256: string}> {
  const input = await openInput(path, options);
  const hash = createHash('sha256');
  const rows: (Row | BadRow)[] = [];
  for await (const row of readRows(input, (bytes) => hash.update(bytes))) rows.push(row);
  await closeInput(input);
  return {input, rows, sha256: hash.digest('hex')};
}

/** Writes `content` to a file of a folder that is removed after `use`. */
export async function withFile<T>(
  content: string | Uint8Array,
  name: string,
  use: (path: string, folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  try {
    const path = join(folder, name);
    await writeFile(path, content);
    return await use(path, folder);
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

/** The values of rows that are all good, as plain objects. */
export function valuesOf(rows: readonly (Row | BadRow)[]): Record<string, unknown>[] {
  return rows.map((row) => {
    assert.isFalse(isBadRow(row), isBadRow(row) ? row.problem.message : '');
    assert.isNull(Object.getPrototypeOf(row.values));
    return {...row.values};
  });
}
