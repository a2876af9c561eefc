import {assert} from 'chai';
import type {Drawn} from '../../src/schedule/picture.js';
import {canvasOf, resample, sparkLines, sparkline} from '../../src/ui/sparkline.js';

const drawn = (names: readonly string[], others = 0): Drawn => ({
  sliceMs: 1000,
  lanes: names.map((name, place) => ({
    name,
    requests: Array.from({length: 120}, (_, slice) => (slice < 60 ? 10 * (place + 1) : 0)),
  })),
  others,
  held: [],
});

describe('sparkline', () => {
  it('has eight levels, and nothing where nothing is', () => {
    assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8], true), ' ▁▂▃▄▅▆▇█');
    assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8], false), ' .:-=+*#@');
  });

  it('shows the least that is more than nothing', () => assert.equal(sparkline([0, 1, 1e6], true), ' ▁█'));
  it('is blank for a lane that does nothing', () => assert.equal(sparkline([0, 0], true), '  '));
});

describe('resample', () => {
  for (const columns of [1, 7, 60, 120, 500])
    it(`keeps every amount in ${columns} columns`, () => {
      const amounts = Array.from({length: 120}, (_, slice) => (slice * 7) % 11);
      const found = resample(amounts, 1000, {totalMs: 119_400, columns});
      assert.lengthOf(found, columns);
      const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
      assert.closeTo(sum(found), sum(amounts), 1e-6);
    });
});

describe('the chart of a plan', () => {
  const canvas = {columns: 80, blocks: true};

  it('is a line for each lane, as wide as there is room', () => {
    const lines = sparkLines(drawn(['bot bot=st-1', 'x'], 0), 120_000, canvas);
    assert.equal(lines[0], 'requests over time, 2 s a column:');
    assert.equal(lines[1], `  bot bot=st-1 ${'█'.repeat(30)}`);
    assert.equal(lines[2], `  x            ${'█'.repeat(30)}`);
  });

  it('says how many lanes are drawn together', () => {
    assert.match(sparkLines(drawn(['a', '22 more lanes'], 22), 120_000, canvas).at(-1)!, /^ {2}and 22 more lanes █/);
  });

  for (const columns of [200, 40, 20])
    it(`fits into ${columns} columns`, () => {
      for (const line of sparkLines(drawn(['a bot of a very long name, longer than anything']), 120_000, {
        ...canvas,
        columns,
      }))
        assert.isAtMost(line.length, Math.max(columns, 22));
    });

  it('is not there for a run that is over at once, or has nothing to do', () => {
    assert.isEmpty(sparkLines(drawn(['a']), 9000, canvas));
    assert.isEmpty(sparkLines(drawn([]), 120_000, canvas));
  });

  it('lets nothing from outside through to the terminal', () => {
    assert.notInclude(sparkLines(drawn(['\x1b[2J']), 120_000, canvas).join(''), '\x1b');
  });
});

describe('canvasOf', () => {
  for (const [env, blocks] of [
    [{LANG: 'en_US.UTF-8', TERM: 'xterm'}, true],
    [{LC_ALL: 'C', LANG: 'en_US.UTF-8', TERM: 'xterm'}, false],
    [{LANG: 'de_DE.utf8', TERM: 'linux'}, false],
    [{LANG: 'de_DE.utf8', TERM: 'dumb'}, false],
    [{WT_SESSION: '1'}, true],
    [{}, false],
  ] as const)
    it(`draws ${blocks ? 'blocks' : 'letters'} for ${JSON.stringify(env)}`, () =>
      assert.deepEqual(canvasOf({columns: 100}, env), {columns: 100, blocks}));
});
