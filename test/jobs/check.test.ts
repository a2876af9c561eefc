import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {checkJob} from '../../src/jobs/check.js';
import {parseJob} from '../../src/jobs/parse.js';
import {Problem} from '../../src/problem.js';

const TEAMS =
  'teams: {input: {file: a.csv, distinct: team}, request: POST /x, capture: {id: "{{ response.body.id }}"}}';
const member = (step: string) => `  ${TEAMS}\n  members: {input: {file: a.csv}, request: POST /x, ${step}}\n`;

describe('checkJob', () => {
  const folder = mkdtempSync(join(tmpdir(), 'job-'));
  const file = join(folder, 'job.yaml');
  before(() => {
    writeFileSync(join(folder, 'a.csv'), 'user,team\na,red\n');
    writeFileSync(join(folder, 'p.yaml'), 'name: p\nbaseUrl: https://p.example\n');
  });
  after(() => rmSync(folder, {recursive: true}));

  const check = (steps: string) => checkJob(parseJob(`provider: {profile: ./p.yaml}\nsteps:\n${steps}`, file), file);

  it('takes what is captured for a column of the steps behind', () =>
    check(
      `${member('join: {teams: team}, body: {team: "{{ id }}", user: "{{ user }}"}')}  all: {input: {step: members}, request: "POST /x/{{ user }}/{{ id }}"}\n`,
    ));

  for (const [what, steps, code, says] of [
    [
      'a column that is not there',
      member('body: "{{ usr }}"'),
      'TEMPLATE_UNKNOWN_COLUMN',
      'step members: body: there is no column "usr", did you mean "user"?',
    ],
    [
      'a captured column without a join',
      member('body: "{{ id }}"'),
      'TEMPLATE_UNKNOWN_COLUMN',
      'step members: body: there is no column "id"',
    ],
    [
      'a column of one row in a batch',
      member('batch: {size: 2}, body: "{{ user }}"'),
      'TEMPLATE_UNKNOWN_COLUMN',
      'there is no column "user"',
    ],
    [
      'a join by what the earlier step has not',
      member('join: {teams: user}'),
      'COLUMN_UNKNOWN',
      'step members: join teams by user names a column',
    ],
    [
      'a distinct that is not there',
      '  x: {input: {file: a.csv, distinct: tea}, request: GET /x}\n',
      'COLUMN_UNKNOWN',
      'did you mean "team"?',
    ],
    ['a file that is not there', '  x: {input: {file: b.csv}, request: GET /x}\n', 'INPUT_MISSING', 'step x: '],
    [
      'a capture of a column',
      '  x: {input: {file: a.csv}, request: GET /x, capture: {y: "{{ user }}"}}\n',
      'CAPTURE_INVALID',
      'there is no "user"',
    ],
  ] as const)
    it(`refuses ${what}, before anything is sent`, async () => {
      const error = await check(steps).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      assert.instanceOf(error, Problem);
      assert.equal((error as Problem).code, code);
      assert.include((error as Problem).message, says);
    });
});
