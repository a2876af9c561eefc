import {assert} from 'chai';
import {parseJob} from '../../src/jobs/parse.js';
import {type Answers, jobText} from '../../src/ui/init-text.js';

const ANSWERS: Answers = {
  profile: 'amity',
  region: 'eu',
  baseUrl: undefined,
  input: '../users.csv',
  columns: ['id', 'First "Name"'],
  request: 'DELETE /users/{{ id }}',
  operation: undefined,
  id: 'id',
  credentials: ['AMITY_ADMIN_TOKEN'],
};

describe('the text of a new job', () => {
  it('tells where the secret is read from, and which schema it has', () => {
    assert.include(jobText(ANSWERS), '# The secret is read from AMITY_ADMIN_TOKEN, or');
    assert.include(jobText(ANSWERS), '# yaml-language-server: $schema=');
  });

  it('gives no body to a request that carries none', () => {
    assert.isUndefined(parseJob(jobText(ANSWERS), 'j').steps[0]!.body);
  });

  it('puts every column that is not in the request into the body, whatever it is called', () => {
    const {steps} = parseJob(jobText({...ANSWERS, request: 'POST /users/{{ id }}'}), 'j');
    assert.equal(steps[0]!.body, '{"First \\"Name\\"":{{ ["First \\"Name\\""] }}}');
  });

  it('names an operation of the profile', () => {
    const {steps} = parseJob(jobText({...ANSWERS, request: undefined, operation: 'CreateCommunity'}), 'j');
    assert.deepInclude(steps[0], {operation: 'CreateCommunity', request: undefined});
  });
});
