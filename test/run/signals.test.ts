import type {Clock} from '@sinonjs/fake-timers';
import {assert} from 'chai';
import {listen} from '../../src/run/signals.js';
import {fakeTime} from './scene.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const;

describe('listen', () => {
  let clock: Clock;
  let heard: string[];
  let send: (signal: (typeof SIGNALS)[number]) => void;
  let unlisten: () => void;

  beforeEach(() => {
    clock = fakeTime();
    heard = [];
    const before = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]));
    unlisten = listen({
      finish: (signal, exit) => heard.push(`finish ${signal} ${exit}`),
      abort: () => heard.push('abort'),
      show: () => heard.push('show'),
    });
    // Only ours: the test program listens to signals too.
    send = (signal) => {
      for (const listener of process.listeners(signal)) if (!before.get(signal)!.includes(listener)) listener(signal);
    };
  });
  afterEach(() => {
    unlisten();
    clock.uninstall();
  });

  for (const [signal, exit] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    it(`finishes at the first ${signal}, and aborts at the second`, () => {
      send(signal);
      assert.deepEqual(heard, [`finish ${signal} ${exit}`]);
      clock.tick(300);
      send(signal);
      assert.deepEqual(heard.slice(1), ['abort']);
    });

  it('takes a second one that comes at once for a key that bounced', () => {
    send('SIGINT');
    clock.tick(299);
    send('SIGINT');
    assert.deepEqual(heard, ['finish SIGINT 130']);
  });

  it('aborts whichever the second is', () => {
    send('SIGTERM');
    clock.tick(1000);
    send('SIGINT');
    assert.deepEqual(heard, ['finish SIGTERM 143', 'abort']);
  });

  it('shows the progress on SIGUSR1, and goes on', () => {
    send('SIGUSR1');
    assert.deepEqual(heard, ['show']);
  });

  it('leaves no listener behind', () => {
    unlisten();
    for (const signal of SIGNALS) send(signal);
    assert.isEmpty(heard);
  });
});
