import {assert} from 'chai';
import {findProfile, listProfiles} from '../../src/profiles/find.js';
import {routeTable} from '../../src/profiles/routes.js';
import {buildRequest} from '../../src/requests/build.js';
import {buildProbe, compileProbes, probeOf} from '../../src/requests/probe.js';
import {compileTemplate} from '../../src/requests/template.js';
import {sampleOperation, sampleSetting} from './sample.js';

/** The path of the probe of a request; undefined where there is none. */
function probed(name: string, request: string, body: string): string | undefined {
  const profile = findProfile(name);
  const baseUrl = 'https://api.example.com';
  const template = compileTemplate({request, body, headers: []}, profile, undefined);
  const setting = sampleSetting({
    profile,
    template,
    routes: routeTable(profile, baseUrl),
    baseUrl,
    credential: undefined,
  });
  const operation = sampleOperation({});
  const asked = buildRequest(operation, setting);
  const probe = probeOf(compileProbes(profile), asked);
  return probe && buildProbe(probe, operation, asked, setting).url.replace(baseUrl, '');
}

describe('the probes of the built-in profiles', () => {
  for (const name of listProfiles())
    it(`can be made: ${name}`, () => assert.doesNotThrow(() => compileProbes(findProfile(name))));

  for (const [name, request, body, path] of [
    ['amity', 'POST /api/v3/channels', '{"channelId": "c 1", "type": "live"}', '/api/v3/channels/c%201'],
    ['amity', 'POST /api/v3/communities', '{"displayName": "x"}', undefined],
    ['stream', 'POST /api/v2/feeds/activities', '{"id": "a-1"}', '/api/v2/feeds/activities/a-1'],
    ['stream', 'POST /api/v2/feeds/comments', '{"id": "k-1"}', '/api/v2/feeds/comments/k-1'],
    ['stream', 'POST /api/v2/polls', '{"id": "p-1"}', '/api/v2/polls/p-1'],
    [
      'appwrite',
      'POST /databases/d/collections/c/documents',
      '{"documentId": "x"}',
      '/databases/d/collections/c/documents/x',
    ],
    ['appwrite', 'POST /tablesdb/d/tables/t/rows', '{"rowId": "x"}', '/tablesdb/d/tables/t/rows/x'],
    ['appwrite', 'POST /users', '{"userId": "u"}', '/users/u'],
  ] as const)
    it(`${name}, ${request}: ${path ?? 'none'}`, () => assert.equal(probed(name, request, body), path));

  for (const [name, request, body] of [
    ['amity', 'POST /api/v3/channels', '{"type": "live"}'],
    ['appwrite', 'POST /databases/d/collections/c/documents', '{"documentId": "unique()"}'],
    ['appwrite', 'POST /databases/d/collections/c/documents', '{"documents": []}'],
  ] as const)
    it(`${name}, ${request} with an id of the provider's choice: cannot be told`, () =>
      assert.throws(() => probed(name, request, body), 'its probe cannot be made'));
});
