import {resolve} from 'node:path';
import {assert} from 'chai';
import {findProfile, listProfiles} from '../../src/profiles/find.js';
import {parseProfile} from '../../src/profiles/parse.js';
import type {ListedProfile} from '../../src/ui/profiles.js';
import {inFolder, type Said, sluice} from '../support/program.js';

/** Types `sluice profiles …` in a folder with `files` in it. */
const profiles = (words: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<Said> =>
  inFolder(files, (cwd) => sluice(['profiles', ...words], {cwd}));

describe('sluice profiles', () => {
  it('lists every built-in profile with its title, its limits and the variables of its secrets', async () => {
    const {exit, stdout, stderr} = await profiles([]);
    assert.deepEqual({exit, stderr}, {exit: 0, stderr: ''});
    for (const name of listProfiles()) {
      const {title, credentials, limits} = findProfile(name);
      assert.include(stdout, `${name}  ${title}\n`);
      assert.include(stdout, credentials.map(({env}) => env).join(', '));
      assert.include(stdout, `${limits[0]!.name}: ${limits[0]!.windows[0]!.requests} per `);
    }
    assert.include(stdout, 'amity:network (without user)');
  });

  it('lists them as JSON', async () => {
    const {exit, stdout} = await profiles(['--json']);
    const listed: ListedProfile[] = JSON.parse(stdout);
    assert.equal(exit, 0);
    assert.deepEqual(
      listed.map(({name}) => name),
      listProfiles(),
    );
    assert.deepEqual(listed.find(({name}) => name === 'amity')!.limits, [
      {name: 'network', per: [], windows: ['100 per 5 s']},
      {name: 'user', per: ['user'], windows: ['10 per 1 s']},
    ]);
  });

  for (const [name, format, flags] of [
    ['amity', 'yaml', []],
    ['amity:network', 'yaml', []],
    ['stream', 'json', ['--json']],
    ['appwrite', 'yaml', []],
    ['koreai', 'json', ['--json']],
    ['authmatech', 'yaml', []],
  ] as const)
    it(`shows ${name} as ${format} that is the same profile again`, async () => {
      const {exit, stdout} = await profiles(['show', name, ...flags]);
      assert.equal(exit, 0);
      assert.deepEqual(parseProfile(stdout, `mine.${format}`), findProfile(name));
    });

  it('shows a profile of one’s own with every default spelled out', async () => {
    const {stdout} = await profiles(['show', './mine.yaml'], {
      'mine.yaml': 'name: mine\nbaseUrl: https://api.example.com\n',
    });
    assert.include(stdout, 'concurrency: 10\nshare: 100%\n');
  });

  it('names the profile that was probably meant', async () => {
    const said = await profiles(['show', 'amtiy']);
    assert.equal(said.exit, 78);
    assert.include(said.stderr, '"amtiy" is not a profile, did you mean "amity"?');
  });

  it('refuses a probe that cannot be made, by its name', async () => {
    const probe =
      '{operations: [Make], request: "GET /x/{% if a %}{% endif %}", happened: [{status: 200}], didNot: [{status: 404}]}';
    const mine = `name: mine\noperations: {Make: {route: POST /x}}\nprobes: [${probe}]\n`;
    const {exit, stderr} = await profiles(['check', 'mine.yaml'], {'mine.yaml': mine});
    assert.equal(exit, 78);
    assert.include(stderr, 'probes[0].request holds a tag');
  });

  it('tells what it understood of a file', async () => {
    const mine = `name: mine
baseUrl: https://api.example.com
credentials: [{name: key, header: Authorization, prefix: "Bearer ", env: MINE_TOKEN}]
operations:
  Export: {route: "POST /bots/{bot}/export", group: heavy}
limits:
  - {name: definition, groups: [heavy], per: [bot], windows: [{requests: 60, seconds: 60}, {requests: 1800, seconds: 3600}]}
share: 80%
probes:
  - {groups: [heavy], request: "GET /bots/{{ request.parameters.bot }}", happened: [{status: 200}], didNot: [{status: 404}]}
`;
    const {exit, stdout, stderr} = await profiles(['check', 'mine.yaml'], {'mine.yaml': mine});
    assert.deepEqual({exit, stderr}, {exit: 0, stderr: ''});
    assert.deepEqual(stdout.split('\n'), [
      'mine.yaml is a profile: mine',
      '  sent to    https://api.example.com',
      '  limits     definition: 60 per 60 s and 1800 per 1 h for each bot (group heavy)',
      '  pace       80 % of every window, 10 requests at once',
      '  secrets    key: MINE_TOKEN, in header authorization after "Bearer "',
      '  operations Export: POST /bots/{bot}/export, under definition',
      '  again      at most 5 attempts, after 408, 500, 502, 503, 504: GET, HEAD, PUT, DELETE, and operations that are repeatable',
      '  probes     heavy: GET /bots/{{ request.parameters.bot }}',
      '  sources    none: whose word are these figures?',
      'next: sluice plan FILE --profile ./mine.yaml',
      '',
    ]);
  });

  it('lists every fault of a file, each with its line', async () => {
    const said = await profiles(['check', resolve('fixtures/profiles/twelve-faults.yaml')]);
    assert.equal(said.exit, 78);
    assert.equal(said.stdout, '');
    for (let line = 3; line <= 14; line++) assert.include(said.stderr, `twelve-faults.yaml:${line}:`);
    assert.notInclude(said.stderr, 'and 2 more');
  });

  it('says so when the file is not there', async () => {
    const said = await profiles(['check', 'mine.yaml']);
    assert.equal(said.exit, 78);
    assert.include(said.stderr, 'mine.yaml: there is no such profile file');
  });

  it('prints a JSON Schema that names every member', async () => {
    const {exit, stdout} = await profiles(['schema']);
    const {properties} = JSON.parse(stdout) as {properties: object};
    assert.equal(exit, 0);
    assert.includeMembers(Object.keys(properties), ['name', 'limits', 'credentials', 'operations', 'headers', 'retry']);
  });

  it('shows nothing that a terminal would obey', async () => {
    const {stdout} = await profiles(['check', 'mine.yaml'], {'mine.yaml': 'name: mine\ntitle: "a\\e[2Jb"\n'});
    assert.include(stdout, 'a\\u001b[2Jb');
    assert.notInclude(stdout, '\x1b');
  });
});
