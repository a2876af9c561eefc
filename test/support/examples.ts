import type {JobPlan, StepPlan} from '../../src/jobs/plan-job.js';
import type {JobEnded} from '../../src/jobs/run-job.js';
import type {StepTally} from '../../src/jobs/stand.js';
import type {Plan} from '../../src/plan/plan.js';
import {findProfile} from '../../src/profiles/find.js';
import {resultOf} from '../../src/report/results.js';
import {NOT_BEGUN, summaryOf} from '../../src/report/summary.js';
import {keepAccount} from '../../src/simulate/account.js';
import type {Served} from '../../src/simulate/announce.js';
import {keepTally} from '../../src/simulate/tally.js';
import {controlShown} from '../../src/ui/control.js';
import type {JobStatus} from '../../src/ui/job-status.js';
import {listedProfile} from '../../src/ui/profiles.js';
import type {Pruned} from '../../src/ui/prune.js';
import type {RestPlan} from '../../src/ui/remains.js';
import {proofShown} from '../../src/ui/verify.js';

const COUNTS = {rows: 1, ok: 1, failed: 0, inDoubt: 0, skipped: 0, pending: 0, attempts: 1, refusals: 0};
const OUTCOME = {
  state: 'ok',
  status: 200,
  attempts: 1,
  at: 0,
  sentAt: null,
  ms: 1,
  error: null,
  note: null,
  response: null,
  captured: null,
  resent: false,
} as const;

const TALLY: StepTally = {
  step: 'users',
  rows: 1,
  ok: 1,
  failed: 0,
  inDoubt: 0,
  skipped: 0,
  waiting: 0,
  pending: 0,
  requests: 1,
};

const STEP_PLAN: StepPlan = {
  step: 'users',
  rows: 1,
  requests: 1,
  seconds: 1,
  unbatchedSeconds: null,
  invalid: 0,
  problems: [],
};

const PLAN: Plan = {
  rows: 1,
  valid: 1,
  invalid: 0,
  requests: 1,
  seconds: 0.1,
  secondsLow: 0.1,
  secondsHigh: 0.1,
  finishesAt: '2026-08-21T12:00:00.000Z',
  binding: [
    {
      limit: 'network',
      window: '100 per 5 s',
      share: 1,
      fromSeconds: 0,
      idleSeconds: 0.1,
      everySeconds: null,
      before: null,
      savesSeconds: 0,
    },
  ],
  lanes: [{name: 'network', requests: 1, seconds: 0.1}],
  preview: [{method: 'POST', url: 'https://api.example.com/a', headers: {}, body: '{}'}],
  problems: [{code: 'ROW_BAD', rows: 2, message: '"email" is empty', file: 'users.csv', line: 17, row: 16}],
};

const REST: RestPlan = {
  ...PLAN,
  run: 'r',
  state: 'stopped',
  done: {ok: 1, failed: 0, inDoubt: 0, skipped: 0},
  underWay: 0,
  kept: 0,
  latencySeconds: {low: 0.05, expected: 0.1, high: 0.15},
};

/**
 * One example of everything that is written as JSON, made by the code that writes it or held to its type: their keys are the surface. An example has
 * every optional member, because a member that comes and goes is part of the surface too.
 */
export const EXAMPLES: Readonly<Record<string, unknown>> = {
  'summary.json': summaryOf({run: 'r', folder: 'a.run', counts: COUNTS, span: NOT_BEGUN, running: false}),
  'plan --json': PLAN,
  'prune --json': {
    removed: [{folder: 'a.run', endedAt: '2026-08-21T12:00:00.000Z', rows: 1}],
    kept: [{folder: 'b.run', why: '1 row pending'}],
  } satisfies Pruned,
  'run JOB --json': {steps: [TALLY], exit: 0, next: 'sluice status a.run'} satisfies Omit<JobEnded, 'stop'>,
  'plan JOB --json': {
    steps: [STEP_PLAN],
    seconds: 1,
    finishesAt: '2026-08-21T12:00:00.000Z',
    exit: 0,
  } satisfies JobPlan,
  'status JOB --json': {
    steps: [
      {step: 'users', run: summaryOf({run: 'r', folder: 'a.run', counts: COUNTS, span: NOT_BEGUN, running: false})},
    ],
    next: 'sluice resume a.run',
  } satisfies JobStatus,
  'plan RUN --json': REST,
  'profiles --json': [listedProfile(findProfile('amity'))],
  'simulate --json': {...keepTally().read(), state: {users: keepAccount().read(0)}} satisfies Served,
  'results.ndjson': resultOf(1, 'u-1', OUTCOME),
  'set --json': controlShown({
    at: 0,
    said: 'share 50 % from now on',
    share: 0.5,
    concurrency: 4,
    pace: 'burst',
    limits: [{name: 'network', requests: 50, seconds: 5}],
    paused: false,
  }),
  'verify --json': proofShown({
    name: 'users.csv',
    rows: 1,
    counts: {pending: 0, ok: 1, failed: 0, 'in-doubt': 0, skipped: 0},
    lines: 5,
    tornBytes: 0,
    attempts: 1,
    resent: {certain: 0, repeatable: 0, decided: 0},
    byHand: 0,
    corrected: 0,
    templates: [{plan: 'c0ffee00', rows: 1}],
    running: false,
    faults: [],
  }),
};
