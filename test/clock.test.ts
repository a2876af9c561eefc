import FakeTimers from '@sinonjs/fake-timers';
import {assert} from 'chai';
import {callAt, now, readBoot, sleepUntil, wallNow} from '../src/clock.js';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

describe('the clock', () => {
  let clock: FakeTimers.Clock;
  beforeEach(() => {
    clock = FakeTimers.install();
  });
  afterEach(() => clock.uninstall());

  it('goes on when the wall clock jumps', () => {
    const before = now();
    clock.setSystemTime(wallNow() + 86_400_000);
    clock.tick(10);
    assert.closeTo(now() - before, 10, 0.01);
  });

  it('calls at the instant, not before', () => {
    let called = 0;
    const at = now() + 1000;
    callAt(at, () => {
      called = now();
    });
    clock.tick(999);
    assert.equal(called, 0);
    clock.tick(2);
    assert.isAtLeast(called, at);
  });

  it('waits longer than the longest timer of Node', () => {
    let called = false;
    callAt(now() + LONGEST_TIMER_MS * 2.5, () => {
      called = true;
    });
    clock.tick(LONGEST_TIMER_MS * 2);
    assert.isFalse(called);
    clock.tick(LONGEST_TIMER_MS / 2 + 1);
    assert.isTrue(called);
  });

  it('does not call once it is cancelled, not even in the middle of a long wait', () => {
    let called = false;
    const cancel = callAt(now() + LONGEST_TIMER_MS * 2, () => {
      called = true;
    });
    clock.tick(LONGEST_TIMER_MS + 1);
    cancel();
    clock.tick(LONGEST_TIMER_MS * 2);
    assert.isFalse(called);
    assert.equal(clock.countTimers(), 0);
  });

  it('sleeps until the instant', async () => {
    let awake = false;
    const sleep = sleepUntil(now() + 50).then(() => {
      awake = true;
    });
    await clock.tickAsync(49);
    assert.isFalse(awake);
    await clock.tickAsync(2);
    assert.isTrue(awake);
    return sleep;
  });

  it('wakes at once when it is told to, and leaves no timer', async () => {
    const abort = new AbortController();
    const sleep = sleepUntil(now() + 3_600_000, abort.signal);
    abort.abort();
    await sleep;
    await sleepUntil(now() + 3_600_000, abort.signal);
    assert.equal(clock.countTimers(), 0);
  });
});

describe('readBoot', () => {
  it('names the same boot twice, and time that went on', () => {
    const [first, second] = [readBoot(), readBoot()];
    assert.equal(first.bootId, second.bootId);
    assert.isAtLeast(second.uptimeMs, first.uptimeMs);
    assert.isAbove(first.uptimeMs, 0);
  });
});
