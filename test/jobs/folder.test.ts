import {mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {createJobFolder, holdsJob, jobAround, jobFiles, readJobManifest} from '../../src/jobs/folder.js';
import {assertProblem} from '../requests/sample.js';

describe('the folder of a job', () => {
  const around = mkdtempSync(join(tmpdir(), 'jobs-'));
  const folder = join(around, 'cities.run');
  after(() => rmSync(around, {recursive: true}));

  it('keeps the job as it was when it began, for its owner alone', async () => {
    assert.isFalse(holdsJob(folder));
    const written = await createJobFolder(folder, {tool: '1', file: join(around, 'cities.yaml'), text: 'steps: {}\n'});
    assert.isTrue(holdsJob(folder));
    assert.deepEqual(readJobManifest(folder), written);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
  });

  it('is found from the run of each of its steps, and from no other run', () => {
    const run = jobFiles(folder).run('users');
    mkdirSync(run);
    assert.equal(jobAround(run), folder);
    assert.isUndefined(jobAround(join(around, 'users.run')));
    assert.isUndefined(jobAround(folder));
  });

  for (const [what, text, says] of [
    ['is no JSON', '{', 'is no manifest of a job'],
    ['a newer version wrote', '{"fmt": 2}', 'newer version (format 2)'],
  ] as const)
    it(`is refused with a manifest that ${what}`, () => {
      writeFileSync(jobFiles(folder).manifest, text);
      assertProblem(() => readJobManifest(folder), 'JOB_CORRUPT', 65, says);
    });
});
