import type {Manifest} from '../journal/folder.js';
import type {Row} from '../operations/operation.js';
import {parseOperation} from '../operations/parse.js';
import {columnsOf, type Input} from '../operations/source.js';
import {Problem} from '../problem.js';
import type {Profile} from '../profiles/profile.js';
import {askedOf, rolesOf, settingOf} from '../requests/asked.js';
import {buildRequest} from '../requests/build.js';
import {buildProbe, compileProbes, probeOf} from '../requests/probe.js';
import {makeScrub} from '../requests/scrub.js';
import {showSafe} from '../requests/show.js';
import type {Outcome} from './outcomes.js';

/** A request is found by its beginning; of a longer one the rest stands in the row itself. */
const SHOWN_LENGTH = 400;

/** What the network calls the ends of a connection, in words. */
const IN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/\bECONNRESET\b/, 'the connection was reset'],
  [/^socket hang up$/, 'the connection was closed'],
  [/\bEPIPE\b/, 'the connection was closed while the request was written'],
  [/^Parse Error|\bHPE_/, 'what came was no HTTP'],
];

/** Why nobody knows whether a row was executed: one sentence, for whoever looks it up. What a server said in it was scrubbed when it came. */
export function whyInDoubt({status, error}: Pick<Outcome, 'status' | 'error'>): string {
  if (status !== null) {
    const answered = `answered ${status}, which does not tell whether it was executed`;
    return error === null || error === `HTTP ${status}` ? answered : `${answered}: ${error}`;
  }
  if (error === null || error.startsWith('no answer')) return error ?? 'no answer';
  const [, words] = IN_WORDS.find(([pattern]) => pattern.test(error)) ?? [];
  return `no answer: ${words === undefined ? error : `${words} (${error})`}`;
}

/** Whether the profile of a run has requests that tell what became of others. */
export function hasProbes({profile}: Manifest): boolean {
  return ((profile as Profile).probes ?? []).length > 0;
}

/**
 * Tells what to look for at the provider: the request of the profile's probe, else the row's own: its method, and its path, or its URL where that leads elsewhere
 * than the base URL. Empty for a row whose request cannot be built any more, as when a file of its form is gone.
 */
export function checkReader(manifest: Manifest, input: Input): (row: Row) => string {
  const scrub = makeScrub([]);
  let requestOf: ReturnType<typeof requestReader> | undefined;
  return (row) => {
    try {
      requestOf ??= requestReader(manifest, input);
      const {method, url} = requestOf(row);
      const {origin} = new URL(manifest.baseUrl);
      const shown = url.startsWith(`${origin}/`) ? url.slice(origin.length) : url;
      return showSafe(scrub(`${method} ${shown}`), SHOWN_LENGTH);
    } catch (error) {
      if (error instanceof Problem) return '';
      throw error;
    }
  };
}

function requestReader(manifest: Manifest, input: Input) {
  const asked = askedOf(manifest);
  const columns = columnsOf(input);
  const roles = rolesOf(asked, input.name, columns);
  const setting = settingOf(asked, {overrides: {limits: []}, columns, credential: undefined});
  const probes = compileProbes(setting.profile);
  return (row: Row) => {
    const operation = parseOperation(row, input, roles);
    const request = buildRequest(operation, setting);
    const probe = probeOf(probes, request);
    return (probe && fitting(() => buildProbe(probe, operation, request, setting))) ?? request;
  };
}

/** What cannot be asked of a row says nothing against the row. */
function fitting<T>(build: () => T): T | undefined {
  try {
    return build();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
