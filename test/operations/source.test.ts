import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {chmod, mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {gzipSync} from 'node:zlib';
import {assert} from 'chai';
import {readRows} from '../../src/operations/read.js';
import {closeInput, digestInput, type InputOptions, openInput} from '../../src/operations/source.js';
import {unreadable} from '../../src/operations/spool.js';
import {Problem} from '../../src/problem.js';
import {FIXTURES, withFile} from './reading.js';

async function refusal(path: string, options: InputOptions = {}): Promise<Problem> {
  try {
    await closeInput(await openInput(path, options));
  } catch (error) {
    assert.instanceOf(error, Problem);
    return error as Problem;
  }
  throw new Error(`${path} was not refused`);
}

describe('openInput', () => {
  it('names an input that is not there, and exits with 66', async () => {
    const problem = await refusal('nowhere/users.csv');
    assert.equal(problem.code, 'INPUT_MISSING');
    assert.equal(problem.message, 'nowhere/users.csv: there is no such file');
    assert.equal(problem.exit, 66);
  });

  it('refuses a directory with 66', async () => {
    const problem = await refusal(FIXTURES);
    assert.equal(problem.code, 'INPUT_DIRECTORY');
    assert.equal(problem.exit, 66);
  });

  it('refuses a file that may not be read with 66', async function () {
    // The superuser may read everything.
    if (process.getuid?.() === 0) this.skip();
    await withFile('id\n1\n', 'secret.csv', async (path) => {
      await chmod(path, 0);
      const problem = await refusal(path);
      assert.equal(problem.code, 'INPUT_FORBIDDEN');
      assert.equal(problem.exit, 66);
    });
  });

  it('reads a plain file where it is, and what it says of itself', async () => {
    const input = await openInput(`${FIXTURES}/good-bom.csv`);
    assert.deepInclude(input, {
      path: `${FIXTURES}/good-bom.csv`,
      name: `${FIXTURES}/good-bom.csv`,
      format: 'csv',
      delimiter: ',',
      columns: ['id', 'name', 'role'],
      bomBytes: 3,
      firstOffset: 16,
      firstLine: 2,
      spooled: false,
    });
  });

  for (const {name, content, format} of [
    {name: 'a.csv', content: '\ufeff {"id":1}\n', format: 'ndjson'},
    {name: 'a.ndjson', content: '', format: 'ndjson'},
    {name: 'A.JSONL', content: '\n{"id":1}', format: 'ndjson'},
    {name: 'a.txt', content: 'id\n{"id":1}\n', format: 'csv'},
    {name: 'a', content: '[id],name\n', format: 'csv'},
  ]) {
    it(`takes ${name} with ${JSON.stringify(content)} for ${format}`, async () => {
      await withFile(content, name, async (path) => assert.equal((await openInput(path)).format, format));
    });
  }

  for (const {header, delimiter, columns} of [
    {header: 'id;name, first;role', delimiter: ';', columns: 3},
    {header: '"a;b;c;d",e', delimiter: ',', columns: 2},
    {header: 'id', delimiter: ',', columns: 1},
    {header: 'a|b\tc\td', delimiter: '\t', columns: 3},
    {header: '"one\ntwo"|b', delimiter: '|', columns: 2},
  ]) {
    it(`finds ${JSON.stringify(delimiter)} in the header ${JSON.stringify(header)}`, async () => {
      await withFile(`${header}\n`, 'a.csv', async (path) => {
        const input = await openInput(path);
        assert.equal(input.delimiter, delimiter);
        assert.lengthOf(input.columns, columns);
      });
    });
  }

  it('takes the delimiter that it is told, and refuses one that cannot be', async () => {
    await withFile('a;b,c\n', 'a.csv', async (path) => {
      assert.deepEqual((await openInput(path, {delimiter: ','})).columns, ['a;b', 'c']);
      assert.deepEqual((await openInput(path, {delimiter: 'tab'})).columns, ['a;b,c']);
      for (const delimiter of ['', ';;', '"', '\n', 'é']) {
        const problem = await refusal(path, {delimiter});
        assert.equal(problem.code, 'DELIMITER_INVALID');
        assert.equal(problem.exit, 2);
      }
    });
  });

  it('copies standard input to where it is told, for the owner alone, and leaves it there', async () => {
    await withFile('', 'unused', async (_, folder) => {
      const spoolPath = join(folder, 'input.spool');
      const stdin = Readable.from([Buffer.from('id,na'), Buffer.from('me\n1,Ada\n')]);
      const input = await openInput('-', {spoolPath, stdin});
      assert.deepInclude(input, {name: '<stdin>', path: spoolPath, spooled: true, columns: ['id', 'name']});
      assert.equal(statSync(spoolPath).mode & 0o777, 0o600);
      await closeInput(input);
      assert.equal(readFileSync(spoolPath, 'utf8'), 'id,name\n1,Ada\n');
      assert.notInclude(readdirSync(folder).join(), '.part');
    });
  });

  it('unpacks gzip from standard input, a byte at a time', async () => {
    const packed = gzipSync('id,name\n1,Ada\n');
    const stdin = Readable.from([...packed].map((byte) => Buffer.from([byte])));
    const input = await openInput('-', {stdin});
    const rows = [];
    for await (const row of readRows(input)) rows.push({...row.values});
    assert.deepEqual(rows, [{id: '1', name: 'Ada'}]);
    await closeInput(input);
  });

  it('removes a private copy when the input is closed, and when it is refused', async () => {
    const input = await openInput(`${FIXTURES}/good.csv.gz`);
    assert.equal(statSync(input.path).mode & 0o777, 0o600);
    assert.equal(statSync(join(input.path, '..')).mode & 0o777, 0o700);
    await closeInput(input);
    assert.isFalse(existsSync(join(input.path, '..')));
    const before = copies();
    await refusal(`${FIXTURES}/gzip-cut-off.csv.gz`);
    await refusal(`${FIXTURES}/gzip-twice.csv.gz`);
    await refusal('-', {stdin: Readable.from([Buffer.from('id,id\n')])});
    assert.deepEqual(copies(), before);
  });

  it('leaves no half copy behind when standard input fails', async () => {
    await withFile('', 'unused', async (_, folder) => {
      const stdin = Readable.from(
        (async function* () {
          yield Buffer.from('id\n1\n');
          throw new Error('the pipe broke');
        })(),
      );
      const problem = await refusal('-', {spoolPath: join(folder, 'input.spool'), stdin});
      assert.equal(problem.code, 'INPUT_UNREADABLE');
      assert.equal(problem.exit, 66);
      assert.deepEqual(readdirSync(folder), ['unused']);
    });
  });

  it('says that the disk is at fault when a copy cannot be written', async () => {
    await withFile('', 'unused', async (_, folder) => {
      const stdin = Readable.from([Buffer.from('id\n')]);
      const problem = await refusal('-', {spoolPath: join(folder, 'missing', 'input.spool'), stdin});
      assert.equal(problem.code, 'SPOOL_UNWRITABLE');
      assert.equal(problem.exit, 74);
    });
  });

  it('copies a FIFO', async function () {
    if (process.platform === 'win32') this.skip();
    await withFile('', 'unused', async (_, folder) => {
      const fifo = join(folder, 'rows');
      execFileSync('mkfifo', [fifo]);
      const [input] = await Promise.all([openInput(fifo), writeFile(fifo, 'id,name\n1,Ada\n')]);
      assert.deepInclude(input, {name: fifo, spooled: true, columns: ['id', 'name'], bytes: 14});
      await closeInput(input);
    });
  });

  it('does not take a folder in place of a file of rows for an input, even at the end of a link', async () => {
    await withFile('', 'unused', async (_, folder) => {
      await mkdir(join(folder, 'rows.csv'));
      assert.equal((await refusal(join(folder, 'rows.csv'))).code, 'INPUT_DIRECTORY');
      assert.equal((await refusal(join(folder, 'unused', 'rows.csv'))).code, 'INPUT_MISSING');
    });
  });
});

describe('unreadable', () => {
  for (const [code, expected] of [
    ['EACCES', 'INPUT_FORBIDDEN'],
    ['EPERM', 'INPUT_FORBIDDEN'],
    ['ENOTDIR', 'INPUT_MISSING'],
    ['EIO', 'INPUT_UNREADABLE'],
  ] as const) {
    it(`calls ${code} ${expected}, exit 66`, () => {
      const problem = unreadable(Object.assign(new Error('no'), {code}), 'users.csv');
      assert.equal(problem.code, expected);
      assert.equal(problem.exit, 66);
      assert.match(problem.message, /^users\.csv: /);
    });
  }
});

describe('digestInput', () => {
  it('is that of the unpacked bytes', async () => {
    const packed = await openInput(`${FIXTURES}/good.csv.gz`);
    const bytes = readFileSync(`${FIXTURES}/good.csv`);
    assert.deepEqual(await digestInput(packed), {
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
    });
    await closeInput(packed);
  });
});

/** The private copies in the folder for temporary files. */
function copies(): string[] {
  return readdirSync(process.env.TMPDIR ?? '/tmp').filter((name) => /^sluice-(?!test-)/.test(name));
}
