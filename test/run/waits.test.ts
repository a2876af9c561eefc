import {assert} from 'chai';
import {now} from '../../src/clock.js';
import {closeUntil, openLedger, recall} from '../../src/limits/ledger.js';
import {bucketName, turnOf, waitOf} from '../../src/run/waits.js';
import {NETWORK, ONE_PER_5_S, openScene} from './scene.js';

describe('waitOf', () => {
  it('names the window that has room last, and when; nothing while something can be sent', () => {
    const {tools, lanes} = openScene({rows: 3});
    const at = now();
    assert.isUndefined(waitOf({lanes, sequence: undefined}, tools.ledger, at));
    recall(tools.ledger, [NETWORK], at);
    const before = lanes.counts();
    const text = waitOf({lanes, sequence: undefined}, tools.ledger, at);
    assert.match(text!, /^waiting for network, 1 per 5 s; next at \d\d:\d\d:\d\d$/);
    assert.deepEqual(lanes.counts(), before);
  });

  it('is silent about the rhythm of a quick window', () => {
    const {tools, lanes} = openScene({rows: 3});
    const at = now();
    recall(tools.ledger, [NETWORK], at - 4800);
    assert.isUndefined(waitOf({lanes, sequence: undefined}, tools.ledger, at));
  });

  it('says what waits for its turn', () => {
    const {tools, lanes} = openScene({rows: 3, turnOf: (row) => ({phase: row < 3 ? 'users' : 'channels'})});
    assert.equal(
      waitOf({lanes, sequence: tools.sequence}, tools.ledger, now()),
      'phase "channels" starts when 2 rows of "users" are settled',
    );
  });
});

describe('turnOf', () => {
  it('is silent when nothing waits', () => assert.isUndefined(turnOf({awaited: undefined, waiting: 0})));

  it('counts rows behind others of their key', () =>
    assert.equal(turnOf({awaited: undefined, waiting: 2}), '2 rows wait for the one before them with the same key'));
});

describe('bucketName', () => {
  it('says that the provider has closed it', () => {
    const ledger = openLedger(ONE_PER_5_S, 10);
    closeUntil(ledger, [NETWORK], 5000);
    assert.equal(bucketName(ledger, NETWORK.id, 0), 'network, closed by the provider');
    assert.equal(bucketName(ledger, NETWORK.id, 6000), 'network, 1 per 5 s');
    assert.equal(bucketName(ledger, undefined, 0), 'responses');
  });
});
