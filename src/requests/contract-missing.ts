import {EXIT, Problem} from '../problem.js';
import {didYouMean} from '../profiles/nearest.js';
import {bodyOfColumns, missingIn} from './contract-body.js';
import {typesOf} from './contract-shape.js';
import type {Contract, Parameter} from './openapi.js';
import {showSafe} from './show.js';

/** Refuses columns of which none has the name of something that is required. `derived`: they make the body. Throws COLUMN_MISSING (78). */
export function refuseMissing(
  {name, parameters, body, definitions}: Contract,
  {
    columns,
    filled,
    derived,
  }: {readonly columns: readonly string[]; readonly filled: readonly Parameter[]; readonly derived: boolean},
): void {
  const lost = parameters.filter(
    (each) => each.required && !filled.some((other) => other.in === each.in && other.name === each.name),
  );
  // A body that need not be there is not made of nothing.
  const isMade =
    derived && (body!.required || columns.some(bodyOfColumns(body!.schema!, definitions, columns).stepsOf));
  const missing = [
    ...lost.map((each) => ({says: `${each.in} parameter`, column: each.name})),
    ...(isMade ? missingIn(body!.schema!, definitions, columns) : []).map((column) => ({says: 'property', column})),
  ];
  if (missing.length === 0) return;
  const named = missing.map(
    ({says, column}) => `${says} "${showSafe(column)}"${didYouMean(column, columns).replace(/^, (.*)\?$/, ' ($1?)')}`,
  );
  throw new Problem(
    'COLUMN_MISSING',
    `${name} requires what no column is called like: ${named.join(', ')}`,
    `The columns are: ${showSafe(columns.join(', '), 1000)}.${lost.length > 0 ? '' : ' Rename them, or say the body with --body.'}`,
    {exit: EXIT.badProfile},
  );
}

/** Refuses a body that is no object. Throws CONTRACT_UNFIT (78). */
export function refuseOtherBodies({name, body, definitions}: Contract): void {
  const types = typesOf(body!.schema!, definitions);
  if (types === undefined || types.has('object')) return;
  throw unfit(
    `the body of ${name} is of type ${[...types].join(' or ')}, and columns make an object`,
    "Say it with --body, as in --body '[{{ row | json }}]'.",
  );
}

/** A body that has to be there, and that columns do not make. */
export function bodyNeeded({name, body}: Contract): Problem {
  const isForm = /multipart|x-www-form-urlencoded/i.test(body!.contentType);
  return unfit(
    `the body of ${name} is ${showSafe(body!.contentType)}${isForm ? '' : ', of which the document says nothing more'}: columns cannot make it`,
    isForm ? "Say it with --form 'name={{ column }}'." : 'Say it with --body.',
  );
}

/** What a document says, and columns cannot do. */
export function unfit(message: string, fix: string): Problem {
  return new Problem('CONTRACT_UNFIT', message, fix, {exit: EXIT.badProfile});
}
