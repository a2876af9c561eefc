import {assert} from 'chai';
import {openWindow} from '../../src/limits/window.js';
import {laneName, ownSeconds, secondsEach, secondsInForce, shapeOf} from '../../src/schedule/shape.js';

describe('secondsEach', () => {
  it('is told by the tightest window, and nothing without windows', () => {
    const windows = [
      {requests: 60, seconds: 60, kind: 'rolling' as const},
      {requests: 1800, seconds: 3600, kind: 'rolling' as const},
    ];
    assert.equal(secondsEach(windows), 2);
    assert.equal(secondsEach([]), 0);
  });

  it('is that of the windows that have a key, where a lane is alone, and almost nothing without any', () => {
    const rules = [1, 2].map((seconds) => ({windows: [{requests: 1, seconds, kind: 'rolling' as const}]}));
    assert.equal(ownSeconds([0, 1], [true, false], rules), 1);
    assert.equal(ownSeconds([0, 1], [false, false], rules), 1e-9);
  });

  it('is that of the limit and the spacing in force, where a window is in use', () => {
    const window = openWindow({requests: 60, seconds: 60, kind: 'rolling'});
    assert.equal(secondsInForce([{...window, requests: 30}]), 2);
    assert.equal(secondsInForce([{...window, spacingMs: 3000}]), 3);
    assert.equal(secondsInForce([]), 0);
  });
});

describe('shapeOf', () => {
  it('tells buckets that are shared from those of a lane alone', () => {
    const refs = [5, 6].map((id, limit) => ({limit, id, label: ''}));
    const rules = [1, 2].map((seconds) => ({windows: [{requests: 1, seconds, kind: 'rolling' as const}]}));
    assert.deepEqual(shapeOf(refs, [false, true], rules), {
      ...{limits: [0, 1], shared: [5], sharedLimits: [0], own: 1, secondsEach: 2},
    });
  });
});

describe('laneName', () => {
  it('is made of the names of the buckets', () => {
    const refs = ['network', 'user ada'].map((label, limit) => ({limit, id: limit, label}));
    assert.equal(laneName(refs), 'network, user ada');
    assert.equal(laneName([]), 'no limit');
  });
});
