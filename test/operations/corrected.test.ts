import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {readCorrected, withCorrected} from '../../src/operations/corrected.js';
import {isBadRow, openRowFile, readRows} from '../../src/operations/read.js';
import {closeInput, openInput} from '../../src/operations/source.js';
import {Problem} from '../../src/problem.js';
import {withFile} from './reading.js';

type Files = {
  readonly input: string;
  readonly fixed: string;
  readonly format?: 'csv' | 'ndjson';
  readonly keeps?: string[];
};

/** The rows of an input as they read with a corrected file: in order, and once more one by one. */
function corrected({input: text, fixed, format = 'csv', keeps = []}: Files) {
  return withFile(text, `users.${format}`, async (path, folder) => {
    writeFileSync(join(folder, `fixed.${format}`), fixed);
    const input = {...(await openInput(path)), name: 'users'};
    const file = {...(await openInput(join(folder, `fixed.${format}`))), name: 'fixed'};
    const read = {...(await readCorrected(file, input, 9)), keeps};
    const both = withCorrected(input, () => read);
    const rows = [];
    for await (const row of readRows(both)) rows.push(row);
    const rowFile = openRowFile(both);
    const again = rows.map((row) => (isBadRow(row) ? row : rowFile.at(row.place)));
    rowFile.close();
    await closeInput(both);
    assert.deepEqual(again, rows);
    return rows.map(
      (row): Record<string, unknown> => ({
        ...row.values,
        ...('from' in row && {from: `${row.from!.file}:${row.from!.line}`}),
      }),
    );
  });
}

function refusal(files: Files): Promise<{code: string; message: string; fix: string}> {
  return corrected(files).then(
    () => assert.fail('it was read'),
    (error: unknown) => {
      assert.instanceOf(error, Problem);
      const {code, message, suggestions} = error as Problem;
      return {code, message, fix: suggestions[0]!};
    },
  );
}

const INPUT = 'id,role\n1,owner\n2,ownr\n3,admn\n';

describe('withCorrected', () => {
  it('gives the cells of the file for the rows it has, by their number, and says where they stand', async () => {
    assert.deepEqual(
      await corrected({input: INPUT, fixed: 'role,_row,id,_error\n"admin, too",3,3,no\nowner,2,2,no\n'}),
      [
        {id: '1', role: 'owner'},
        {id: '2', role: 'owner', from: 'fixed:3'},
        {id: '3', role: 'admin, too', from: 'fixed:2'},
      ],
    );
  });

  it('takes for the input what is written beside it', async () => {
    assert.deepEqual(await corrected({input: INPUT, fixed: 'id;role;_row;mine\n2;owner;2;checked\n'}), [
      {id: '1', role: 'owner'},
      {id: '2', role: 'owner', from: 'fixed:2'},
      {id: '3', role: 'admn'},
    ]);
  });

  it('mends a row that could not be read', async () => {
    const rows = await corrected({input: 'id,role\n1,owner\n2,a,b\n3,x\n', fixed: 'id,role,_row\n2,admin,2\n'});
    assert.deepEqual(rows[1], {id: '2', role: 'admin', from: 'fixed:2'});
  });

  it('leaves a column that came with the input as it came, though a run adds one of that name', async () => {
    const rows = await corrected({input: 'id,_row\n1,88\n', fixed: 'id,_error,_row\n7,no,1\n'});
    assert.deepEqual(rows[0], {id: '7', _row: '88', from: 'fixed:2'});
  });

  it('gives the members of the line for NDJSON, and no others', async () => {
    const input = '{"id":1,"role":"ownr","old":true}\n{"id":2}\n';
    const fixed = '{"id":12345678901234567890,"role":null,"_error":"no","_row":1}\n';
    const [first, second] = await corrected({input, fixed, format: 'ndjson'});
    assert.deepEqual(Object.keys(first!), ['id', 'role', 'from']);
    assert.equal(String(first!.id), '12345678901234567890');
    assert.deepEqual(second, {id: 2});
  });
});

describe('withCorrected, where a column has to stay', () => {
  const KEPT = {input: INPUT, keeps: ['id']};

  it('takes what leaves it', async () => {
    const rows = await corrected({...KEPT, fixed: 'id,role,_row\n2,owner,2\n'});
    assert.equal(rows[1]!.role, 'owner');
  });

  it('refuses what changes it, showing both', async () => {
    const {code, message} = await refusal({...KEPT, fixed: 'id,role,_row\n7,owner,2\n'});
    assert.equal(code, 'CORRECTION_MISFIT');
    assert.equal(
      message,
      'fixed:2: column "id" of row 2 is "7", and was "2": it decides which rows are sent before this one',
    );
  });

  it('has nothing to compare with where the row could not be read', async () => {
    const rows = await corrected({...KEPT, input: 'id,role\n1,a,b\n', fixed: 'id,role,_row\n9,owner,1\n'});
    assert.equal(rows[0]!.id, '9');
  });
});

describe('readCorrected', () => {
  for (const {name, fixed, message} of [
    {name: 'a file without _row', fixed: 'id,role\n2,owner\n', message: /^fixed:1: has no column "_row"/},
    {
      name: 'a column that is missing',
      fixed: 'id,rolle,_row\n2,owner,2\n',
      message: /^fixed:1: has no column "role": users/,
    },
    {name: 'a _row that is none', fixed: 'id,role,_row\n2,owner,two\n', message: /^fixed:2: "_row" is "two", expected/},
    {name: 'a _row beyond the input', fixed: 'id,role,_row\n2,owner,10\n', message: /from 1 to 9$/},
    {
      name: 'a row that comes twice',
      fixed: 'id,role,_row\n2,a,2\n2,b,2\n',
      message: /^fixed:3: row 2 stands on line 2/,
    },
    {name: 'another format', fixed: '{"id":"2","_row":2}\n', message: /this is NDJSON, expected CSV/},
  ])
    it(`refuses ${name}, naming file and line`, async () => {
      const found = await refusal({input: INPUT, fixed});
      assert.equal(found.code, 'CORRECTION_MISFIT');
      assert.match(found.message, message);
    });

  it('refuses a record that cannot be read, and says that it may be taken out', async () => {
    const found = await refusal({input: INPUT, fixed: 'id,role,_row\n2,owner,2\n3,admin\n'});
    assert.match(found.message, /fixed:3\)?: expected 3 columns as in the header, found 2$/);
    assert.equal(found.fix, 'Correct line 3 of fixed, or take it out: its row stays failed then.');
  });
});
