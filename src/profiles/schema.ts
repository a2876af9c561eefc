import * as z from 'zod';
import {RENEWS} from '../limits/renewal.js';
import {limitSchema, scopeSchema} from './schema-limits.js';
import {headerName, name, routeText, word} from './schema-words.js';

const STATUS = 'a status from 100 to 599, or 4xx, or a list of them';

const status = z.union(
  [z.int(STATUS).min(100, STATUS).max(599, STATUS), z.string().regex(/^([1-5]xx|[1-5]\d\d)$/, STATUS)],
  STATUS,
);

const SHARE = 'a share such as 80%, or 0.8';

/** One rule about answers. */
export const answerRule = z
  .strictObject({
    status: z
      .union([status, z.array(status).min(1, STATUS)], STATUS)
      .optional()
      .meta({description: '429, or 4xx, or a list of them'}),
    body: z.string().min(1).optional().meta({description: 'a text that the body contains; letter case does not count'}),
    json: z
      .record(z.string().regex(/^(\/.*)?$/, 'a JSON pointer such as /error/code'), z.json())
      .optional()
      .meta({description: 'JSON pointers into the body, each with the value expected there; true: is there at all'}),
    header: z.record(headerName, z.string()).optional().meta({
      description:
        'response headers, each with a text that its value contains, or a whole number; an empty text: is there at all',
    }),
    why: z.string().min(1).optional().meta({description: 'what it means, in the words that a person is told'}),
  })
  .meta({title: 'a rule about answers', description: 'all of its members must hold'});

/** Rules about answers. */
export const answerRules = z.array(answerRule);

/** Rules that say of what they are a refusal. */
export const refusedRules = z.array(
  answerRule
    .extend({
      limits: z
        .array(word)
        .min(1)
        .optional()
        .meta({description: 'the limits whose buckets such an answer closes; absent: told by the counts'}),
    })
    .meta({title: 'a rule about refusals'}),
);

/** Rules that end a run, and may say when going on makes sense. */
export const stopRules = z.array(
  answerRule
    .extend({
      renews: z
        .string()
        .regex(RENEWS, 'hourly, daily, or a time of day in UTC such as 07:30Z')
        .optional()
        .meta({description: 'when what is used up comes back: hourly, daily (at 00:00Z), or a time of day in UTC'}),
    })
    .meta({title: 'a rule that ends the run'}),
);

const source = z
  .strictObject({
    url: z.string().min(1).meta({description: 'a page, or a repository and a path in it'}),
    date: z.string().regex(/^\d{4}-\d\d-\d\d$/, 'a date such as 2026-08-21'),
    says: z.string().min(1),
  })
  .meta({title: 'a source', description: 'whose word a figure is, and when it was read'});

const credential = z
  .strictObject({
    name: name.meta({description: 'what --credential, `with` and `credential` call it'}),
    header: headerName.optional(),
    query: z
      .string()
      .regex(/^[\w.~-]+$/, 'the name of a query parameter')
      .optional(),
    prefix: z
      .string()
      .regex(/^[\t\x20-\x7e]*$/, 'a text of one line')
      .default('')
      .meta({description: 'put before the secret'}),
    env: z
      .string()
      .regex(/^[A-Za-z_]\w*$/, 'the name of an environment variable')
      .meta({description: 'the environment variable that holds the secret'}),
    also: z.array(name).optional().meta({description: 'credentials that are sent together with this one'}),
    headers: z
      .record(headerName, z.string())
      .optional()
      .meta({description: 'fixed headers that go with this credential'}),
  })
  .meta({title: 'a credential', description: 'how a secret reaches a request: by `header` or by `query`'});

const operation = z
  .strictObject({
    route: routeText,
    aliases: z
      .array(routeText)
      .optional()
      .meta({description: 'other routes by which the provider knows the same operation'}),
    group: word.optional(),
    repeatable: z
      .boolean()
      .optional()
      .meta({description: 'may be sent again when nobody knows whether it was executed'}),
    credential: name.optional().meta({description: 'the credential it needs, instead of the chosen one'}),
    batch: z
      .strictObject({
        field: z.string().regex(/^(\/.*|\?[^\s=&]+)?$/, 'a JSON pointer such as /users, or ?ids for a query parameter'),
        max: z.int().positive().optional(),
      })
      .optional()
      .meta({title: 'a batch', description: 'where one request carries many, and how many at most'}),
  })
  .meta({title: 'an operation', description: 'a request with a name'});

const headers = z
  .strictObject({
    limit: headerName.optional(),
    remaining: headerName.optional(),
    reset: headerName.optional(),
    format: z
      .enum(['epoch-seconds', 'epoch-ms', 'seconds', 'ms', 'iso', 'http-date', 'duration'])
      .optional()
      .meta({description: 'how the reset is written; absent: told by its size and shape'}),
    describes: z
      .strictObject({limits: z.array(word).min(1).optional(), seconds: z.number().positive().optional()})
      .optional()
      .meta({
        title: 'describes',
        description: 'the limits, and the length of the one window of theirs, that the headers speak of',
      }),
    trust: z
      .enum(['none', 'down', 'up'])
      .default('down')
      .meta({description: 'whether a limit that a response names is believed: never, when it is lower, or always'}),
  })
  .meta({title: 'headers', description: 'the response headers that carry the quota'});

const seconds = z.number().nonnegative().max(86_400);

const retry = z
  .strictObject({
    attempts: z.int().min(1).max(100).default(5),
    statuses: z.array(z.int().min(400).max(599)).default([500, 502, 503, 504]),
    firstSeconds: seconds.default(1),
    factor: z.number().min(1).max(10).default(2),
    maxSeconds: seconds.default(60),
    jitterSeconds: seconds.default(0.1),
  })
  .meta({title: 'retry', description: 'how often, after which statuses and with which waits a request is sent again'});

const probe = z
  .strictObject({
    operations: z.array(name).min(1).optional(),
    groups: z.array(word).min(1).optional(),
    request: z
      .string()
      .regex(/^(GET|HEAD) \/\S/, 'GET or HEAD, a blank, and a path such as /users/{{ request.body.id }}')
      .meta({description: 'GET or HEAD and a path, with {{ expressions }} over the row and over `request`'}),
    happened: answerRules.min(1).meta({description: 'answers that mean: it was executed'}),
    didNot: answerRules.min(1).meta({description: 'answers that mean: it was not executed'}),
  })
  .meta({title: 'a probe', description: 'a request that tells whether another one, in doubt, was executed'});

const method = z.string().regex(/^[A-Z]+$/, 'an HTTP method such as PUT');

/** A profile file as people write it, with its shorthand; `z.output` of it has the defaults in place. Unknown members are refused. */
export const profileSchema = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9][\w.-]*(:[\w.-]+)?$/, 'a name of letters, digits, "-", "_" and "."'),
    title: z.string().min(1).optional().meta({description: 'the name that people know; default: name'}),
    baseUrl: z
      .string()
      .optional()
      .meta({description: 'where requests go unless --region or --base-url says otherwise'}),
    regions: z.record(word, z.string()).optional().meta({description: 'base URLs that --region chooses from'}),
    sources: z.array(source).default([]),
    credentials: z.array(credential).default([]),
    operations: z.record(name, operation).default({}),
    scopes: z.record(word, scopeSchema).default({}),
    limits: z.array(limitSchema).default([]),
    variants: z.record(word, z.strictObject({without: z.array(word).min(1)}).meta({title: 'a variant'})).default({}),
    concurrency: z.int().min(1).max(10_000).default(10),
    share: z
      .union([z.number().positive(SHARE).max(1, SHARE), z.string().regex(/^\d{1,3}(\.\d+)?%$/, SHARE)], SHARE)
      .default(1)
      .meta({description: 'how much of every window to use unless --share says otherwise'}),
    pace: z
      .enum(['burst', 'even'])
      .optional()
      .meta({description: 'use a window as soon as it is open, or spread requests over it; --pace says otherwise'}),
    rampSeconds: z
      .number()
      .positive()
      .max(86_400)
      .optional()
      .meta({description: 'how long a session takes to reach its full rate; --ramp says otherwise'}),
    headers: headers.prefault({}),
    countRefusals: z.boolean().default(true).meta({description: 'whether an attempt that is refused uses up a slot'}),
    stop: stopRules.default([]).meta({description: 'answers that end the run; the row stays pending'}),
    refused: refusedRules.default([]).meta({description: 'answers that mean: too fast; besides 429'}),
    notExecuted: answerRules.default([]).meta({description: 'answers of requests that were certainly not executed'}),
    failed: answerRules.default([]),
    ok: answerRules.default([]),
    retry: retry.prefault({}),
    repeatable: z
      .strictObject({methods: z.array(method)})
      .default({methods: ['GET', 'HEAD', 'PUT', 'DELETE']})
      .meta({title: 'repeatable', description: 'the methods whose requests may be sent again when they are in doubt'}),
    resend: z
      .array(z.int().min(400).max(599))
      .default([])
      .meta({description: 'statuses after which even requests that are not repeatable are sent again'}),
    idempotencyKey: z
      .strictObject({header: headerName, hours: z.number().positive().default(24)})
      .optional()
      .meta({
        title: 'idempotencyKey',
        description: 'the header that lets the provider recognise a repetition, and for how long',
      }),
    probes: z.array(probe).optional().meta({description: 'how to find out whether a request in doubt was executed'}),
  })
  .meta({title: 'a profile', description: "What a provider's API allows, and how its answers are to be read."});

export type ProfileFile = z.output<typeof profileSchema>;

/** The JSON Schema (draft 2020-12) of a profile file, for editors and for `sluice profiles schema`. */
export function profileJsonSchema(): object {
  return {...z.toJSONSchema(profileSchema, {io: 'input'}), title: 'sluice profile'};
}
