// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is written so is what is tested.
import {assert} from 'chai';
import {openSecrets} from '../../src/requests/secrets.js';
import {assertProblem, sampleProfile} from './sample.js';

const profile = sampleProfile({
  credentials: [
    {name: 'admin', header: 'Authorization', prefix: 'Bearer ', env: 'ADMIN_TOKEN', also: ['app']},
    {name: 'app', query: 'api_key', prefix: '', env: 'APP_KEY'},
    {name: 'other', header: 'X-Other', prefix: '', env: 'OTHER_KEY'},
  ],
});
const baseUrl = 'https://api.example.com';
const wire = {method: 'GET', url: `${baseUrl}/x`, headers: {}, body: undefined};
const secretsOf = (env: Record<string, string>, headers: string[] = [], chosen?: string) =>
  openSecrets({profile, env: {...env}, envFile: undefined, chosen, headers, baseUrl});
const line = 'Authorization: Bearer ${MINE}';

describe('openSecrets', () => {
  // A run with such a line was refused for want of ADMIN_TOKEN, which nobody was to need.
  it('takes a credential from the header line that carries it, and what goes along from the environment', () => {
    const secrets = secretsOf({MINE: 'm1n3-t0k3n', APP_KEY: 'a'}, [line]);
    assert.equal(secrets.credential, 'admin');
    secrets.require('admin');
    const sent = secrets.apply(wire, 'admin');
    assert.deepEqual(sent.headers, {authorization: 'Bearer m1n3-t0k3n'});
    assert.equal(sent.url, `${baseUrl}/x?api_key=a`);
  });

  it('names what goes along and is not there', () =>
    assertProblem(() => secretsOf({MINE: 'm'}, [line]).require('admin'), 'CREDENTIAL_MISSING', 77, 'APP_KEY'));

  it('means the carried credential, whatever else the environment holds, unless another is named', () => {
    const env = {MINE: 'm', APP_KEY: 'a', OTHER_KEY: 'o'};
    assert.equal(secretsOf(env, [line]).credential, 'admin');
    assert.equal(secretsOf(env, [line], 'other').credential, 'other');
  });

  it('takes the same account for the same when it is named, as on resume', () => {
    const env = {MINE: 'm', APP_KEY: 'a', ADMIN_TOKEN: 'unused'};
    const [begun, resumed] = [secretsOf(env, [line]), secretsOf(env, [line], 'admin')];
    assert.equal(resumed.fingerprint('salt'), begun.fingerprint('salt'));
    assert.notEqual(secretsOf({...env, MINE: 'n'}, [line]).fingerprint('salt'), begun.fingerprint('salt'));
  });

  it('takes the secrets out of the environment', () => {
    const env: Record<string, string | undefined> = {ADMIN_TOKEN: 's', APP_KEY: 'a', HOME: '/'};
    openSecrets({profile, env, envFile: undefined, chosen: undefined, headers: [], baseUrl});
    assert.deepEqual(env, {HOME: '/'});
  });
});
