import {assert} from 'chai';
import {openWindow} from '../../src/limits/window.js';
import {laneName, mayShare, ownSeconds, secondsEach, secondsInForce, shapeOf} from '../../src/schedule/shape.js';

describe('secondsEach', () => {
  it('is told by the tightest window, and nothing without windows', () => {
    const windows = [
      {requests: 60, seconds: 60, kind: 'rolling' as const},
      {requests: 1800, seconds: 3600, kind: 'rolling' as const},
    ];
    assert.equal(secondsEach(windows), 2);
    assert.equal(secondsEach([]), 0);
  });

  it('is that of the limits that are a lane’s own, and almost nothing without any', () => {
    const limits = [1, 2].map((seconds) => ({windows: [{requests: 1, seconds, kind: 'rolling' as const}]}));
    assert.equal(ownSeconds([0], {limits}), 1);
    assert.equal(ownSeconds([], {limits}), 1e-9);
  });

  it('is that of the limit and the spacing in force, where a window is in use', () => {
    const window = openWindow({requests: 60, seconds: 60, kind: 'rolling'});
    assert.equal(secondsInForce([{...window, requests: 30}]), 2);
    assert.equal(secondsInForce([{...window, spacingMs: 3000}]), 3);
    assert.equal(secondsInForce([]), 0);
  });
});

describe('shapeOf', () => {
  const refs = [5, 6, 7].map((id, limit) => ({limit, id, label: ''}));
  const limits = [1, 2, 3].map((seconds) => ({windows: [{requests: 1, seconds, kind: 'rolling' as const}]}));
  const rules = {keyed: [false, true, true], limits};

  it('tells buckets that are shared from those of a lane alone', () => {
    assert.deepEqual(shapeOf(refs, rules), {
      ...{limits: [0, 1, 2], shared: [5], sharedLimits: [0]},
      ...{ownLimits: [1, 2], ownPlaces: [0, 1], keyed: 2, secondsEach: 3},
    });
  });

  it('shares a bucket with a key where lanes are grouped by it', () => {
    assert.deepEqual(shapeOf(refs, rules, new Set([2])), {
      ...{limits: [0, 1, 2], shared: [5, 7], sharedLimits: [0, 2]},
      ...{ownLimits: [1], ownPlaces: [0], keyed: 2, secondsEach: 2},
    });
  });
});

describe('mayShare', () => {
  const limits = [0, 1].map(() => ({windows: []}));
  const shape = (of: readonly number[]) =>
    shapeOf(
      of.map((limit) => ({limit, id: limit, label: ''})),
      {keyed: [true, true], limits},
    );

  it('is so with two keys, and with one that is part of another shape', () => {
    const [one, other, both] = [shape([0]), shape([1]), shape([0, 1])];
    assert.isFalse(mayShare(one, [one, other], [true, true]));
    assert.isTrue(mayShare(one, [one, both], [true, true]));
    assert.isTrue(mayShare(both, [both], [true, true]));
  });
});

describe('laneName', () => {
  it('is made of the names of the buckets', () => {
    const refs = ['network', 'user ada'].map((label, limit) => ({limit, id: limit, label}));
    assert.equal(laneName(refs), 'network, user ada');
    assert.equal(laneName([]), 'no limit');
  });
});
