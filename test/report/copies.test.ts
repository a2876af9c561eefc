import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {readRows} from '../../src/operations/read.js';
import {openInput} from '../../src/operations/source.js';
import {Copies} from '../../src/report/copies.js';
import type {Outcome} from '../../src/report/outcomes.js';

const FAILED: Outcome = {
  state: 'failed',
  status: 400,
  attempts: 2,
  at: 0,
  sentAt: null,
  ms: 5,
  error: 'no',
  note: null,
  response: null,
  captured: null,
  resent: false,
};

describe('Copies', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-copies-'));
  });
  afterEach(() => rmSync(folder, {recursive: true, force: true}));

  /** What a file of `rows` of an input holds, the error being the same for all. */
  async function copy(name: string, text: string, rows: readonly number[], error = 'no'): Promise<string> {
    writeFileSync(join(folder, name), text);
    const input = await openInput(join(folder, name));
    const path = join(folder, `failed.${input.format}`);
    const copies = new Copies(path, input);
    try {
      for await (const row of readRows(input)) if (rows.includes(row.place.row)) copies.write(row, {...FAILED, error});
      copies.commit();
    } finally {
      copies.close();
    }
    return readFileSync(path, 'utf8');
  }

  it("leaves the user's own cells as they are, byte for byte", async () => {
    const rows = ['"=1+1", "",007', '\'x,"line\r\nbreak",1E5', ' y ,"say ""hi""",é'].join('\r\n');
    assert.equal(
      await copy('users.csv', `\ufeffid,"b, c",d\r\n${rows}\r\n`, [2, 3]),
      'id,"b, c",d,_error,_status,_attempts,_row\n' +
        '\'x,"line\r\nbreak",1E5,"no",400,2,2\n' +
        ' y ,"say ""hi""",é,"no",400,2,3\n',
    );
  });

  it("lets no spreadsheet compute the server's word", async () => {
    const text = await copy('users.csv', 'id\n=1\n', [1], '=HYPERLINK("http://a.example")');
    assert.equal(text.split('\n')[1], `=1,"'=HYPERLINK(""http://a.example"")",400,2,1`);
  });

  it('keeps the delimiter, and a last row without a line end', async () => {
    assert.equal(
      await copy('users.csv', 'id;name\n1;a,b', [1]),
      'id;name;_error;_status;_attempts;_row\n1;a,b;"no";400;2;1\n',
    );
  });

  it('can be fed back, and then says what became of it this time', async () => {
    const once = await copy('users.csv', 'id,name\n1,"a, b"\n2," c"\n3,d\n', [1, 2], 'once');
    assert.equal(
      await copy('again.csv', once, [1, 2], 'twice'),
      'id,name,_error,_status,_attempts,_row\n1,"a, b","twice",400,2,1\n2," c","twice",400,2,2\n',
    );
  });

  it('keeps NDJSON rows digit for digit, and adds no key twice', async () => {
    const lines = '{"id": 12345678901234567890, "n": 1.0}  \n{}\n{"_row":7,"big":1e400,"a":[]}\n{"_error":"x"}\n';
    assert.equal(
      await copy('rows.ndjson', lines, [1, 2, 3, 4]),
      '{"id": 12345678901234567890, "n": 1.0,"_error":"no","_status":400,"_attempts":2,"_row":1}\n' +
        '{"_error":"no","_status":400,"_attempts":2,"_row":2}\n' +
        '{"big":1e400,"a":[],"_error":"no","_status":400,"_attempts":2,"_row":3}\n' +
        '{"_error":"no","_status":400,"_attempts":2,"_row":4}\n',
    );
  });

  it('takes rows that could not be read as they stand', async () => {
    assert.equal(
      await copy('users.csv', 'id,name\n1,a\n2\n', [2]),
      'id,name,_error,_status,_attempts,_row\n2,"no",400,2,2\n',
    );
  });

  it('makes no file for no rows', async () => {
    writeFileSync(join(folder, 'users.csv'), 'id\n1\n');
    const copies = new Copies(join(folder, 'failed.csv'), await openInput(join(folder, 'users.csv')));
    assert.isUndefined(copies.commit());
    copies.close();
    assert.isFalse(existsSync(join(folder, 'failed.csv')));
  });

  it('leaves nothing behind when it is not committed', async () => {
    writeFileSync(join(folder, 'users.csv'), 'id\n1\n');
    const input = await openInput(join(folder, 'users.csv'));
    const copies = new Copies(join(folder, 'failed.csv'), input);
    for await (const row of readRows(input)) copies.write(row, FAILED);
    copies.close();
    assert.deepEqual(readdirSync(folder), ['users.csv']);
  });
});
