import type {Profile} from '../../src/profiles/profile.js';

/** A profile with nothing in it but the defaults of a profile file, and what the test gives. */
export function profileOf(parts: Partial<Profile>): Profile {
  return {
    name: 'example',
    title: 'example',
    regions: {},
    sources: [],
    credentials: [],
    operations: {},
    scopes: {},
    limits: [],
    variants: {},
    concurrency: 10,
    share: 1,
    headers: {trust: 'down'},
    countRefusals: true,
    stop: [],
    refused: [],
    notExecuted: [],
    failed: [],
    ok: [],
    retry: {
      attempts: 5,
      statuses: [500, 502, 503, 504],
      firstSeconds: 1,
      factor: 2,
      maxSeconds: 60,
      jitterSeconds: 0.1,
    },
    repeatable: {methods: ['GET', 'HEAD', 'PUT', 'DELETE']},
    resend: [],
    ...parts,
  };
}
