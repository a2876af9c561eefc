import * as z from 'zod';
import {answerRule, answerRules, refusedRules, stopRules} from '../profiles/schema.js';
import {word} from '../profiles/schema-words.js';

const text = z.string().min(1);
const several = z.union([text, z.array(text).min(1)], 'a text, or a list of them');
const stepName = z.string().regex(/^[A-Za-z][\w-]*$/, 'a name of letters, digits, "-" and "_"');
const captureName = z
  .string()
  .regex(/^[\p{L}_][\p{L}\p{N}_]*$/u, 'a name that a column can have: letters, digits and "_"');

const provider = z
  .strictObject({
    profile: text.meta({description: 'a built-in name, NAME:VARIANT, or a YAML file, found from where the job stands'}),
    baseUrl: text.optional(),
    region: text.optional(),
    credential: text.optional().meta({description: "one of the profile's credentials"}),
    envFile: text.optional().meta({description: 'file of NAME=VALUE lines, mode 0600, that holds secrets'}),
    openapi: text.optional().meta({
      description: 'OpenAPI 3.0 or 3.1 document, found from where the job stands, of whose operations steps name one',
    }),
    limit: z.array(text).optional().meta({description: 'as --limit: network=80/5s'}),
    share: z.union([text, z.number()], 'a share such as 80%').optional(),
    concurrency: z.int().positive().optional(),
    pace: z.enum(['even', 'burst']).optional(),
  })
  .meta({title: 'a provider', description: 'whose API it is, and how fast'});

const input = z
  .strictObject({
    file: text.optional().meta({description: 'CSV or NDJSON, found from where the job stands'}),
    delimiter: text.optional(),
    step: stepName.optional().meta({description: 'the rows of an earlier step that are ok, with what was captured'}),
    distinct: several.optional().meta({description: 'one row for each different set of these columns'}),
  })
  .meta({title: 'an input'});

const step = z
  .strictObject({
    provider: word.optional().meta({description: 'one of the providers, where there are several'}),
    needs: several.optional().meta({description: 'steps that have to be settled before this one starts'}),
    input,
    join: z
      .record(stepName, several)
      .optional()
      .meta({description: 'steps whose captured values become columns, each with the columns that both have'}),
    request: text.optional().meta({description: 'METHOD /path/{{ column }}'}),
    operation: text.optional().meta({description: 'an operation of the profile'}),
    headers: z.array(text).optional().meta({description: 'as --header: Name: value'}),
    body: z.json().optional().meta({description: 'the body, written out or as a text, with {{ column }} in it'}),
    form: z.array(text).optional().meta({description: 'as --form: NAME=VALUE'}),
    id: text.optional(),
    key: text.optional(),
    phase: text.optional(),
    scope: z.record(word, text).optional().meta({description: "value of a limit's key: @COLUMN, or the same for all"}),
    capture: z
      .record(captureName, text)
      .optional()
      .meta({description: 'what to keep of each answer: {{ response.body.id }}'}),
    ok: z
      .array(z.union([text, z.int(), answerRule], 'a status such as 409, or a rule about answers'))
      .optional()
      .meta({description: 'answers that count as ok, as --ok: 409, or as rules of a profile'}),
    failed: answerRules.optional().meta({description: "answers that mean: failed; before the profile's own"}),
    notExecuted: answerRules.optional().meta({description: 'answers of requests that were certainly not executed'}),
    refused: refusedRules.optional().meta({description: 'answers that mean: too fast'}),
    stop: stopRules.optional().meta({description: 'answers that end the run; the row stays pending'}),
    inDoubt: z.enum(['hold', 'retry']).optional(),
    onKeyFailure: z.enum(['stop', 'continue']).optional(),
    batch: z
      .strictObject({
        size: z.int().min(2).max(10_000),
        by: several.optional().meta({description: 'rows of one request are equal in these columns'}),
      })
      .optional()
      .meta({title: 'a batch', description: 'so many rows become one request, whose template has them as rows'}),
    collapse: z
      .strictObject({by: several, keep: z.enum(['first', 'last']).default('last')})
      .optional()
      .meta({title: 'a collapse', description: 'of rows that are equal in these columns one stands for all'}),
  })
  .meta({title: 'a step', description: 'one input with one request template'});

/** What a job file may hold. */
export const jobSchema = z.strictObject({
  provider: provider.optional(),
  providers: z.record(word, provider).optional(),
  steps: z.record(stepName, step),
});

/** A job file as it was written. */
export type JobData = z.output<typeof jobSchema>;

/** The JSON Schema (draft 2020-12) of a job file. */
export function jobJsonSchema(): object {
  return {...z.toJSONSchema(jobSchema, {io: 'input'}), title: 'sluice job'};
}
