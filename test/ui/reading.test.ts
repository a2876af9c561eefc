import {assert} from 'chai';
import {openReading, readingLine} from '../../src/ui/reading.js';
import {Screen} from '../support/screen.js';

const way = (bytes: number) => ({name: 'users.csv', bytes, of: 1000});

describe('the bar of an input that is read', () => {
  function open(tty = true, columns = 80) {
    const screen = new Screen(columns);
    return {screen, reading: openReading({stream: screen as unknown as NodeJS.WriteStream, tty})};
  }

  it('is not there for what is read within a second', () => {
    const {screen, reading} = open();
    for (let ms = 0; ms < 1000; ms += 100) reading.show(way(ms), ms);
    reading.show(way(1000), 1100);
    reading.close();
    assert.equal(screen.raw, '');
  });

  it('tells how far it is and what is left, and is gone when all is read', () => {
    const {screen, reading} = open();
    reading.show(way(0), 5000);
    reading.show(way(250), 7000);
    assert.deepEqual(screen.lines, ['checking users.csv [#######-----------------------] 25 % · 6 s left']);
    reading.show(way(1000), 13_000);
    assert.deepEqual(screen.lines, []);
    reading.show(way(1000), 13_100);
    reading.close();
    assert.deepEqual(screen.lines, []);
  });

  it('is gone when the reading ends early', () => {
    const {screen, reading} = open();
    reading.show(way(0), 0);
    reading.show(way(300), 2000);
    reading.close();
    reading.close();
    assert.deepEqual(screen.lines, []);
  });

  it('changes no setting of the terminal that a kill would leave changed', () => {
    const {screen, reading} = open();
    reading.show(way(0), 0);
    reading.show(way(300), 2000);
    assert.notMatch(screen.raw, /\x1b\[\?/);
    reading.close();
  });

  it('is nowhere but on a terminal', () => {
    const {screen, reading} = open(false);
    reading.show(way(0), 0);
    reading.show(way(300), 20_000);
    assert.equal(screen.raw, '');
  });
});

describe('readingLine', () => {
  const at = (columns: number, name = 'users.csv') => readingLine({name, bytes: 430, of: 1000}, 10_000, columns);

  it('fits into what is there: the name goes first, then the bar', () => {
    assert.deepEqual(
      [60, 40, 30, 10].map((columns) => at(columns)),
      [
        'checking users.csv [#########-------------] 43 % · 13 s left',
        'checking us… [###-----] 43 % · 13 s left',
        'c… [###-----] 43 % · 13 s left',
        '43 % · 13…',
      ],
    );
  });

  for (const columns of [200, 60, 40, 20, 8, 1])
    it(`is never wider than ${columns}`, () => assert.isAtMost(at(columns, '私の会社の長い名前.csv').length, columns));

  it('lets nothing from outside through to the terminal', () => assert.notInclude(at(80, '\x1b[2J.csv'), '\x1b'));
});
