// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is written so is what is tested.
import {assert} from 'chai';
import {
  applyCredential,
  credentialInHeaders,
  findCredential,
  fingerprint,
  forgetSecrets,
  missingCredential,
  readCredential,
  readSecretHeaders,
  type SecretSource,
  secretVariables,
} from '../../src/requests/credentials.js';
import {assertProblem, sampleProfile} from './sample.js';

const profile = sampleProfile({
  credentials: [
    {name: 'admin', header: 'Authorization', prefix: 'Bearer ', env: 'ADMIN_TOKEN'},
    {
      name: 'client',
      header: 'X-API-KEY',
      prefix: '',
      env: 'API_KEY',
      also: ['id', 'app'],
      headers: {'stream-auth-type': 'jwt'},
    },
    {name: 'id', header: 'X-CLIENT-ID', prefix: '', env: 'CLIENT_ID'},
    {name: 'app', query: 'api_key', prefix: '', env: 'APP_KEY'},
  ],
});
const source = (env: Record<string, string>, file: Record<string, string> = {}): SecretSource => ({
  env: {...env},
  file,
});
const baseUrl = 'https://api.example.com/v1';
const wire = {method: 'GET', url: 'https://api.example.com/v1/x?a=1', headers: {'x-a': '1'}, body: undefined};
const whole = {API_KEY: 'k', CLIENT_ID: 'c', APP_KEY: 'a&b'};

describe('the credential of a run', () => {
  it('is the first that is set, and then those that go along must be too', () => {
    assert.equal(findCredential(profile, source({ADMIN_TOKEN: 't', ...whole}))?.name, 'admin');
    assert.equal(findCredential(profile, source(whole))?.name, 'client');
    assert.equal(findCredential(profile, source({}, whole))?.name, 'client');
    assertProblem(() => findCredential(profile, source({API_KEY: 'k'})), 'CREDENTIAL_MISSING', 77, 'CLIENT_ID');
    assert.isUndefined(findCredential(profile, source({CLIENT_ID: 'c'})));
  });

  it('is the one that is named, and then it must be there', () => {
    assert.equal(findCredential(profile, source({ADMIN_TOKEN: 't', ...whole}), 'client')?.name, 'client');
    assertProblem(
      () => findCredential(profile, source({ADMIN_TOKEN: 't'}), 'client'),
      'CREDENTIAL_MISSING',
      77,
      'API_KEY',
    );
    assertProblem(
      () => findCredential(profile, source({API_KEY: 'k', APP_KEY: 'a'}), 'client'),
      'CREDENTIAL_MISSING',
      77,
      'CLIENT_ID',
    );
    assertProblem(
      () => findCredential(profile, source(whole), 'clent'),
      'CREDENTIAL_UNKNOWN',
      2,
      '"clent"',
      'did you mean "client"',
    );
  });

  it('goes into the request with those that go along, at the last moment', () => {
    const credential = readCredential(profile, profile.credentials[1]!, source(whole), baseUrl);
    assert.deepEqual(applyCredential(wire, credential), {
      ...wire,
      url: 'https://api.example.com/v1/x?a=1&api_key=a%26b',
      headers: {'x-a': '1', 'x-api-key': 'k', 'x-client-id': 'c', 'stream-auth-type': 'jwt'},
    });
    assert.deepEqual(credential.secrets, ['k', 'c', 'a&b']);
    assert.equal(
      applyCredential({...wire, url: 'https://api.example.com/x'}, credential).url,
      'https://api.example.com/x?api_key=a%26b',
    );
  });

  it('carries its prefix', () => {
    const credential = readCredential(profile, profile.credentials[0]!, source({ADMIN_TOKEN: ' t0ken\n'}), baseUrl);
    assert.deepEqual(applyCredential(wire, credential).headers, {'x-a': '1', authorization: 'Bearer t0ken'});
  });

  for (const url of [
    'https://evil.com/x',
    'http://api.example.com/x',
    'https://api.example.com:444/x',
    'https://api.example.com.evil.com/',
  ]) {
    it(`goes to no other origin: ${url}`, () => {
      const credential = readCredential(profile, profile.credentials[1]!, source(whole), baseUrl);
      assert.deepEqual(applyCredential({...wire, url}, credential), {...wire, url});
    });
  }

  it('is refused when no header can carry it, without being shown', () => {
    const problem = assertProblem(
      () => readCredential(profile, profile.credentials[0]!, source({ADMIN_TOKEN: 's3c\nr3t'}), baseUrl),
      'CREDENTIAL_INVALID',
      77,
      'ADMIN_TOKEN',
    );
    assert.notInclude(problem.message, 's3c');
  });

  it('comes from the file that was named before it comes from the environment', () => {
    const credential = readCredential(
      profile,
      profile.credentials[0]!,
      source({ADMIN_TOKEN: 'env'}, {ADMIN_TOKEN: 'file'}),
      baseUrl,
    );
    assert.deepEqual(credential.secrets, ['file']);
  });

  it('is removed from the environment', () => {
    const secrets = source({...whole, PATH: '/bin', TOKEN: 'x'});
    forgetSecrets(secrets, secretVariables(profile, ['X-A: ${TOKEN}']));
    assert.deepEqual(secrets.env, {PATH: '/bin'});
  });

  it('that is missing is named, with what to set', () => {
    const problem = missingCredential(sampleProfile());
    assert.equal(problem.exit, 77);
    assert.include(problem.message, 'EXAMPLE_KEY');
    assert.include(problem.suggestions[0]!, '--env-file');
    assert.include(missingCredential(profile).message, 'ADMIN_TOKEN or API_KEY with CLIENT_ID with APP_KEY is not set');
  });
});

describe('a --header with ${NAME}', () => {
  it('is expanded for the provider alone', () => {
    const credential = readSecretHeaders(
      ['Authorization: Bearer ${TOKEN}', 'X-Two: ${A}-${B}', 'X-Plain: 1'],
      source({TOKEN: 't', A: '$&', B: '2'}),
      baseUrl,
    );
    assert.deepEqual(applyCredential(wire, credential).headers, {
      'x-a': '1',
      authorization: 'Bearer t',
      'x-two': '$&-2',
    });
    assert.deepEqual(credential?.secrets, ['t', '$&', '2']);
    assert.deepEqual(applyCredential({...wire, url: 'https://evil.com/x'}, credential).headers, {'x-a': '1'});
  });

  it('is nothing where no header has one', () => {
    assert.isUndefined(readSecretHeaders(['X-Plain: 1'], source({}), baseUrl));
  });

  it('may carry a credential of the profile', () => {
    assert.equal(credentialInHeaders(profile, ['X-Api-Key: ${K}', 'X-Plain: 1']), 'client');
    assert.isUndefined(credentialInHeaders(profile, ['X-Other: ${K}', 'X-Plain: 1']));
  });

  it('needs the variable to be set', () => {
    assertProblem(
      () => readSecretHeaders(['Authorization: Bearer ${TOKEN}'], source({TOKEN: ''}), baseUrl),
      'CREDENTIAL_MISSING',
      77,
      'TOKEN',
    );
  });

  it('may set no header of the connection', () => {
    assertProblem(() => readSecretHeaders(['Host: ${TOKEN}'], source({TOKEN: 'x'}), baseUrl), 'HEADER_INVALID', 78);
  });
});

describe('fingerprint', () => {
  it('tells secrets apart and gives nothing away', () => {
    assert.match(fingerprint('secret', 'salt'), /^[0-9a-f]{16}$/);
    assert.equal(fingerprint('secret', 'salt'), fingerprint('secret', 'salt'));
    assert.notEqual(fingerprint('secret', 'salt'), fingerprint('secret', 'other'));
    assert.notEqual(fingerprint('secret', 'salt'), fingerprint('Secret', 'salt'));
  });
});
