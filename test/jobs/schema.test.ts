import {readFileSync} from 'node:fs';
import {assert} from 'chai';
import {jobJsonSchema} from '../../src/jobs/schema.js';

type Members = {readonly properties: Readonly<Record<string, Members & {readonly additionalProperties?: Members}>>};

describe('the schema of a job', () => {
  const {properties} = jobJsonSchema() as Members;
  const page = readFileSync('docs/jobs.md', 'utf8');

  for (const [what, members] of [
    ['a provider', properties.provider!.properties],
    ['a step', properties.steps!.additionalProperties!.properties],
    ['an input', properties.steps!.additionalProperties!.properties.input!.properties],
  ] as const)
    it(`has no member of ${what} that the page does not tell of`, () => {
      const untold = Object.keys(members).filter((name) => !new RegExp(`\`[^\`]*\\b${name}\\b[^\`]*\``).test(page));
      assert.isEmpty(untold);
    });
});
