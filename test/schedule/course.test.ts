import {assert} from 'chai';
import {openLedger, take} from '../../src/limits/ledger.js';
import {Course} from '../../src/schedule/course.js';

const minute = {limit: 'bot', window: '60 per 60 s'};
const hour = {limit: 'bot', window: '1800 per 1 h'};

describe('Course', () => {
  it('adds up what holds, and counts the stretches', () => {
    const course = new Course();
    course.book(minute, 0, 10);
    course.book(minute, 10, 60);
    course.book(hour, 60, 100);
    course.book(minute, 100, 160);
    course.book(minute, 160, 160);
    const [first, second] = [...course.held.values()];
    assert.deepInclude(first, {...minute, ms: 120, firstMs: 0, lastMs: 100, stretches: 2, before: undefined});
    assert.deepInclude(second, {...hour, ms: 40, firstMs: 60, lastMs: 60, stretches: 1, before: minute});
  });

  it('begins a new stretch where nothing held in between', () => {
    const course = new Course();
    course.book(minute, 0, 10);
    course.book(minute, 20, 30);
    assert.deepInclude(course.held.get('bot 60 per 60 s'), {ms: 20, stretches: 2, lastMs: 20});
  });

  it('repeats what came since an instant, and nothing from before it', () => {
    const course = new Course();
    course.book(minute, 0, 100);
    course.book(hour, 100, 110);
    course.book(minute, 110, 120);
    course.repeat(90, 3);
    assert.deepInclude(course.held.get('bot 60 per 60 s'), {ms: 110 + 3 * 20, stretches: 5});
    assert.deepInclude(course.held.get('bot 1800 per 1 h'), {ms: 40, stretches: 4});
  });

  it('names the window of a bucket that has room last, and the cap where it is none', () => {
    const windows = [
      {requests: 1, seconds: 1, kind: 'rolling' as const},
      {requests: 1, seconds: 60, kind: 'rolling' as const},
    ];
    const ledger = openLedger([{name: 'bot', windows}], 20);
    const ref = {limit: 0, id: 7, label: 'bot bot=a'};
    take(ledger, [ref], 0);
    for (const window of ledger.buckets.get(7)!.windows) window.inFlight = 0;
    ledger.buckets.get(7)!.windows[0]!.heldUntil = [1000];
    ledger.buckets.get(7)!.windows[1]!.heldUntil = [60_000];
    const course = new Course();
    assert.deepInclude(course.bindingOf(ledger, 7, 10), {limit: 'bot', window: '1 per 60 s'});
    assert.deepEqual(course.bindingOf(ledger, undefined, 10), {limit: 'concurrency', window: '20 at once'});
  });

  it('names a window by the figure in force, where the server has told a lower one', () => {
    const ledger = openLedger([{name: 'bot', windows: [{requests: 90, seconds: 10, kind: 'rolling'}]}], 20);
    take(ledger, [{limit: 0, id: 7, label: 'bot bot=a'}], 0);
    ledger.buckets.get(7)!.windows[0]!.requests = 60;
    assert.deepInclude(new Course().bindingOf(ledger, 7, 10), {limit: 'bot', window: '60 per 10 s'});
  });
});
