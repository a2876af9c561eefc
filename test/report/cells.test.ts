import {assert} from 'chai';
import {parse} from 'csv-parse/sync';
import fc from 'fast-check';
import {plainCells, safeCells} from '../../src/report/cells.js';

describe('safeCells', () => {
  for (const start of ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
    it(`lets no spreadsheet compute what starts with ${JSON.stringify(start)}`, () =>
      assert.equal(safeCells([`${start}HYPERLINK(1)`]), `"'${start}HYPERLINK(1)"`));

  for (const text of ['', 'a=b', '12', ' =1', "'=1"])
    it(`leaves ${JSON.stringify(text)} as it is`, () => assert.equal(safeCells([text]), `"${text}"`));

  it('writes out what a terminal would obey, and keeps lines and tabs', () =>
    assert.equal(safeCells(['a\u001b[2J\u202eb\n\tc']), '"a\\u001b[2J\\u202eb\n\tc"'));

  it('doubles quotes, so that no cell ends early', () => assert.equal(safeCells(['a","=1+1']), '"a"",""=1+1"'));
});

describe('plainCells', () => {
  for (const delimiter of [',', ';', '\t', '|'])
    it(`is read back as it was, delimiter ${JSON.stringify(delimiter)}`, () =>
      fc.assert(
        fc.property(
          fc.array(fc.string({unit: fc.constantFrom('a', '"', ',', ';', '\t', '|', '\r', '\n', ' ', '=', 'é')}), {
            minLength: 2,
          }),
          (values) => {
            const read = parse(`${plainCells(values, delimiter)}\n`, {delimiter, record_delimiter: '\n'}) as string[][];
            assert.deepEqual(read, [values]);
          },
        ),
      ));

  it('quotes only where it has to', () =>
    assert.equal(plainCells(['=1', 'a b', ' c', 'd,e', 'f"g'], ','), '=1,a b," c","d,e","f""g"'));
});
