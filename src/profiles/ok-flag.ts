import {EXIT, Problem} from '../problem.js';
import type {AnswerRule} from './profile.js';

/** What no operator can call ok, and why. */
const NEVER: Readonly<Record<number, string>> = {
  401: 'which says that the credential is not accepted: no row would be done',
  429: 'which says that the request came too early: it was not executed',
};

/**
 * `409`, `404,409`, or `409:user already exists`, where a text has to stand in the body: the answers that an operator counts as ok. Classes
 * such as 4xx are refused, because 401 and 429 would be among them. Throws OK_INVALID (exit 2).
 */
export function parseOkFlag(text: string): readonly AnswerRule[] {
  const [, statuses = '', body] = /^([\d\s,]+?)(?::\s*(\S[\s\S]*))?$/.exec(text.trim()) ?? [];
  const listed = statuses.split(',').map((status) => status.trim());
  for (const status of listed) {
    if (!/^[2-5]\d\d$/.test(status)) throw invalid(text, 'expected statuses such as 409');
    const never = NEVER[Number(status)];
    if (never !== undefined) throw invalid(text, never);
  }
  return [{status: listed, ...(body === undefined ? {} : {body})}];
}

function invalid(text: string, says: string): Problem {
  return new Problem(
    'OK_INVALID',
    `--ok is ${JSON.stringify(text)}, ${says}`,
    "Write it as --ok 409, --ok 404,409 or --ok '409:user already exists'.",
    {exit: EXIT.usage},
  );
}
