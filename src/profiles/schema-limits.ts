import * as z from 'zod';
import {headerName, name, word} from './schema-words.js';

const pointer = z.string().regex(/^\/.*$/, 'a JSON pointer such as /user/id');

const scopeSource = z
  .union(
    [
      z.enum(['row', 'machine', 'credential']),
      z.strictObject({path: word, matches: z.string().optional()}).meta({description: 'a parameter of the route'}),
      z
        .strictObject({pattern: z.string()})
        .meta({description: 'the first group of a regular expression over the path'}),
      z.strictObject({body: pointer}).meta({description: 'a JSON pointer into the body'}),
      z.strictObject({header: headerName}).meta({description: 'a request header'}),
    ],
    'row, machine, credential, {path: name, matches: regex}, {pattern: regex}, {body: /pointer} or {header: name}',
  )
  .meta({title: 'a source of a scope'});

/** Where the value of a scope key comes from. */
export const scopeSchema = z
  .strictObject({
    from: z.array(scopeSource).min(1).meta({description: 'the first that yields a value wins'}),
    absent: z
      .enum(['share', 'skip'])
      .default('share')
      .meta({description: 'requests without a value share one bucket, or the limit does not apply to them'}),
  })
  .meta({title: 'a scope', description: 'where the value of a scope key comes from'});

/** Windows longer than a year are a mistake in the unit. */
const LONGEST_WINDOW_SECONDS = 366 * 86_400;

const windowSchema = z
  .strictObject({
    requests: z.int().positive(),
    seconds: z.number().positive().max(LONGEST_WINDOW_SECONDS),
    kind: z
      .enum(['rolling', 'fixed', 'counter', 'bucket'])
      .default('rolling')
      .meta({description: 'how the provider counts; rolling is safe where that is not known'}),
    burst: z.int().positive().optional().meta({description: 'how many tokens may be saved; only with kind: bucket'}),
  })
  .meta({title: 'a window', description: 'so many requests in so many seconds'});

/** What a provider allows, to whom. */
export const limitSchema = z
  .strictObject({
    name: word,
    groups: z.array(word).min(1).optional().meta({description: 'the groups of operations it covers'}),
    operations: z
      .array(name)
      .min(1)
      .optional()
      .meta({description: 'the operations it covers; with neither groups nor operations it covers every request'}),
    with: z
      .array(name)
      .min(1)
      .optional()
      .meta({description: 'only requests with one of these credentials; none: without any'}),
    per: z
      .array(word)
      .default([])
      .meta({description: 'one bucket for each value; built in: operation, method, credential'}),
    windows: z.array(windowSchema).min(1),
    learn: z.boolean().optional().meta({
      description: 'what it allows is not known: a run begins at the pace of the first window and finds it out',
    }),
  })
  .meta({title: 'a limit', description: 'what the provider allows, to whom'});
