import {assert} from 'chai';
import type {Roles} from '../../src/operations/parse.js';
import {compileTemplate} from '../../src/requests/template.js';
import {unusedNotes} from '../../src/requests/unused-columns.js';
import {contractIn, documentOf} from './openapi-sample.js';
import {sampleProfile} from './sample.js';

const ROLES: Roles = {kind: 'plain', id: undefined, scope: {}};

function notes(columns: readonly string[], roles: Partial<Roles> = {}, headers: readonly string[] = []) {
  const contract = contractIn(documentOf({properties: {email: {}, name: {}}}), 'PutUser');
  const template = compileTemplate({headers, contract}, sampleProfile(), ['id', 'name', ...columns]);
  return unusedNotes(template, {...ROLES, ...roles} as Roles);
}

describe('the columns of a file that a document has no place for', () => {
  it('are told, each with what may have been meant', () => {
    assert.deepEqual(notes(['emial', 'x']), [
      '2 columns go into no request, because PutUser has nothing of the name: "emial" (did you mean "email"?), "x"',
    ]);
  });

  it('are not told where they play another part', () => {
    const scope = {user: {column: 's'}};
    assert.isEmpty(notes(['k', 's', 'h'], {key: 'k', scope}, ['X-H: {{ h }}']));
  });

  it('are not told of a template that is written out', () => {
    const template = compileTemplate({request: 'POST /x', headers: []}, sampleProfile(), ['a']);
    assert.isEmpty(unusedNotes(template, ROLES));
  });
});
