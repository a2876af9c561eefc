import {completeAnswer} from '../profiles/complete.js';
import {type Fault, schemaFaults} from '../profiles/fault.js';
import {didYouMean} from '../profiles/nearest.js';
import {parseOkFlag} from '../profiles/ok-flag.js';
import {type FileKind, readPlaced} from '../profiles/placed.js';
import type {Job, JobProvider, Step} from './job.js';
import {type JobData, jobJsonSchema, jobSchema} from './schema.js';
import {inOrder} from './sequence.js';

const JOB: FileKind<Job> = {
  noun: 'job',
  code: 'JOB_INVALID',
  next: (file) => `sluice plan ${file}`,
  read: (data) => {
    const result = jobSchema.safeParse(data);
    if (!result.success) return {faults: schemaFaults(result.error.issues, data, {...jobJsonSchema(), title: 'a job'})};
    const faults = crossFaults(result.data);
    return faults.length > 0 ? {faults} : {value: jobOf(result.data)};
  },
};

/** The job that a YAML or JSON text holds, its steps in order. Throws JOB_INVALID (exit 78), with the line of each fault. */
export function parseJob(text: string, file: string): Job {
  return readPlaced(text, file, JOB);
}

function jobOf({provider, providers = {}, steps}: JobData): Job {
  const known = Object.entries({...(provider && {'': provider}), ...providers});
  const made = Object.entries(steps).map(([name, step]): Step => {
    const join = Object.fromEntries(Object.entries(step.join ?? {}).map(([from, by]) => [from, list(by)]));
    const {file, delimiter, step: from, distinct} = step.input;
    const needs = [...list(step.needs), ...Object.keys(join), ...(from === undefined ? [] : [from])];
    const [, spoken] = known.find(([each]) => each === (step.provider ?? known[0]![0]))!;
    return {
      name,
      provider: providerOf(spoken),
      needs: [...new Set(needs)],
      input: {
        ...(from === undefined ? {file: file!, delimiter} : {step: from}),
        distinct: distinct === undefined ? undefined : list(distinct),
      },
      join,
      request: step.request,
      operation: step.operation,
      headers: step.headers ?? [],
      body: step.body === undefined || typeof step.body === 'string' ? step.body : bodyText(step.body),
      form: step.form,
      id: step.id,
      key: step.key,
      phase: step.phase,
      scope: step.scope ?? {},
      capture: step.capture ?? {},
      answers: {
        ok: (step.ok ?? []).flatMap((each) =>
          typeof each === 'object' ? completeAnswer(each) : parseOkFlag(String(each)),
        ),
        failed: (step.failed ?? []).map(completeAnswer),
        notExecuted: (step.notExecuted ?? []).map(completeAnswer),
        refused: (step.refused ?? []).map(completeAnswer),
        stop: (step.stop ?? []).map(completeAnswer),
      },
      inDoubt: step.inDoubt,
      onKeyFailure: step.onKeyFailure,
      batch: step.batch && {size: step.batch.size, by: list(step.batch.by)},
      collapse: step.collapse && {by: list(step.collapse.by), keep: step.collapse.keep},
    };
  });
  return {steps: inOrder(made)};
}

/**
 * A body that is written out, as the text of a template: an expression alone is a value with its type, and what stands within one is not JSON and is left
 * as it is.
 */
function bodyText(value: unknown): string {
  if (typeof value === 'string' && /^\{\{(?:(?!\}\})[\s\S])*\}\}$/.test(value)) return value;
  if (typeof value === 'string')
    return `"${value.replace(/(\{\{[\s\S]*?\}\})|[^{]+|\{/g, (text, expression) => (expression === undefined ? JSON.stringify(text).slice(1, -1) : text))}"`;
  if (Array.isArray(value)) return `[${value.map(bodyText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${bodyText(member)}`);
  return `{${members.join(',')}}`;
}

type Spoken = NonNullable<JobData['provider']>;

function providerOf({share, ...others}: Spoken): JobProvider {
  return {...others, share: share === undefined ? undefined : String(share)};
}

function list(names: string | readonly string[] | undefined): readonly string[] {
  return names === undefined ? [] : typeof names === 'string' ? [names] : names;
}

/** What no member shows by itself. */
function crossFaults({provider, providers, steps}: JobData): Fault[] {
  const named = Object.keys(providers ?? {});
  const names = Object.keys(steps);
  const faults: Fault[] = [];
  const say = (path: Fault['path'], says: string) => faults.push({path, on: 'key', says});
  if (provider && providers) say(['providers'], 'provider and providers are both there, expected one of them');
  if (!provider && named.length === 0) say([], 'no provider is there, expected provider: {profile: NAME}');
  if (names.length === 0) say(['steps'], 'steps is empty, expected at least one step');
  for (const [name, step] of Object.entries(steps)) {
    const at = ['steps', name];
    if (step.provider !== undefined && !named.includes(step.provider))
      say(
        [...at, 'provider'],
        `${name}: "${step.provider}" is no provider of this job${didYouMean(step.provider, named)}`,
      );
    if (step.provider === undefined && named.length > 1)
      say(at, `${name} names no provider, expected one of ${named.join(', ')}`);
    const needs = [...list(step.needs), ...Object.keys(step.join ?? {}), ...list(step.input.step)];
    for (const need of needs)
      if (!names.includes(need)) say(at, `${name}: "${need}" is no step of this job${didYouMean(need, names)}`);
    if ((step.input.file === undefined) === (step.input.step === undefined))
      say(
        [...at, 'input'],
        `${name}: its input names ${step.input.file === undefined ? 'nothing' : 'two things'}, expected a file or a step`,
      );
    if ((step.request === undefined) === (step.operation === undefined))
      say(
        at,
        `${name} has ${step.request === undefined ? 'neither request nor operation' : 'request and operation'}, expected one of them`,
      );
    if (step.body !== undefined && step.form)
      say([...at, 'form'], `${name} has a body and a form, expected one of them`);
    if (step.batch && (step.key ?? step.phase) !== undefined)
      say(
        [...at, 'batch'],
        `${name} has a batch and ${step.key === undefined ? 'a phase' : 'a key'}, whose order a batch cannot keep`,
      );
  }
  if (faults.length === 0) faults.push(...circleFaults(steps));
  return faults;
}

function circleFaults(steps: JobData['steps']): Fault[] {
  const needsOf = (name: string) => {
    const {needs, join = {}, input} = steps[name]!;
    return [...list(needs), ...Object.keys(join), ...list(input.step)];
  };
  const circle = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    for (const need of needsOf(name)) {
      const found = circle(need, [...path, name]);
      if (found) return found;
    }
    return undefined;
  };
  for (const name of Object.keys(steps)) {
    const found = circle(name, []);
    if (found)
      return [{path: ['steps', name], on: 'key', says: `the steps wait for one another: ${found.join(' needs ')}`}];
  }
  return [];
}
