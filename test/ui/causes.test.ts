import {assert} from 'chai';
import type {Cause} from '../../src/report/causes.js';
import {causeLines} from '../../src/ui/causes.js';

const cause = (status: number | null, says: string, rows: number, state: Cause['state'] = 'failed'): Cause => ({
  ...{state, status, says, rows},
  first: {file: 'users.csv', line: 17},
});

describe('causeLines', () => {
  it('tells how many, the first of them, and the rule that would take them differently', () => {
    assert.deepEqual(
      causeLines([
        cause(409, 'user already exists', 1204),
        cause(400, 'no name', 3),
        cause(null, 'ECONNRESET', 2, 'in-doubt'),
      ]),
      [
        '  409 user already exists   1,204 failed   first at users.csv:17 · treat as ok with --ok 409',
        '  400 no name                   3 failed   first at users.csv:17',
        '  - ECONNRESET                2 in doubt   first at users.csv:17',
      ],
    );
  });

  it('names the text as well where other rows failed with the same status', () => {
    const [first, second] = causeLines([cause(409, 'user … already exists', 2), cause(409, '…', 1)]);
    assert.include(first, "--ok '409:already exists'");
    assert.notInclude(second, '--ok');
  });

  it('offers nothing for what is ok, and shows no control character of a server', () => {
    const [line] = causeLines([cause(409, 'already \x1b[2Jthere', 4, 'ok')]);
    assert.equal(line, '  409 already \\u001b[2Jthere   4 ok   first at users.csv:17');
  });

  it('tells of eight kinds, and how many more there are', () => {
    const lines = causeLines(Array.from({length: 11}, (_, index) => cause(400 + index, 'no', 1)));
    assert.lengthOf(lines, 9);
    assert.equal(lines[8], '  and 3 more kinds');
  });
});
