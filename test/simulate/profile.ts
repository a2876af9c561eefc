import type {Profile} from '../../src/profiles/profile.js';

/** A profile without limits, rules and headers, and what the test gives. */
export function profileOf(parts: Partial<Profile>): Profile {
  return {
    name: 'example',
    title: 'Example',
    regions: {},
    sources: [],
    credentials: [],
    operations: {},
    scopes: {},
    limits: [],
    variants: {},
    concurrency: 10,
    share: 1,
    headers: {trust: 'none'},
    countRefusals: true,
    stop: [],
    refused: [],
    notExecuted: [],
    failed: [],
    ok: [],
    retry: {attempts: 5, statuses: [], firstSeconds: 1, factor: 2, maxSeconds: 60, jitterSeconds: 0},
    repeatable: {methods: ['GET']},
    resend: [],
    ...parts,
  };
}
