import FakeTimers from '@sinonjs/fake-timers';
import {assert} from 'chai';
import type {LaneView} from '../../src/run/view.js';
import {openProgress, type Progress} from '../../src/ui/progress.js';
import type {View} from '../../src/ui/view.js';
import {Screen} from '../support/screen.js';

const T = new Date(2026, 7, 21, 12, 0).getTime();
const LANES: LaneView[] = [10, 40, 20, 50, 30].map((rows, index) => ({name: `lane ${index + 1}`, done: 5, rows}));
const VIEW: View = {
  rows: 300_000,
  done: 12_345,
  ok: 12_300,
  failed: 45,
  inDoubt: 0,
  refusals: 3,
  perSecond: 16,
  etaAt: T + 5 * 3_600_000,
  lanes: [],
};

describe('progress on a terminal', () => {
  let clock: FakeTimers.Clock;
  let screen: Screen;
  let progress: Progress;

  function open(columns = 80, rows = 24): void {
    screen = new Screen(columns, rows);
    progress = openProgress({stream: screen as unknown as NodeJS.WriteStream, quiet: false, tty: true});
  }

  beforeEach(() => {
    clock = FakeTimers.install();
    open();
  });
  afterEach(() => {
    progress.close();
    clock.uninstall();
  });

  it('draws a bar with what counts, and when it will be done', () => {
    progress.show(VIEW, T);
    clock.tick(200);
    assert.deepEqual(screen.lines, [
      '[-------------] 4 % 12,345/300,000 · 16/s · 12,300 ok · 45 failed · 3 refused',
      'done about 17:00',
    ]);
  });

  it('shows as many lanes as leave room for what was said before', () => {
    open(80, 9);
    progress.show({...VIEW, lanes: LANES}, T);
    clock.tick(200);
    assert.deepEqual(
      screen.lines.slice(2).map((line) => line.trim().slice(0, 6)),
      ['lane 1', 'lane 2', 'lane 3'],
    );
  });

  it('draws again at most ten times a second, however often it is told', () => {
    for (let at = 0; at < 1000; at++) {
      progress.show({...VIEW, done: at}, T + at);
      clock.tick(1);
    }
    assert.isAtMost(screen.raw.match(/\[[#-]+\] /g)!.length, 10);
  });

  it('says things above the bars, and each of them once', () => {
    progress.show(VIEW, T);
    clock.tick(200);
    for (const word of ['one', 'two', 'three']) {
      progress.note(`note ${word}`);
      progress.show(VIEW, T);
      clock.tick(200);
    }
    assert.deepEqual(screen.lines.slice(0, 3), ['note one', 'note two', 'note three']);
    assert.lengthOf(screen.lines, 5);
  });

  it('leaves what was said and nothing else, even what was said last', () => {
    progress.show({...VIEW, lanes: LANES}, T);
    clock.tick(200);
    progress.note('the server says 50; using 50');
    progress.close();
    progress.close();
    assert.deepEqual(screen.lines, ['the server says 50; using 50']);
    assert.equal(clock.countTimers(), 0);
  });

  it('says things before there is a bar', () => {
    progress.note('checked 300,000 rows');
    assert.deepEqual(screen.lines, ['checked 300,000 rows']);
  });

  it('leaves room for the ^C that a terminal writes behind the last line', () => {
    progress.show({...VIEW, lanes: LANES.map((lane) => ({...lane, waits: 'a wait of many words '.repeat(9)}))}, T);
    clock.tick(200);
    assert.isAtMost(screen.lines.at(-1)!.length, 77);
  });

  it('breaks what it says between words', () => {
    open(30);
    progress.note('sending 600 rows to http://127.0.0.1:35971 under amity');
    assert.deepEqual(screen.lines, ['sending 600 rows to', '  http://127.0.0.1:35971 under', '  amity']);
  });

  for (const columns of [40, 20, 8])
    it(`survives ${columns} columns without a line that wraps`, () => {
      open(columns);
      const waiting = 'waiting for bot definition, 1800 per 1 h; next at 14:02:10';
      progress.show({...VIEW, waiting, lanes: LANES.map((lane) => ({...lane, name: `${lane.name} of 私の会社`}))}, T);
      clock.tick(200);
      clock.tick(200);
      assert.lengthOf(screen.lines, 6);
      for (const line of screen.lines) assert.isBelow(line.length, columns);
    });

  it('follows a terminal that becomes smaller', () => {
    progress.show(VIEW, T);
    clock.tick(200);
    screen.columns = 30;
    clock.tick(200);
    assert.isBelow(screen.lines[0]!.length, 30);
  });

  it('lets nothing from outside through to the terminal', () => {
    progress.show(
      {...VIEW, waiting: 'a\x1b]0;title\x07', lanes: LANES.map((lane) => ({...lane, name: '\x1b[2J\u202eevil'}))},
      T,
    );
    progress.note('b\x1b]52;c;aGk=\x07\r\x9b2J');
    clock.tick(200);
    assert.notMatch(screen.raw, /\x1b\]|\x1b\[2J|\x07|\x9b|\u202e|\r/);
    assert.include(screen.raw, '\\u001b[2J');
  });

  it('changes no setting of the terminal that a kill would leave changed', () => {
    progress.show(VIEW, T);
    clock.tick(200);
    assert.notMatch(screen.raw, /\x1b\[\?/);
  });
});

describe('progress without a terminal', () => {
  function open(quiet: boolean): {screen: Screen; progress: Progress} {
    const screen = new Screen(500);
    return {screen, progress: openProgress({stream: screen as unknown as NodeJS.WriteStream, quiet, tty: false})};
  }

  it('writes a line every ten seconds, however often it is told', () => {
    const {screen, progress} = open(false);
    for (let at = 0; at <= 25_000; at += 100) progress.show({...VIEW, waiting: 'waiting for bot\ndefinition'}, T + at);
    progress.close();
    const line =
      '12,345 of 300,000 rows (4 %) · 16/s · 12,300 ok · 45 failed · 3 refused · waiting for bot\\ndefinition · done about 17:00';
    assert.deepEqual(screen.lines, [line, line]);
    assert.notInclude(screen.raw, '\x1b');
  });

  it('says things at once, as lines', () => {
    const {screen, progress} = open(false);
    progress.note('the server says 50\x1b[2J');
    assert.equal(screen.raw, 'the server says 50\\u001b[2J\n');
  });

  it('says nothing when quiet', () => {
    const {screen, progress} = open(true);
    progress.show(VIEW, T);
    progress.show(VIEW, T + 20_000);
    progress.note('a');
    progress.close();
    assert.equal(screen.raw, '');
  });
});
