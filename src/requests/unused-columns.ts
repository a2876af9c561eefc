import type {Roles} from '../operations/parse.js';
import {didYouMean} from '../profiles/nearest.js';
import {showSafe} from './show.js';
import type {Template} from './template.js';

/** So many columns are named. */
const NAMED = 10;

/** What to tell of columns that an OpenAPI document has no place for: one that is misspelt would be left out without a word. */
export function unusedNotes(template: Template | undefined, roles: Roles): readonly string[] {
  const {contract} = template ?? {};
  if (!contract || roles.kind !== 'plain') return [];
  const {id, key, phase, scope} = roles;
  const parts = [id, key, phase, ...Object.values(scope).map((flag) => ('column' in flag ? flag.column : undefined))];
  const unused = contract.unused.filter((column) => !parts.includes(column));
  if (unused.length === 0) return [];
  const named = unused
    .slice(0, NAMED)
    .map((column) => `"${showSafe(column)}"${didYouMean(column, contract.names).replace(/^, (.*\?)$/, ' ($1)')}`);
  const more = unused.length > NAMED ? ` and ${unused.length - NAMED} more` : '';
  const go = unused.length === 1 ? 'column goes' : 'columns go';
  return [
    `${unused.length} ${go} into no request, because ${contract.name} has nothing of the name: ${named.join(', ')}${more}`,
  ];
}
