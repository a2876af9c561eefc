import {assert} from 'chai';
import type {Holding, Plan} from '../../src/plan/plan.js';
import {holdingLines, sayWindow} from '../../src/ui/holding.js';

const MINUTE: Holding = {
  limit: 'bot',
  window: '60 per 60 s',
  share: 0.48,
  fromSeconds: 0,
  idleSeconds: 1743,
  everySeconds: 3600.1,
  before: null,
  savesSeconds: 0,
};
const HOUR: Holding = {
  ...MINUTE,
  window: '1800 per 1 h',
  share: 0.5,
  fromSeconds: 1800,
  idleSeconds: 1800,
  before: '60 per 60 s',
  savesSeconds: 5400,
};

function said(...binding: Holding[]): string[] {
  return holdingLines({binding, seconds: 36_000, requests: 9000} as unknown as Plan);
}

describe('holdingLines', () => {
  it('tells a run through the minute and then the hour as one would', () => {
    assert.deepEqual(said(HOUR, MINUTE), [
      'The first 30 minutes go at 60 per minute; then 1,800 per hour holds you back, 30 of every 60 minutes idle.',
      'Raising 1,800 per hour to 2,250 would save 1 h 30 min.',
      'Raising 60 per minute would save nothing.',
    ]);
  });

  it('tells of a second window that holds once', () => {
    const [first] = said({...HOUR, everySeconds: null}, MINUTE);
    assert.equal(first, 'The first 30 minutes go at 60 per minute; then 1,800 per hour holds you back for 30 minutes.');
  });

  it('tells for what part of the time each holds where they take turns', () => {
    const network = {...MINUTE, limit: 'network', window: '80 per 5 s', share: 0.954, savesSeconds: null};
    const cap = {...MINUTE, limit: 'concurrency', window: '30 at once', share: 0.04};
    assert.deepEqual(said(network, cap), [
      '80 per 5 s (network) holds you back for 95 % of the time.',
      '30 requests at once hold you back for 4 % of the time.',
      'Raising 30 requests at once would save nothing.',
    ]);
  });

  it('tells of keys and phases', () => {
    const turns = {...MINUTE, limit: 'key or phase', window: 'one after another', share: 1, savesSeconds: null};
    assert.deepEqual(said(turns), ['The order of keys and phases holds you back for 100 % of the time.']);
  });

  it('says so where nothing holds', () => {
    assert.deepEqual(said({...MINUTE, share: 0.001}), [
      'No window holds the run back; it takes as long as its answers.',
    ]);
    assert.deepEqual(holdingLines({binding: [], seconds: 0, requests: 0} as unknown as Plan), []);
  });
});

describe('sayWindow', () => {
  for (const [window, words] of [
    ['60 per 60 s', '60 per minute'],
    ['1800 per 1 h', '1,800 per hour'],
    ['10 per 1 s', '10 per second'],
    ['5000 per 24 h', '5,000 per day'],
    ['100 per 5 s', '100 per 5 s'],
    ['20 at once', '20 at once'],
  ] as const)
    it(`says ${words} of ${window}`, () => assert.equal(sayWindow(window), words));
});
