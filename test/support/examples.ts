import {resultOf} from '../../src/report/results.js';
import {NOT_BEGUN, summaryOf} from '../../src/report/summary.js';

const COUNTS = {rows: 1, ok: 1, failed: 0, inDoubt: 0, skipped: 0, pending: 0, attempts: 1, refusals: 0};
const OUTCOME = {state: 'ok', status: 200, attempts: 1, at: 0, ms: 1, error: null, response: null} as const;

/**
 * One example of everything that is written as JSON, made by the code that writes it: their keys are the surface. An example has
 * every optional member, because a member that comes and goes is part of the surface too.
 */
export const EXAMPLES: Readonly<Record<string, unknown>> = {
  'summary.json': summaryOf({run: 'r', folder: 'a.run', counts: COUNTS, span: NOT_BEGUN, running: false}),
  'results.ndjson': resultOf(1, 'u-1', OUTCOME),
};
