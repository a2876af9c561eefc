import {dirname, resolve} from 'node:path';
import {EXIT, Problem} from '../problem.js';
import {findProfile} from '../profiles/find.js';
import {type Overrides, parseLimitFlag, parseShare} from '../profiles/override.js';
import type {Profile} from '../profiles/profile.js';
import {chooseBaseUrl, type Order} from '../requests/asked.js';
import {readContract} from '../requests/openapi.js';
import type {SessionOrder} from '../run/order.js';
import type {Step} from './job.js';

/** What a step is asked to send: the order that `sluice run` would make of the same words. Throws what they throw (2, 78). */
export function orderOf(step: Step, input: string, jobFile: string): Order {
  const {provider, request, operation, headers, body, form, id, key, phase, scope, capture} = step;
  const profile = profileOf(step, jobFile);
  const said = {headers, body, form};
  return {
    file: input,
    asked: {
      profile,
      baseUrl: chooseBaseUrl(profile, {baseUrl: provider.baseUrl, region: provider.region}),
      template:
        provider.openapi !== undefined && operation !== undefined
          ? {...said, contract: readContract(resolve(dirname(jobFile), provider.openapi), operation)}
          : {request, operation, ...said},
      ...{id, key, phase},
      scope: Object.fromEntries(
        Object.entries(scope).map(([name, from]) => [
          name,
          from.startsWith('@') ? {column: from.slice(1)} : {value: from},
        ]),
      ),
      headers,
      allowedOrigins: [],
      ...(Object.keys(capture).length > 0 && {capture}),
      ...(form && {filesRoot: dirname(jobFile)}),
    },
    delimiter: 'file' in step.input ? step.input.delimiter : undefined,
    skipInvalid: false,
  };
}

function profileOf({provider, answers}: Step, jobFile: string): Profile {
  const isFile = /[/\\]|\.(ya?ml|json)$/i.test(provider.profile);
  const profile = findProfile(isFile ? resolve(dirname(jobFile), provider.profile) : provider.profile);
  return {
    ...profile,
    failed: [...answers.failed, ...profile.failed],
    notExecuted: [...answers.notExecuted, ...profile.notExecuted],
    refused: [...answers.refused, ...profile.refused],
    stop: [...answers.stop, ...profile.stop],
  };
}

/** The session of one step: what the operator said for all, over what the job says of this one. */
export function sessionOf(step: Step, folder: string, jobFile: string, session: SessionOrder): SessionOrder {
  const {provider, inDoubt, onKeyFailure} = step;
  return {
    ...session,
    folder,
    overrides: overridesOf(step, session.overrides),
    credential: session.credential ?? provider.credential,
    envFile: session.envFile ?? (provider.envFile && resolve(dirname(jobFile), provider.envFile)),
    options: {
      ...session.options,
      inDoubt: session.options.inDoubt === 'retry' ? 'retry' : (inDoubt ?? 'hold'),
      onKeyFailure: session.options.onKeyFailure ?? onKeyFailure,
    },
  };
}

/** How fast a step goes. */
export function overridesOf({provider, answers}: Step, said: Overrides): Overrides {
  const {limit = [], share, concurrency, pace} = provider;
  const rules = [...(said.ok ?? []), ...answers.ok];
  return {
    limits: said.limits.length > 0 ? said.limits : limit.map(parseLimitFlag),
    share: said.share ?? (share === undefined ? undefined : parseShare(share)),
    concurrency: said.concurrency ?? concurrency,
    pace: said.pace ?? pace,
    rampSeconds: said.rampSeconds,
    ok: rules.length > 0 ? rules : undefined,
  };
}

/** Says of which step a Problem is. */
export async function ofStep<T>({name}: Step, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Problem) || error.message.startsWith(`step ${name}: `)) throw error;
    throw new Problem(error.code, `step ${name}: ${error.message}`, error.suggestions.join('\n'), {exit: error.exit});
  }
}

/** Throws STEP_UNKNOWN (2). */
export function unknownStep(name: string, says: string, steps: readonly Step[]): Problem {
  return new Problem(
    'STEP_UNKNOWN',
    `--only names "${name}", ${says}`,
    `Name some of: ${steps.map((step) => step.name).join(', ')}.`,
    {exit: EXIT.usage},
  );
}
