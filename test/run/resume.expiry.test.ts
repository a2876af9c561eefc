import {assert} from 'chai';
import {verifyRun} from '../../src/report/verify.js';
import {openPlace, type Place, rejection} from './real-run.js';

const ROWS = 40;

describe('a credential that expires in the middle of a run', () => {
  let place: Place;
  /** By row, how often the provider executed it. */
  let executed: Map<number, number>;

  beforeEach(async () => {
    place = await openPlace({rows: ROWS});
    executed = new Map();
    // The first secret holds for ten requests.
    place.answer = ({row, token}) => {
      const good = token === 't-2' || place.heard.filter((each) => each.token === 't-1').length <= 10;
      if (!good) return {status: 401, body: '{"message": "token expired"}'};
      executed.set(row, (executed.get(row) ?? 0) + 1);
      return {status: 201};
    };
  });
  afterEach(() => place.close());

  it('stops the run with 77, and no row is failed for it', async () => {
    const {ending} = await place.begin();
    assert.deepInclude(ending, {exit: 77, why: 'unauthorized'});
    assert.deepInclude(ending.counts, {ok: 10, pending: ROWS - 10, failed: 0, inDoubt: 0});
    assert.isBelow(place.heard.length, ROWS, 'it went on asking');
  });

  it('is told again where nothing has changed, and costs no row either', async () => {
    await place.begin();
    const {ending} = await place.resume();
    assert.deepInclude(ending, {exit: 77, why: 'unauthorized'});
    assert.deepInclude(ending.counts, {ok: 10, pending: ROWS - 10, failed: 0});
  });

  it('is rotated, accepted, and every row is executed once', async () => {
    await place.begin();
    const sent = place.heard.length;
    assert.deepInclude(await rejection(place.resume({token: 't-2'})), {code: 'CREDENTIAL_OTHER', exit: 77});
    assert.lengthOf(place.heard, sent);
    const {ending} = await place.resume({token: 't-2', acceptCredential: true});
    assert.deepInclude(ending, {exit: 0});
    assert.deepInclude(ending.counts, {ok: ROWS, failed: 0, inDoubt: 0});
    assert.lengthOf([...executed.keys()], ROWS);
    assert.deepEqual([...new Set(executed.values())], [1]);
    assert.deepEqual((await verifyRun(place.folder)).faults, []);
  });
});
