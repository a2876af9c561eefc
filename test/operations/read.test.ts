import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {open} from 'node:fs/promises';
import {assert} from 'chai';
import {parse} from 'csv-parse/sync';
import type {RecordPlace, Row} from '../../src/operations/operation.js';
import {type BadRow, isBadRow, readRows} from '../../src/operations/read.js';
import {openInput} from '../../src/operations/source.js';
import {FIXTURES, readAll, valuesOf, withFile} from './reading.js';

const GOOD = [
  {id: '1', name: 'Ada', role: 'owner'},
  {id: '2', name: 'Grace "Amazing" Hopper', role: 'member'},
  {id: '3', name: 'two\nlines, one field', role: 'member'},
];

describe('readRows', () => {
  for (const [file, lines] of [
    ['good.csv', [2, 3, 4]],
    ['good-bom.csv', [2, 3, 4]],
    ['good-crlf.csv', [2, 3, 4]],
    ['good-cr-only.csv', [2, 3, 4]],
    ['good-mixed-line-ends.csv', [2, 3, 4]],
    ['good-no-final-newline.csv', [2, 3, 4]],
    ['good-blank-lines.csv', [3, 6, 7]],
    ['good-semicolon.csv', [2, 3, 4]],
    ['good-tab.csv', [2, 3, 4]],
    ['good-pipe.csv', [2, 3, 4]],
    ['good.csv.gz', [2, 3, 4]],
    ['good.ndjson', [1, 3, 5]],
  ] as const) {
    it(`finds the same three rows in ${file}`, async () => {
      const {rows} = await readAll(`${FIXTURES}/${file}`);
      assert.deepEqual(valuesOf(rows), GOOD);
      assert.deepEqual(
        rows.map(({place}) => place.row),
        [1, 2, 3],
      );
      assert.deepEqual(
        rows.map(({place}) => place.line),
        [...lines],
      );
    });
  }

  for (const file of ['empty.csv', 'header-only.csv', 'blank-lines-only.csv']) {
    it(`finds no rows in ${file}`, async () => {
      assert.deepEqual((await readAll(`${FIXTURES}/${file}`)).rows, []);
    });
  }

  it('passes over blank lines between rows of one column, and takes "" for a value', async () => {
    const {rows} = await withFile('a\n"x"\n\ny\n\r\n"z"\n""\n \n\n', 'a.csv', (path) => readAll(path));
    assert.deepEqual(
      valuesOf(rows).map(({a}) => a),
      ['x', 'y', 'z', '', ' '],
    );
    assert.deepEqual(
      rows.map(({place}) => place.line),
      [2, 4, 6, 7, 8],
    );
  });

  it('leaves CSV values byte for byte as they are', async () => {
    const {rows} = await readAll(`${FIXTURES}/good-exact-values.csv`);
    assert.deepEqual(valuesOf(rows).map(Object.values), [
      ['1', '007', '1E5', 'TRUE', '2026-01-02', ' x ', ''],
      ['2', '12345678901234567890', '-0', '1.10', '+1', '  ', ''],
    ]);
  });

  it('keeps every digit of NDJSON numbers', async () => {
    const {rows} = await readAll(`${FIXTURES}/good-exact-numbers.ndjson`);
    const [values] = valuesOf(rows);
    const written = Object.fromEntries(Object.entries(values!).map(([name, value]) => [name, String(value)]));
    assert.deepEqual(written, {
      big: '12345678901234567890',
      huge: '1e400',
      trailing: '1.10',
      small: '1.5',
      negativeZero: '-0',
      list: '9007199254740993',
    });
    assert.strictEqual(values!.small, 1.5);
  });

  it('takes columns and members called __proto__ and constructor for data', async () => {
    const csv = (await readAll(`${FIXTURES}/good-column-proto.csv`)).rows[0]! as Row;
    assert.deepEqual(Object.entries(csv.values), [
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['toString', 'c'],
    ]);
    const ndjson = (await readAll(`${FIXTURES}/good-member-proto.ndjson`)).rows[0]! as Row;
    assert.deepEqual(Object.keys(ndjson.values), ['__proto__', 'constructor', 'nested']);
    assert.isTrue(Object.hasOwn(ndjson.values.nested as object, '__proto__'));
    assert.isUndefined(({} as {polluted?: true}).polluted);
  });

  it('reads letters of every script', async () => {
    const {rows} = await readAll(`${FIXTURES}/good-accents.csv`);
    const [, ...expected] = parse(readFileSync(`${FIXTURES}/good-accents.csv`)) as string[][];
    assert.deepEqual(valuesOf(rows).map(Object.values), expected);
  });

  it('tells the digest of all bytes, header and mark included, in the same pass', async () => {
    for (const file of ['good-bom.csv', 'good.ndjson', 'empty.csv']) {
      const expected = createHash('sha256')
        .update(readFileSync(`${FIXTURES}/${file}`))
        .digest('hex');
      assert.equal((await readAll(`${FIXTURES}/${file}`)).sha256, expected, file);
    }
  });

  it('does not look into what is skipped, and tells every byte of it', async () => {
    const cells = Array.from({length: 100_000}, (_, row) => (row % 5 ? `${row + 1}` : `"${row + 1}\n"`));
    const text = `id\n${cells.join('\n')}\n`;
    await withFile(text, 'rows.csv', async (path) => {
      let [asked, bytes] = [0, 0];
      const tap = (chunk: Uint8Array) => {
        bytes += chunk.length;
      };
      const isWanted = (row: number) => row % 1000 < 3 || row > 99_000;
      const skip = ({row}: RecordPlace) => {
        asked += 1;
        assert.equal(row, asked);
        return !isWanted(row);
      };
      const found: [number, number][] = [];
      for await (const row of readRows(await openInput(path), tap, skip))
        found.push([row.place.row, Number((row as Row).values.id)]);
      assert.deepEqual(
        found,
        cells.flatMap((_, row) => (isWanted(row + 1) ? [[row + 1, row + 1]] : [])),
      );
      assert.deepEqual([asked, bytes], [100_000, text.length]);
    });
  });

  it('goes on after a row with the wrong number of columns, and ends after a quote that is not closed', async () => {
    const misfit = (await readAll(`${FIXTURES}/row-too-few-columns.csv`)).rows;
    assert.deepEqual(
      misfit.map((row) => isBadRow(row) && row.fatal),
      [false, false, false],
    );
    assert.deepEqual(misfit.map(isBadRow), [false, true, false]);
    const unclosed = (await readAll(`${FIXTURES}/row-unclosed-quote.csv`)).rows;
    assert.deepEqual(
      unclosed.map((row) => isBadRow(row) && row.fatal),
      [false, false, true],
    );
  });

  it('stops at a record of 100 MB without holding it', async function () {
    this.timeout(60_000);
    for (const [name, start, code] of [
      ['line.ndjson', '{"a":"', 'ROW_LONG'],
      ['field.csv', 'a\n', 'ROW_LONG'],
      ['quote.csv', 'a\n1\n"', 'ROW_UNCLOSED'],
    ] as const) {
      await withFile(start, name, async (path) => {
        const file = await open(path, 'a');
        for (let i = 0; i < 100; i++) await file.write(Buffer.alloc(1e6, 'x'));
        await file.close();
        const before = process.memoryUsage().rss;
        const last = (await readAll(path)).rows.at(-1)! as BadRow;
        assert.equal(last.problem.code, code);
        assert.isTrue(last.fatal);
        assert.isBelow(process.memoryUsage().rss - before, 90e6);
      });
    }
  });

  it('takes a field of 10 MiB, and none that is longer', async () => {
    for (const [bytes, bad] of [
      [10 * 2 ** 20, false],
      [10 * 2 ** 20 + 1, true],
    ] as const) {
      const {rows} = await withFile(`id,a\n1,"${'x'.repeat(bytes)}"\n2,b\n`, 'a.csv', (path) => readAll(path));
      assert.deepEqual(rows.map(isBadRow), [bad, false]);
    }
  });
});

it('reads nothing of an input that nobody iterates, and closes one that is left early', async () => {
  const input = await openInput(`${FIXTURES}/good.csv`);
  for await (const row of readRows(input)) {
    assert.equal(row.place.row, 1);
    break;
  }
});
