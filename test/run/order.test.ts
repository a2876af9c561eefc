import {assert} from 'chai';
import type {Manifest} from '../../src/journal/folder.js';
import type {Asked, Order} from '../../src/requests/asked.js';
import {controlled, manifestOf, orderOf, planDigest, type Remembered, said} from '../../src/run/order.js';
import {sampleProfile} from '../requests/sample.js';

const asked: Asked = {
  profile: sampleProfile(),
  baseUrl: 'https://api.example.com',
  template: {request: 'POST /users', headers: ['X-Tenant: {{ tenant }}'], body: '{"name": "{{ name }}"}'},
  id: 'email',
  key: 'team',
  phase: 'step',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how a secret is named.
  headers: ['Authorization: Bearer ${TOKEN}'],
  scope: {user: {column: 'caller'}, bot: {value: 'st-1'}},
  allowedOrigins: ['https://files.example.com'],
};
const order: Order = {file: 'users.csv', asked, delimiter: ';', skipInvalid: true};
const bare: Order = {
  file: '-',
  asked: {profile: sampleProfile(), baseUrl: asked.baseUrl, scope: {}, headers: [], allowedOrigins: []},
  delimiter: undefined,
  skipInvalid: false,
};
const overrides = {limits: [{name: 'network', requests: 80, seconds: 5}], share: 0.5, concurrency: 4};

/** The order as it comes back from run.json. */
function throughManifest(
  given: Order,
  overrides: Remembered['overrides'],
  onKeyFailure: Remembered['onKeyFailure'] = 'continue',
): ReturnType<typeof orderOf> {
  const manifest = {...manifestOf(given, {overrides, onKeyFailure}), file: given.file} as unknown as Manifest;
  return orderOf(JSON.parse(JSON.stringify(manifest)));
}

const withoutUndefined = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('the order of a run', () => {
  it('comes back from run.json as it was given', () => {
    const back = throughManifest(order, overrides, 'stop');
    assert.deepEqual(withoutUndefined(back), withoutUndefined({...order, overrides, onKeyFailure: 'stop'}));
  });

  it('comes back without what was never said', () => {
    const back = throughManifest(bare, {limits: []});
    assert.deepEqual(
      withoutUndefined(back),
      withoutUndefined({...bare, overrides: {limits: []}, onKeyFailure: 'continue'}),
    );
    assert.isUndefined(back.asked.template);
    assert.isUndefined(back.delimiter);
  });

  it('is told apart by what is asked of the provider, and by nothing else', () => {
    const digest = planDigest(asked);
    assert.equal(planDigest(throughManifest(order, overrides).asked), digest);
    assert.equal(planDigest({...asked, scope: {bot: {value: 'st-1'}, user: {column: 'caller'}}}), digest);
    const others: readonly Partial<Asked>[] = [
      {baseUrl: 'https://eu.example.com'},
      {template: {...asked.template!, body: '{}'}},
      {template: undefined},
      {headers: []},
      {id: undefined},
      {key: undefined},
      {phase: undefined},
      {key: undefined, phase: undefined},
      {scope: {}},
      {profile: sampleProfile({concurrency: 3})},
    ];
    const digests = others.map((other) => planDigest({...asked, ...other}));
    assert.lengthOf(new Set([digest, ...digests]), others.length + 1);
  });

  it('changes the limits that a control names, and keeps the others', () => {
    const earlier = {...overrides, limits: [...overrides.limits, {requests: 9, seconds: 1}]};
    const limits = [{name: 'network', requests: 50, seconds: 5}];
    assert.deepEqual(controlled(earlier, {limits, concurrency: 2}), {
      share: 0.5,
      concurrency: 2,
      limits: [{requests: 9, seconds: 1}, ...limits],
    });
    assert.deepEqual(controlled(earlier, {paused: true}), earlier);
  });

  it('holds on to what is not said anew', () => {
    const earlier = {...overrides, pace: 'even' as const};
    assert.deepEqual(said(earlier, {limits: [], share: undefined, rampSeconds: 30}), {...earlier, rampSeconds: 30});
    assert.deepEqual(said(earlier, {limits: [{requests: 1, seconds: 2}], pace: 'burst'}), {
      ...earlier,
      limits: [{requests: 1, seconds: 2}],
      pace: 'burst',
    });
  });
});
