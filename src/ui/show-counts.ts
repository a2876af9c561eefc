import type {Interfaces} from '@oclif/core';
import {now} from '../clock.js';
import {type CountPlanning, planCounts} from '../plan/counted.js';
import {EXIT, Problem} from '../problem.js';
import {openSecrets} from '../requests/secrets.js';
import {overridesFrom, profileFrom} from './ask.js';
import {parseCount, parseKeys, sumCounts} from './count-words.js';
import type {askFlags, paceFlags} from './flags.js';
import type {planFlags} from './plan-flags.js';
import {parseLatency, parseScope} from './words.js';

type Words = Interfaces.InferredFlags<typeof askFlags & typeof paceFlags> &
  Partial<Interfaces.InferredFlags<typeof planFlags>>;

/** What `--count` asks for, planned. Throws the problem of each word (2), and of the profile (78). */
export function countsFrom(file: string | undefined, words: Words): CountPlanning {
  if (file !== undefined)
    throw usage(
      'COUNT_UNWANTED',
      `FILE is ${JSON.stringify(file)} and --count is given: a plan is made of the one or of the other`,
      'Leave out the file, or --count.',
    );
  const profile = profileFrom(words);
  const {credential} = openSecrets({
    profile,
    env: process.env,
    envFile: words['env-file'],
    chosen: words.credential,
    headers: words.header ?? [],
    baseUrl: profile.baseUrl ?? 'https://localhost',
    dry: true,
  });
  return planCounts({
    counts: sumCounts((words.count ?? []).map(parseCount)),
    keys: Object.fromEntries((words.keys ?? []).map(parseKeys)),
    scope: Object.fromEntries((words.scope ?? []).map(scopeValueFrom)),
    profile,
    overrides: overridesFrom(words),
    credential,
    latency: parseLatency(words.latency),
    startAt: now(),
  });
}

function scopeValueFrom(text: string): readonly [string, string] {
  const [name, from] = parseScope(text);
  if ('value' in from) return [name, from.value];
  throw usage(
    'SCOPE_INVALID',
    `--scope ${name}=@${from.column} names a column, and --count reads no file`,
    `Say how many values there are: --keys ${name}=20`,
  );
}

function usage(code: string, message: string, fix: string): Problem {
  return new Problem(code, message, fix, {exit: EXIT.usage});
}
