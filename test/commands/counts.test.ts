import {assert} from 'chai';
import {EXAMPLE} from '../support/example-profile.js';
import {inFolder, openTerminal, type Terminal} from '../support/program.js';

describe('sluice plan --count', () => {
  let terminal: Terminal;
  before(() => {
    terminal = openTerminal();
  });
  after(() => terminal.close());

  const typed = (...words: string[]) =>
    inFolder({'example.yaml': EXAMPLE, 'users.csv': 'n\n1\n'}, (cwd) =>
      terminal.type(['plan', ...words, '--profile', './example.yaml'], {cwd}),
    );

  it('plans a billion without a file, and says which plan comes next', async () => {
    const {exit, stdout} = await typed('--count', 'CreateUser=1e9', '--share', '50%');
    assert.equal(exit, 0);
    assert.match(stdout, /^1,000,000,000 requests take \d+ d/);
    assert.match(stdout, /next: sluice plan FILE --share 50% --profile \.\/example\.yaml\n$/);
  });

  it('prints the same keys as a plan of a file', async () => {
    const {stdout} = await typed('--count', 'CreateUser=1_000_000', '--json');
    assert.deepInclude(JSON.parse(stdout), {rows: 1e6, requests: 1e6, preview: []});
  });

  for (const {name, words, code} of [
    {name: 'a file beside it', words: ['users.csv', '--count', 'CreateUser=1'], code: 'COUNT_UNWANTED'},
    {name: 'a name that is not known', words: ['--count', 'CreateUsr=1'], code: 'COUNT_UNKNOWN'},
    {name: 'a number that is none', words: ['--count', 'CreateUser=many'], code: 'COUNT_INVALID'},
    {name: 'a key that limits nothing', words: ['--count', 'CreateUser=1', '--keys', 'bot=2'], code: 'KEYS_UNKNOWN'},
    {name: 'a column', words: ['--count', 'CreateUser=1', '--scope', 'user=@n'], code: 'SCOPE_INVALID'},
    {name: 'a flag about rows', words: ['--count', 'CreateUser=1', '--key', 'n'], code: 'WORD_INVALID'},
    {name: 'neither file nor count', words: [], code: 'WORD_MISSING'},
  ])
    it(`refuses ${name}`, async () => {
      const {exit, stdout, stderr} = await typed(...words);
      assert.deepEqual([exit, stdout], [2, '']);
      assert.include(stderr, code);
    });
});
