import {chmod, mkdir, readdir, readFile, stat, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {assert} from 'chai';
import {
  checkRunFolder,
  createRunFolder,
  defaultRunDir,
  holdsRun,
  type Manifest,
  makeRunId,
  namesRun,
  readManifest,
  replaceManifest,
  writeManifest,
} from '../../src/journal/folder.js';
import {EXIT} from '../../src/problem.js';
import {inFolder, RUN, refusal, T} from './sample.js';

const MANIFEST: Manifest = {
  fmt: 1,
  run: RUN,
  tool: '1.0.0',
  createdAt: '2025-11-22T02:53:20.000Z',
  file: '/data/in/users.csv',
  name: 'users.csv',
  input: {sha256: '9f86d081', bytes: 8123, rows: 50, format: 'csv', delimiter: ',', header: ['id', 'rôle']},
  profile: {name: 'example'},
  plan: 'c0ffee',
  template: null,
  baseUrl: 'https://api.example.com',
  credential: null,
  roles: {},
  options: {},
};

describe('defaultRunDir', () => {
  for (const [file, folder] of [
    ['users.csv', 'users.run'],
    ['/data/in/users.csv', '/data/in/users.run'],
    ['../users.ndjson', '../users.run'],
    ['users.csv.gz', 'users.run'],
    ['users.2026.csv', 'users.2026.run'],
    ['users', 'users.run'],
    ['.csv', '.csv.run'],
    ['-', 'stdin.run'],
  ] as const)
    it(`${file} -> ${folder}`, () => assert.equal(defaultRunDir(file), folder));
});

describe('makeRunId', () => {
  it('has 26 letters, and the time first', () => {
    assert.equal(makeRunId(0, new Uint8Array(10)), '0'.repeat(26));
    assert.equal(makeRunId(2 ** 48 - 1, new Uint8Array(10).fill(255)), `7${'Z'.repeat(25)}`);
    assert.equal(makeRunId(1469918176385, new Uint8Array(10)).slice(0, 10), '01ARYZ6S41');
  });

  it('sorts by time, whatever the chance', () => {
    assert.isBelow(makeRunId(T, new Uint8Array(10).fill(255)).localeCompare(makeRunId(T + 1, new Uint8Array(10))), 0);
  });
});

describe('createRunFolder', () => {
  it('makes a folder that is nobody else’s to read', () =>
    inFolder(async (parent) => {
      await createRunFolder(join(parent, 'users.run'));
      assert.equal((await stat(join(parent, 'users.run'))).mode & 0o777, 0o700);
    }));

  it('takes one whose run never began', () =>
    inFolder(async (folder) => {
      for (const name of ['journal-000001.ndjson', 'reserve', 'lock.json', 'run.json.tmp', 'input.spool.part'])
        await writeFile(join(folder, name), '');
      await chmod(folder, 0o755);
      await createRunFolder(folder);
      assert.equal((await stat(folder)).mode & 0o777, 0o700);
    }));

  for (const {name, files, code, exit, prepare} of [
    {name: 'that holds a run', files: ['run.json', 'journal-000001.ndjson'], code: 'RUN_EXISTS', exit: EXIT.exists},
    {name: 'that holds a manifest alone', files: ['run.json'], code: 'RUN_EXISTS', exit: EXIT.exists},
    {
      name: 'that holds a later part of a journal',
      files: ['journal-000002.ndjson'],
      code: 'RUN_EXISTS',
      exit: EXIT.exists,
    },
    {name: 'that holds anything else', files: ['thesis.tex'], code: 'RUN_EXISTS', exit: EXIT.exists},
    {
      name: 'in which others may write',
      files: [],
      code: 'RUN_FOLDER_UNFIT',
      exit: EXIT.credentials,
      prepare: (folder: string) => chmod(folder, 0o777),
    },
  ])
    it(`refuses a folder ${name}`, () =>
      inFolder(async (folder) => {
        for (const file of files) await writeFile(join(folder, file), '');
        await prepare?.(folder);
        const problem = await refusal(createRunFolder(folder));
        assert.deepEqual([problem.code, problem.exit], [code, exit]);
        if (code === 'RUN_EXISTS') assert.match(problem.suggestions[0]!, /sluice resume .*--or-resume.*--run-dir/);
        assert.deepEqual(await readdir(folder), files.sort());
      }));

  it('refuses a link, a file, and a place that is not there', () =>
    inFolder(async (parent) => {
      await mkdir(join(parent, 'real'));
      await symlink(join(parent, 'real'), join(parent, 'link.run'));
      await writeFile(join(parent, 'file.run'), '');
      for (const [name, says] of [
        ['link.run', /is a symbolic link/],
        ['file.run', /is a file/],
        ['no/users.run', /cannot be made \(ENOENT\)/],
      ] as const) {
        const problem = await refusal(createRunFolder(join(parent, name)));
        assert.equal(problem.exit, EXIT.exists);
        assert.match(problem.message, says);
      }
    }));

  it('refuses the folder of somebody else', () =>
    inFolder(async (folder) => {
      const getuid = process.getuid!;
      process.getuid = () => getuid() + 1;
      try {
        const problem = await refusal(createRunFolder(folder));
        assert.equal(problem.exit, EXIT.credentials);
        assert.match(problem.message, /belongs to user \d+, not to you/);
      } finally {
        process.getuid = getuid;
      }
    }));
});

describe('checkRunFolder', () => {
  it('says when there is none', async () => {
    assert.equal((await refusal(checkRunFolder('/nowhere/users.run'))).exit, EXIT.noInput);
  });
});

describe('the manifest', () => {
  it('is read as it was written, and is nobody else’s to read', () =>
    inFolder(async (folder) => {
      await writeManifest(folder, MANIFEST);
      assert.deepEqual(await readManifest(folder), MANIFEST);
      assert.equal((await stat(join(folder, 'run.json'))).mode & 0o777, 0o600);
      assert.deepEqual(await readdir(folder), ['run.json']);
    }));

  it('is written once, unless it is replaced', () =>
    inFolder(async (folder) => {
      await writeManifest(folder, MANIFEST);
      assert.equal((await refusal(writeManifest(folder, {...MANIFEST, plan: 'other'}))).code, 'RUN_EXISTS');
      await replaceManifest(folder, {...MANIFEST, plan: 'accepted'});
      assert.equal((await readManifest(folder)).plan, 'accepted');
    }));

  for (const {name, content, code, exit, says} of [
    {
      name: 'half a file',
      content: JSON.stringify(MANIFEST).slice(0, 90),
      code: 'MANIFEST_CORRUPT',
      exit: EXIT.misfit,
      says: /no JSON object/,
    },
    {
      name: 'a newer format',
      content: JSON.stringify({...MANIFEST, fmt: 7}),
      code: 'MANIFEST_NEWER',
      exit: EXIT.misfit,
      says: /newer version \(format 7/,
    },
    {
      name: 'no format',
      content: '{}',
      code: 'MANIFEST_CORRUPT',
      exit: EXIT.misfit,
      says: /"fmt" is undefined, expected 1/,
    },
    {
      name: 'a run that is no text',
      content: JSON.stringify({...MANIFEST, run: 5}),
      code: 'MANIFEST_CORRUPT',
      exit: EXIT.misfit,
      says: /"run" is 5/,
    },
    {
      name: 'rows that are no number',
      content: JSON.stringify({...MANIFEST, input: {...MANIFEST.input, rows: '50'}}),
      code: 'MANIFEST_CORRUPT',
      exit: EXIT.misfit,
      says: /"input.rows" is "50"/,
    },
    {
      name: 'no input',
      content: JSON.stringify({...MANIFEST, input: null}),
      code: 'MANIFEST_CORRUPT',
      exit: EXIT.misfit,
      says: /"input.bytes" is undefined/,
    },
  ])
    it(`refuses ${name}`, () =>
      inFolder(async (folder) => {
        await writeFile(join(folder, 'run.json'), content);
        const problem = await refusal(readManifest(folder));
        assert.deepEqual([problem.code, problem.exit], [code, exit]);
        assert.match(problem.message, says);
        assert.equal(await readFile(join(folder, 'run.json'), 'utf8'), content);
      }));

  it('is missed with a word on what to name', () =>
    inFolder(async (folder) => {
      for (const place of [folder, join(folder, 'nothing'), '/dev/null/x']) {
        const problem = await refusal(readManifest(place));
        assert.deepEqual([problem.code, problem.exit], ['RUN_MISSING', EXIT.noInput]);
      }
    }));
});

describe('namesRun', () => {
  it('is so of every folder, and of what is called as a run where nothing is', () =>
    inFolder(async (folder) => {
      assert.isTrue(await namesRun(folder));
      assert.isTrue(await namesRun(join(folder, 'users.run')));
      assert.isTrue(await namesRun(join(folder, 'users.run/')));
      assert.isFalse(await namesRun(join(folder, 'users.csv')));
      assert.isFalse(await namesRun('-'));
    }));

  it('is not so of a file, whatever it is called', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'users.run'), 'n\n1\n');
      assert.isFalse(await namesRun(join(folder, 'users.run')));
    }));
});

describe('holdsRun', () => {
  it('asks for both journal and manifest', () =>
    inFolder(async (folder) => {
      assert.isFalse(await holdsRun(folder));
      await writeFile(join(folder, 'journal-000001.ndjson'), '');
      assert.isFalse(await holdsRun(folder));
      await writeFile(join(folder, 'run.json'), '');
      assert.isTrue(await holdsRun(folder));
    }));
});
