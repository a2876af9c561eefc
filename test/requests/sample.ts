import {assert} from 'chai';
import type {Operation} from '../../src/operations/operation.js';
import {Problem} from '../../src/problem.js';
import type {Profile} from '../../src/profiles/profile.js';
import {routeTable} from '../../src/profiles/routes.js';
import {buildRequest, type RequestSetting} from '../../src/requests/build.js';
import type {Request} from '../../src/requests/request.js';
import {compileTemplate, type TemplateSpec} from '../../src/requests/template.js';
import {profileOf} from '../support/profile.js';

/** A small profile with every default filled in. */
export function sampleProfile(parts: Partial<Profile> = {}): Profile {
  return profileOf({
    title: 'Example Platform',
    credentials: [{name: 'key', header: 'x-api-key', prefix: '', env: 'EXAMPLE_KEY'}],
    operations: {
      ExportBot: {route: 'POST /bots/{bot}/export', group: 'definition'},
      RemoveUser: {route: 'DELETE /users/{id}', group: 'users'},
    },
    ...parts,
  });
}

/** Row 88 of users.csv, which begins on line 92. */
export function sampleOperation(values: Record<string, unknown>, parts: Partial<Operation> = {}): Operation {
  return {
    id: '88',
    place: {file: 'users.csv', row: 88, line: 92},
    call: {kind: 'template'},
    headers: {},
    body: undefined,
    scope: {},
    values: Object.assign(Object.create(null), values),
    ...parts,
  };
}

export function sampleSetting(parts: Partial<RequestSetting> = {}): RequestSetting {
  const profile = parts.profile ?? sampleProfile();
  return {
    profile,
    routes: routeTable(profile),
    template: undefined,
    captures: [],
    baseUrl: 'https://api.example.com',
    allowedOrigins: [],
    credential: 'key',
    ...parts,
  };
}

/** The request that a template makes of one row. */
export function requestOf(
  spec: Partial<TemplateSpec>,
  values: Record<string, unknown>,
  setting: Partial<RequestSetting> = {},
): Request {
  const profile = setting.profile ?? sampleProfile();
  const whole = {headers: [], ...(spec.operation === undefined ? {request: 'POST /x'} : {}), ...spec};
  const template = compileTemplate(whole, profile, Object.keys(values));
  return buildRequest(sampleOperation(values), sampleSetting({profile, template, ...setting}));
}

/** The request of a row that says itself where it goes. */
export function direct(url: string, parts: Partial<Operation> = {}, setting: Partial<RequestSetting> = {}): Request {
  return buildRequest(
    sampleOperation({}, {call: {kind: 'direct', method: 'POST', url}, ...parts}),
    sampleSetting(setting),
  );
}

/** Expects a Problem with this code and exit, whose message holds every one of the words. */
export function assertProblem(action: () => unknown, code: string, exit: number, ...words: readonly string[]): Problem {
  let found: unknown;
  try {
    const result = action();
    assert.fail(`expected ${code}, got ${JSON.stringify(result)}`);
  } catch (error) {
    found = error;
  }
  if (!(found instanceof Problem)) throw found;
  assert.equal(found.code, code, found.message);
  assert.equal(found.exit, exit, found.message);
  for (const word of words) assert.include(found.message, word);
  return found;
}
