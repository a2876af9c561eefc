import {assert} from 'chai';
import {laneName, secondsEach} from '../../src/schedule/shape.js';

describe('secondsEach', () => {
  it('is told by the tightest window, and nothing without windows', () => {
    const windows = [
      {requests: 60, seconds: 60, kind: 'rolling' as const},
      {requests: 1800, seconds: 3600, kind: 'rolling' as const},
    ];
    assert.equal(secondsEach(windows), 2);
    assert.equal(secondsEach([]), 0);
  });
});

describe('laneName', () => {
  it('is made of the names of the buckets', () => {
    const refs = ['network', 'user ada'].map((label, limit) => ({limit, id: limit, label}));
    assert.equal(laneName(refs), 'network, user ada');
    assert.equal(laneName([]), 'no limit');
  });
});
