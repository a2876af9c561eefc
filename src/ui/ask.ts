import {readFileSync} from 'node:fs';
import {dirname, resolve} from 'node:path';
import type {Interfaces} from '@oclif/core';
import {now} from '../clock.js';
import type {Pace} from '../limits/pace.js';
import {EXIT, Problem} from '../problem.js';
import {findProfile} from '../profiles/find.js';
import {parseOkFlag} from '../profiles/ok-flag.js';
import {type Overrides, parseLimitFlag, parseShare} from '../profiles/override.js';
import type {Profile} from '../profiles/profile.js';
import {chooseBaseUrl, type Order} from '../requests/asked.js';
import {readContract} from '../requests/openapi.js';
import type {SessionOrder} from '../run/order.js';
import type {askFlags, paceFlags, sessionFlags} from './flags.js';
import {parseDuration, parseFailureLimit, parseRows, parseScope} from './words.js';

type AskWords = Interfaces.InferredFlags<typeof askFlags>;
type PaceWords = Interfaces.InferredFlags<typeof paceFlags>;
type SessionWords = Interfaces.InferredFlags<typeof sessionFlags>;

/** What is to be sent, from the words of `run` and `plan`. Throws the problem of each word (2), and of the profile (78). */
export function orderFrom(file: string, words: AskWords): Order {
  // "$FILE" of a script, where it was never set.
  if (file === '')
    throw usage(
      'FILE_EMPTY',
      'FILE is empty, expected the path of a CSV or NDJSON file',
      'Name the file; - reads standard input.',
    );
  const profile = profileFrom(words);
  const {request, operation, header: headers = [], id, key, phase} = words;
  const said = {headers, body: bodyFrom(words.body), form: words.form};
  const template =
    words.openapi !== undefined
      ? {...said, contract: readContract(words.openapi, operation)}
      : request === undefined && operation === undefined
        ? undefined
        : {request, operation, ...said};
  if (!template && (words.body ?? words.form) !== undefined) {
    throw usage(
      'BODY_UNWANTED',
      `--${words.form ? 'form' : 'body'} is given, and nothing says which request it belongs to`,
      "Add --request 'POST /path' or --operation NAME.",
    );
  }
  return {
    file,
    asked: {
      profile,
      baseUrl: chooseBaseUrl(profile, {baseUrl: words['base-url'], region: words.region}),
      template,
      ...{id, key, phase},
      scope: Object.fromEntries((words.scope ?? []).map(parseScope)),
      headers,
      allowedOrigins: (words['allow-origin'] ?? []).map(originFrom),
      ...(words.capture && {capture: Object.fromEntries(words.capture.map(captureFrom))}),
      ...(words.form && {filesRoot: resolve(words.files ?? (file === '-' ? '.' : dirname(file)))}),
    },
    delimiter: words.delimiter,
    skipInvalid: words['skip-invalid'],
  };
}

/** The profile that is named. Throws WORD_MISSING (2) where none is; only a job says it itself. */
export function profileFrom({profile}: {readonly profile?: string | undefined}): Profile {
  if (profile !== undefined) return findProfile(profile);
  throw usage('WORD_MISSING', '--profile is missing', 'Name the provider: --profile NAME; sluice profiles lists them.');
}

/** Limits, share and concurrency as the operator wants them. */
export function overridesFrom(words: PaceWords): Overrides {
  return {
    limits: (words.limit ?? []).map(parseLimitFlag),
    share: words.share === undefined ? undefined : parseShare(words.share),
    concurrency: words.concurrency,
    pace: words.pace as Pace | undefined,
    rampSeconds: words.ramp === undefined ? undefined : rampFrom(words.ramp),
  };
}

/** `0` is no ramp, where the run or the profile has one. */
function rampFrom(text: string): number {
  return /^0(ms|s|m)?$/.test(text.trim()) ? 0 : parseDuration('--ramp', text) / 1000;
}

/** What one session is to put up with. */
export function sessionFrom(
  folder: string,
  words: SessionWords &
    PaceWords & {credential?: string | undefined; 'env-file'?: string | undefined; rows?: string | undefined},
): SessionOrder {
  const failures = words['stop-on-failures'];
  return {
    folder,
    overrides: {...overridesFrom(words), ok: words.ok?.flatMap(parseOkFlag)},
    credential: words.credential,
    envFile: words['env-file'],
    rows: words.rows === undefined ? undefined : parseRows(words.rows),
    options: {
      timeoutMs: parseDuration('--timeout', words.timeout),
      maxWaitMs: parseDuration('--max-wait', words['max-wait']),
      maxOfflineMs: parseDuration('--max-offline', words['max-offline']),
      maxAttempts: words['max-attempts'],
      deadlineAt:
        words.deadline === undefined ? Number.POSITIVE_INFINITY : now() + parseDuration('--deadline', words.deadline),
      drainMs: parseDuration('--drain-timeout', words['drain-timeout']),
      failureLimit: failures === undefined ? undefined : parseFailureLimit(failures),
      // Who probes has held them by then.
      inDoubt: words['in-doubt'] === 'retry' ? 'retry' : 'hold',
      keepBodies: words['keep-bodies'] as 'all' | 'failed' | 'none',
      onKeyFailure: words['on-key-failure'] as 'stop' | 'continue' | undefined,
    },
    yes: words.yes,
    ifBusy: words['if-busy'] as 'wait' | 'fail',
  };
}

function bodyFrom(text: string | undefined): string | undefined {
  if (!text?.startsWith('@')) return text;
  const path = text.slice(1);
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, ''); // The editor put it there, not the person.
  } catch {
    throw new Problem(
      'BODY_MISSING',
      `--body names a file that cannot be read: ${path}`,
      'Name a file that is there, or write the body itself.',
      {exit: EXIT.noInput},
    );
  }
}

function captureFrom(text: string): [string, string] {
  const [, name, expression] = /^\s*([^=\s]+)\s*=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && expression !== undefined) return [name, expression.trim()];
  throw usage(
    'CAPTURE_INVALID',
    `--capture is "${text}", expected a name, = and an expression`,
    "Write it as --capture 'userId={{ response.body.userId }}'.",
  );
}

function originFrom(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.pathname === '/' && url.search === '')
    return url.origin;
  throw usage(
    'ORIGIN_INVALID',
    '--allow-origin expects a scheme and a host, and nothing behind it',
    'Write it as --allow-origin https://files.example.com.',
  );
}

function usage(code: string, message: string, fix: string): Problem {
  return new Problem(code, message, fix, {exit: EXIT.usage});
}
