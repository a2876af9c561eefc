import {assert} from 'chai';
import type {Step} from '../../src/jobs/job.js';
import {ofStep, orderOf, overridesOf} from '../../src/jobs/step-order.js';
import {EXIT, Problem} from '../../src/problem.js';

const STEP: Step = {
  name: 'users',
  provider: {profile: 'amity', region: 'eu', limit: ['network=80/5s'], share: '50%', concurrency: 4},
  needs: [],
  input: {file: 'a.csv'},
  join: {},
  request: 'POST /x',
  headers: ['X-A: b'],
  scope: {user: '@id', team: 'red'},
  capture: {id: '{{ response.body.id }}'},
  answers: {
    ok: [{status: ['409']}],
    failed: [{status: ['2xx'], json: {'/ok': false}}],
    notExecuted: [],
    refused: [],
    stop: [],
  },
};

describe('the order of a step', () => {
  it('is the one that the same words of the command line would make', () => {
    const {file, asked} = orderOf(STEP, 'a.csv', '/jobs/job.yaml');
    assert.equal(file, 'a.csv');
    assert.equal(asked.baseUrl, 'https://apix.eu.amity.co');
    assert.deepEqual(asked.scope, {user: {column: 'id'}, team: {value: 'red'}});
    // Before what the profile itself says.
    assert.deepEqual(asked.profile.failed[0], {status: ['2xx'], json: {'/ok': false}});
    assert.deepEqual([asked.headers, asked.capture], [['X-A: b'], {id: '{{ response.body.id }}'}]);
  });

  it('goes as fast as the job says, unless the operator says otherwise', () => {
    const job = overridesOf(STEP, {limits: []});
    assert.deepEqual([job.limits.length, job.share, job.concurrency, job.ok], [1, 0.5, 4, [{status: ['409']}]]);
    const said = overridesOf(STEP, {limits: [], share: 0.1, concurrency: 1, pace: 'even'});
    assert.deepEqual([said.share, said.concurrency, said.pace], [0.1, 1, 'even']);
  });

  it('names its step in a Problem, once', async () => {
    const fail = () => Promise.reject(new Problem('A', 'it is so', 'do this', {exit: EXIT.misfit}));
    const error = (await ofStep(STEP, () => ofStep(STEP, fail)).catch((thrown: unknown) => thrown)) as Problem;
    assert.deepEqual([error.message, error.exit], ['step users: it is so', 65]);
  });
});
