import {assert} from 'chai';
import {kindOf} from '../../src/plan/kinds.js';
import {assertProblem, sampleProfile} from '../requests/sample.js';

const profile = sampleProfile({
  operations: {
    ExportBot: {route: 'POST /bots/{bot}/export', group: 'definition'},
    PublishBot: {route: 'POST /bots/{bot}/publish', group: 'definition', credential: 'admin'},
    RemoveUser: {route: 'DELETE /users/{id}', group: 'users'},
  },
  limits: [{name: 'feeds', groups: ['feeds'], per: [], windows: []}],
});

describe('kindOf', () => {
  it('knows an operation by its name', () => {
    assert.deepEqual(kindOf('PublishBot', profile, 'key'), {
      name: 'PublishBot',
      operation: 'PublishBot',
      group: 'definition',
      method: 'POST',
      parameters: ['bot'],
      credential: 'admin',
    });
  });

  it('knows a group, also one that only a limit names', () => {
    assert.deepInclude(kindOf('definition', profile, 'key'), {
      operation: undefined,
      group: 'definition',
      parameters: ['bot'],
    });
    assert.deepInclude(kindOf('feeds', profile, 'key'), {group: 'feeds', parameters: []});
  });

  it('knows a request by its route, and takes one without a route as it is', () => {
    assert.deepInclude(kindOf('delete /users/17', profile, 'key'), {operation: 'RemoveUser', credential: 'key'});
    assert.deepInclude(kindOf('POST /a/{b}', profile, 'key'), {
      operation: undefined,
      method: 'POST',
      parameters: ['b'],
    });
  });

  it('says what was meant, and what there is', () => {
    assertProblem(
      () => kindOf('ExprtBot', profile, 'key'),
      'COUNT_UNKNOWN',
      2,
      '"ExprtBot"',
      'did you mean "ExportBot"?',
    );
    assertProblem(() => kindOf('/users', profile, 'key'), 'COUNT_UNKNOWN', 2);
  });
});
