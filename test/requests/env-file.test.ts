// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is written so is what is tested.
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {readEnvFile} from '../../src/requests/env-file.js';
import {assertProblem} from './sample.js';

describe('an --env-file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-env-'));
  });
  afterEach(() => rmSync(folder, {recursive: true}));

  const write = (text: string, mode = 0o600) => {
    const path = join(folder, '.env');
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };

  it('holds KEY=VALUE lines', () => {
    const text =
      '\uFEFF# secrets\n\nA=1\r\nexport B = two words \nC="x # y"\nD=\'${A}\'\nE=a=b==\nF=\n__proto__=p\nG="\n';
    assert.deepEqual(
      {...readEnvFile(write(text))},
      Object.assign(JSON.parse('{"__proto__":"p"}'), {
        A: '1',
        B: 'two words',
        C: 'x # y',
        D: '${A}',
        E: 'a=b==',
        F: '',
        G: '"',
      }),
    );
  });

  for (const mode of [0o640, 0o604, 0o644, 0o666, 0o620, 0o601]) {
    it(`may be read by nobody else: ${mode.toString(8)}`, function () {
      if (process.platform === 'win32') this.skip();
      const problem = assertProblem(
        () => readEnvFile(write('A=s3cr3t', mode)),
        'ENV_FILE_EXPOSED',
        77,
        `0${mode.toString(8)}`,
        '0600',
      );
      assert.include(problem.suggestions[0]!, 'chmod 600');
    });
  }

  it('may be stricter than 0600', () => assert.deepEqual({...readEnvFile(write('A=1', 0o400))}, {A: '1'}));

  it('that is not there, or has other lines, is named, and shows no value', () => {
    assertProblem(() => readEnvFile(join(folder, 'nope')), 'ENV_FILE_UNREADABLE', 77, 'ENOENT');
    assertProblem(() => readEnvFile(folder), 'ENV_FILE_UNREADABLE', 77, 'EISDIR');
    const problem = assertProblem(() => readEnvFile(write('A=1\ns3cr3t\n')), 'ENV_FILE_INVALID', 77, '.env:2');
    assert.notInclude(problem.message, 's3cr3t');
  });
});
