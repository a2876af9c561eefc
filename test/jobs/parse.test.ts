import {readFileSync} from 'node:fs';
import {assert} from 'chai';
import {parseJob} from '../../src/jobs/parse.js';
import {assertProblem} from '../requests/sample.js';

const CITIES = new URL('../../fixtures/jobs/cities.yaml', import.meta.url);
const one = (step: string) =>
  `provider: {profile: amity}\nsteps:\n  users: {input: {file: a.csv}, request: POST /x, ${step}}\n`;

describe('a job file', () => {
  it('is a list of steps, each behind what it needs', () => {
    const {steps} = parseJob(readFileSync(CITIES, 'utf8'), 'cities.yaml');
    assert.deepEqual(
      steps.map(({name, needs}) => [name, needs]),
      [
        ['users', []],
        ['communities', []],
        ['channels', ['communities']],
        ['members', ['users', 'communities']],
      ],
    );
    assert.deepEqual(steps[3]!.batch, {size: 100, by: ['communityId']});
    assert.deepEqual(steps[1]!.input, {file: '../world-cities-2000.csv', delimiter: undefined, distinct: ['country']});
  });

  it('puts a step that is written before what it needs behind it', () => {
    const {steps} = parseJob(
      'provider: {profile: amity}\nsteps:\n  b: {input: {step: a}, request: GET /x}\n  a: {input: {file: f}, request: GET /x}\n',
      'j.yaml',
    );
    assert.deepEqual(
      steps.map(({name}) => name),
      ['a', 'b'],
    );
  });

  it('has a body that is written out, in which an expression alone keeps its type and its quotes', () => {
    const {steps} = parseJob(
      one(
        `body: {name: 'Mr "{{ name }}"', ids: "{{ rows | map: \\"id\\" }}", all: [1, true, null], n: "{ {{ n | default: \\"-\\" }}"}`,
      ),
      'j.yaml',
    );
    assert.equal(
      steps[0]!.body,
      '{"name":"Mr \\"{{ name }}\\"","ids":{{ rows | map: "id" }},"all":[1,true,null],"n":"{ {{ n | default: "-" }}"}',
    );
  });

  it('says what answers mean, as --ok and profiles do', () => {
    const {steps} = parseJob(
      one(
        'ok: [409, "404:gone", {status: 400, json: {/code: 7}}], failed: [{status: 2xx, json: {/ok: false}}], stop: [{body: quota}]',
      ),
      'j.yaml',
    );
    const {ok, failed, stop} = steps[0]!.answers;
    assert.deepEqual(ok, [{status: ['409']}, {status: ['404'], body: 'gone'}, {status: ['400'], json: {'/code': 7}}]);
    assert.deepEqual(failed, [{status: ['2xx'], json: {'/ok': false}}]);
    assert.deepEqual(stop, [{body: 'quota'}]);
  });

  for (const [what, text, says] of [
    [
      'a member that is not known',
      one('bodi: x'),
      'j.yaml:3: steps.users: "bodi" is not a member of a step, did you mean "body"?',
    ],
    ['no provider', 'steps:\n  a: {input: {file: f}, request: GET /x}\n', 'no provider is there'],
    ['a provider that is not there', `${one('provider: eu')}`, '"eu" is no provider of this job'],
    ['a need that is no step', one('needs: user'), '"user" is no step of this job, did you mean "users"?'],
    ['no request', 'provider: {profile: a}\nsteps:\n  a: {input: {file: f}}\n', 'a has neither request nor operation'],
    [
      'two inputs',
      'provider: {profile: a}\nsteps:\n  a: {input: {file: f, step: a}, request: GET /x}\n',
      'names two things',
    ],
    ['a key in a batch', one('key: id, batch: {size: 2, by: a}'), 'a batch and a key'],
    ['a batch of one', one('batch: {size: 1}'), 'steps.users.batch.size is 1, expected at least 2'],
    [
      'a circle',
      'provider: {profile: a}\nsteps:\n  a: {input: {step: b}, request: GET /x}\n  b: {input: {step: a}, request: GET /x}\n',
      'the steps wait for one another: a needs b needs a',
    ],
  ] as const)
    it(`is refused with ${what}`, () => assertProblem(() => parseJob(text, 'j.yaml'), 'JOB_INVALID', 78, says));
});
