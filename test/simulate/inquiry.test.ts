import {assert} from 'chai';
import {inquire, STATE_PATH, TALLY_PATH} from '../../src/simulate/inquiry.js';
import {keepTally} from '../../src/simulate/tally.js';
import {openWorld} from '../../src/simulate/worlds.js';

const {read} = keepTally();

describe('inquire', () => {
  it('answers nothing that is meant for the provider', () => {
    assert.isUndefined(inquire('/api/v3/users', read, undefined));
    assert.isUndefined(inquire('/__sluice/stately', read, undefined));
  });

  it('tells the tally, and with a world its account', () => {
    assert.deepEqual(JSON.parse(inquire(TALLY_PATH, read, undefined)!.body), read());
    const world = openWorld('amity', 1);
    assert.deepEqual(JSON.parse(inquire(STATE_PATH, read, world)!.body), world.account());
    const listing = inquire(`${STATE_PATH}?kind=users`, read, world);
    assert.deepEqual(JSON.parse(listing!.body), {kind: 'users', there: [], twice: []});
  });

  it('says how state is kept where none is', () => {
    const {status, body} = inquire(STATE_PATH, read, undefined)!;
    assert.equal(status, 404);
    assert.include(body, '--state');
  });
});
