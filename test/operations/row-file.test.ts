import {readFileSync} from 'node:fs';
import {truncate} from 'node:fs/promises';
import {assert} from 'chai';
import {parse} from 'csv-parse/sync';
import fc from 'fast-check';
import type {Row} from '../../src/operations/operation.js';
import {makePlaces} from '../../src/operations/places.js';
import {isBadRow} from '../../src/operations/records.js';
import {openRowFile} from '../../src/operations/row-file.js';
import {Problem} from '../../src/problem.js';
import {FIXTURES, readAll, valuesOf, withFile} from './reading.js';

/** Text that is hard on a reader: quotes, delimiters, line ends, blanks, letters of several bytes. */
const nasty = fc.string({
  unit: fc.constantFrom('a', ',', ';', '"', '\n', '\r', '\r\n', ' ', 'é', '漢', '😀', '\t', '0'),
  maxLength: 12,
});

type Table = {
  readonly records: readonly (readonly string[])[];
  readonly lineEnd: string;
  readonly quoteAll: boolean;
  readonly finalEnd: boolean;
};

const table: fc.Arbitrary<Table> = fc.record({
  records: fc.array(fc.tuple(nasty, nasty, nasty), {maxLength: 30}),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  quoteAll: fc.boolean(),
  finalEnd: fc.boolean(),
});

function write({records, lineEnd, quoteAll, finalEnd}: Table): string {
  const quoted = (field: string) => (quoteAll || /[",;\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
  const lines = [['one', 'two', 'three'], ...records].map((fields) => fields.map(quoted).join(','));
  return lines.join(lineEnd) + (finalEnd ? lineEnd : '');
}

describe('RowFile', () => {
  it('gives by place what was read in order, and what csv-parse reads', async () => {
    await fc.assert(
      fc.asyncProperty(table, async (content) => {
        await withFile(write(content), 'nasty.csv', async (path) => {
          const {rows, input} = await readAll(path);
          assert.deepEqual(
            valuesOf(rows).map(Object.values),
            content.records.map((fields) => [...fields]),
          );
          const options = {record_delimiter: ['\r\n', '\n', '\r'], from: 2, skip_empty_lines: true};
          assert.deepEqual(valuesOf(rows).map(Object.values), parse(readFileSync(path), options));
          const file = openRowFile(input);
          const places = makePlaces();
          for (const {place} of rows) places.add(place);
          for (const row of rows as Row[]) assert.deepEqual(file.at(row.place), row);
          for (const row of [...(rows as Row[])].reverse()) assert.deepEqual(file.at(places.at(row.place.row)), row);
          file.close();
        });
      }),
      {numRuns: 150, seed: 7},
    );
  });

  it('gives by place what was read in order out of any bytes at all', async () => {
    const bytes = fc.array(fc.constantFrom(...Buffer.from('a,"\n\r \0{}:1\xff\xc2\x85', 'latin1'), 34, 44, 10), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(
        bytes,
        fc.constantFrom('a.csv', 'a.ndjson'),
        fc.constantFrom('x\n', 'x,y\n'),
        async (garbage, name, header) => {
          const content = Buffer.concat([Buffer.from(name === 'a.csv' ? header : '{"a":1}\n'), Buffer.from(garbage)]);
          await withFile(content, name, async (path) => {
            const {rows, input} = await readAll(path);
            const file = openRowFile(input);
            for (const [index, row] of rows.entries()) {
              assert.equal(row.place.row, index + 1);
              assert.isAtLeast(row.place.offset, rows[index - 1]?.place.end ?? input.firstOffset);
              if (isBadRow(row)) assert.throws(() => file.at(row.place), Problem);
              else assert.deepEqual(file.at(row.place), row);
            }
            file.close();
          });
        },
      ),
      {numRuns: 400, seed: 5},
    );
  });

  it('gives by place what was read across the edges of blocks', async () => {
    const name = '漢字'.repeat(300);
    const lines = Array.from({length: 3000}, (_, i) => (i % 3 ? `${i},${name}` : `${i},"a ""quoted""\r\n${name}"`));
    await withFile(`id,name\r\n${lines.join('\r\n')}`, 'large.csv', async (path) => {
      const {rows, input} = await readAll(path);
      assert.equal(rows.length, 3000);
      const file = openRowFile(input);
      for (const row of rows as Row[]) {
        assert.deepEqual(file.at(row.place), row);
        assert.equal(row.values.id, String(row.place.row - 1));
        assert.equal(row.place.line, 1 + row.place.row + Math.floor((row.place.row + 1) / 3));
      }
      for (const row of [2999, 0, 1500, 1, 2998]) assert.deepEqual(file.at(rows[row]!.place), rows[row]);
      file.close();
    });
  });

  it('counts one line for a CRLF that two blocks share, whatever stands at the edge', async () => {
    // Each record has 18 bytes, so that the edge moves through all of it from file to file.
    for (let shift = 0; shift < 18; shift++) {
      const records = '"a""b","c,\r\nd"\r\n'.repeat(17_000);
      await withFile(`x,${'y'.repeat(shift + 1)}\r\n${records}`, 'edge.csv', async (path) => {
        const {rows} = await readAll(path);
        assert.lengthOf(rows, 17_000);
        assert.deepEqual(Object.values((rows.at(-1) as Row).values), ['a"b', 'c,\r\nd']);
        assert.equal(rows.at(-1)!.place.line, 2 + 2 * 16_999);
      });
    }
  });

  it('gives NDJSON rows by place, digit for digit', async () => {
    for (const file of ['good.ndjson', 'good-exact-numbers.ndjson', 'good-member-proto.ndjson']) {
      const {rows, input} = await readAll(`${FIXTURES}/${file}`);
      const rowFile = openRowFile(input);
      for (const row of rows as Row[]) assert.deepEqual(rowFile.at(row.place), row);
      rowFile.close();
    }
  });

  it('says so when a row is no longer there', async () => {
    await withFile('id\n1\n2\n', 'a.csv', async (path) => {
      const {rows, input} = await readAll(path);
      await truncate(path, 3);
      const file = openRowFile(input);
      assert.throws(() => file.at(rows[1]!.place), Problem, /row 2 .*no longer where it was/);
      file.close();
    });
  });
});
