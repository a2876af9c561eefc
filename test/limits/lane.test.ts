import {assert} from 'chai';
import {Lane} from '../../src/limits/lane.js';

describe('Lane', () => {
  const started: string[] = [];
  const attempt = (name: string) => async () => {
    started.push(name);
  };
  beforeEach(() => {
    started.length = 0;
  });

  it('starts nothing until it is let, then one for each release, at that instant', () => {
    const lane = new Lane();
    for (const name of ['a', 'b', 'c']) lane.add(attempt(name));
    assert.deepEqual([started.length, lane.waiting], [0, 3]);
    lane.release();
    assert.deepEqual(started, ['a']);
    lane.release();
    assert.deepEqual(started, ['a', 'b']);
    assert.equal(lane.waiting, 1);
  });

  it('sends refused attempts first', () => {
    const lane = new Lane();
    lane.add(attempt('new'));
    lane.add(attempt('refused'), 'refused');
    lane.release();
    assert.deepEqual(started, ['refused']);
  });

  it('starts nothing more once it is closed', async () => {
    const lane = new Lane();
    lane.add(attempt('a'));
    lane.close();
    await Promise.resolve();
    assert.deepEqual([started.length, lane.waiting], [0, 0]);
  });
});
