import {assert} from 'chai';
import {Latency} from '../../src/schedule/latency.js';

describe('Latency', () => {
  it('supposes something before the first answer', () => {
    const latency = new Latency();
    latency.watch(0, 0);
    latency.start();
    latency.watch(50, 1);
    assert.equal(latency.ms, 300);
  });

  it('is at once what answers take that take longer, and what quicker ones take when most have come', () => {
    for (const takesMs of [400, 100]) {
      const latency = new Latency();
      latency.watch(0, 0);
      for (let n = 0; n < 10; n++) latency.start();
      latency.watch(0, 10);
      for (let running = 9; running >= 0; running--) {
        latency.watch(takesMs, running);
        latency.learn();
        assert.equal(latency.ms, running > 1 ? Math.max(300, takesMs) : takesMs);
        latency.start();
      }
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
