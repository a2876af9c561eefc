import {assert} from 'chai';
import {Latency} from '../../src/schedule/latency.js';

describe('Latency', () => {
  it('knows nothing before the first answer', () => {
    const latency = new Latency();
    latency.watch(0, 0);
    latency.start();
    latency.watch(50, 1);
    assert.equal(latency.ms, 0);
  });

  it('is what answers take, however many of a burst have come', () => {
    const latency = new Latency();
    latency.watch(0, 0);
    for (let n = 0; n < 10; n++) latency.start();
    latency.watch(0, 10);
    for (let running = 9; running >= 0; running--) {
      latency.watch(100, running);
      latency.learn();
      assert.equal(latency.ms, 100);
      latency.start();
    }
  });

  it('is the average where they differ', () => {
    const latency = new Latency();
    latency.watch(0, 0);
    latency.start();
    latency.start();
    latency.watch(0, 2);
    latency.watch(100, 1);
    latency.watch(300, 0);
    latency.learn();
    assert.equal(latency.ms, 200);
  });
});
