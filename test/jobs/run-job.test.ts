import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as passed} from 'node:timers/promises';
import {assert} from 'chai';
import {inFolder, type Said, type Started, sluice, startSluice} from '../support/program.js';

const CITIES = readFileSync('fixtures/jobs/cities.yaml', 'utf8');
const SECRETS = {AMITY_ADMIN_TOKEN: 'admin-0123', AMITY_API_KEY: 'key-0123'};
const STEPS = ['users', 'communities', 'channels', 'members'] as const;

type Line = {
  readonly row: number;
  readonly state: string;
  readonly why: string | null;
  readonly request: number | null;
};
type Counts = {readonly there: number; readonly made: number; readonly again: number; readonly refused: number};

type Stage = {
  readonly cwd: string;
  type(...words: string[]): Promise<Said>;
  start(...words: string[]): Started;
  /** How many requests arrived at the provider, by its own log. */
  arrived(): number;
  /** What the provider has, by its own account. */
  account(): Promise<Readonly<Record<string, Counts>>>;
  list(kind: string): Promise<readonly Record<string, string>[]>;
  /** What became of each row of a step. */
  rows(step: string): readonly Line[];
};

/** A job, and a provider in a box that keeps what is created. */
function onStage(files: Record<string, string>, tell: (stage: Stage) => Promise<void>): Promise<void> {
  return inFolder(files, async (cwd) => {
    const simulate = ['simulate', 'amity:network', '--state', '--speed', '40', '--latency', '2-10'];
    const provider = startSluice([...simulate, '--save-profile', 'provider.yaml', '--log', 'log.ndjson'], {cwd});
    const started: Started[] = [provider];
    const linesOf = (path: string) =>
      existsSync(path)
        ? readFileSync(path, 'utf8')
            .trim()
            .split('\n')
            .filter((line) => line !== '')
        : [];
    try {
      const url = await until(
        () => existsSync(join(cwd, 'provider.yaml')) && /http:\/\/[\d.:]+/.exec(provider.stdout())?.[0],
      );
      const ask = async <T>(query: string) => (await (await fetch(`${url}/__sluice/state${query}`)).json()) as T;
      const start = (...words: string[]) => {
        const one = startSluice(words, {cwd, env: SECRETS});
        started.push(one);
        return one;
      };
      await tell({
        cwd,
        start,
        type: (...words) => start(...words).ended,
        arrived: () => linesOf(join(cwd, 'log.ndjson')).length,
        account: () => ask<Record<string, Counts>>(''),
        list: async (kind) => (await ask<{there: Record<string, string>[]}>(`?kind=${kind}`)).there,
        rows: (step) => linesOf(join(cwd, `job.run/${step}.ndjson`)).map((line) => JSON.parse(line)),
      });
    } finally {
      for (const {child} of started) child.kill('SIGKILL');
      await Promise.all(started.map(({ended}) => ended));
    }
  });
}

async function until<T>(look: () => T | false | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found) return found;
    await passed(20);
  }
}

const CSV = readFileSync('fixtures/world-cities-2000.csv', 'utf8').split('\n').slice(0, 601).join('\n');
const citiesJob = CITIES.replaceAll('../world-cities-2000.csv', './cities.csv');
const statesOf = (rows: readonly Line[]) =>
  rows.reduce<Record<string, number>>((all, {state}) => Object.assign(all, {[state]: (all[state] ?? 0) + 1}), {});

describe('a job', () => {
  it('ends with everything there exactly once, killed five times on the way', () =>
    onStage({'job.yaml': citiesJob, 'cities.csv': `${CSV}\n`}, async (stage) => {
      const all = countriesOf(CSV);
      // Twice among the users, then in each of the other steps, which have few requests.
      for (const goal of [200, 450, 600 + all / 2, 600 + 1.5 * all, 602 + 2 * all]) {
        const run = stage.start('run', 'job.yaml', '--or-resume');
        await Promise.race([until(() => stage.arrived() >= goal), run.ended]);
        run.child.kill('SIGKILL');
        await run.ended;
      }
      let said = await stage.type('resume', 'job.run');
      for (let round = 0; said.exit === 3 && round < 5; round++) {
        await settleByLooking(stage);
        said = await stage.type('resume', 'job.run');
      }
      assert.equal(said.exit, 0, said.stderr);
      const {users, communities, channels, communityMembers} = await stage.account();
      // A session may be registered again: the profile says so, and nothing is made by it.
      assert.deepInclude(users, {there: 600, made: 600});
      assert.deepInclude(communities, {there: all, made: all, again: 0});
      assert.deepInclude(channels, {there: all, made: all, again: 0});
      assert.deepInclude(communityMembers, {there: 600, made: 600, refused: 0});
      for (const step of STEPS) assert.hasAllKeys(statesOf(stage.rows(step)), ['ok']);
      // Members went out in one request for each hundred of a country, each row with a result of its own.
      assert.lengthOf(stage.rows('members'), 600);
      assert.isBelow(new Set(stage.rows('members').map(({request}) => request)).size, all + 7);
    })).timeout(120_000);

  it('halves a batch until the bad row stands alone, and keeps back only what depends on a row that failed', () =>
    onStage(
      {
        'teams.csv': `team,name\nred,Red\nblue,${'x'.repeat(1100)}\n`,
        'users.csv': `user,team\n${Array.from({length: 30}, (_, row) => `u${row},red\n`).join('')}ghost,red\nu30,blue\n`,
        'known.csv': `user\n${Array.from({length: 31}, (_, row) => `u${row}\n`).join('')}`,
        'job.yaml': TEAMS,
      },
      async (stage) => {
        const said = await stage.type('run', 'job.yaml');
        assert.equal(said.exit, 1, said.stderr);
        const rows = stage.rows('members');
        assert.deepEqual(statesOf(rows), {ok: 30, failed: 1, skipped: 1});
        const [ghost] = rows.filter(({state}) => state === 'failed');
        assert.equal(ghost?.row, 31);
        assert.include(ghost?.why, 'ghost');
        assert.equal(rows.find(({state}) => state === 'skipped')?.why, 'row 2 of teams (team "blue") failed');
        const {communityMembers} = await stage.account();
        assert.deepInclude(communityMembers, {there: 30, again: 0});
        // At each of five levels one half is refused.
        assert.isAtMost(communityMembers!.refused, 6);

        writeFileSync(join(stage.cwd, 'known.csv'), `${readFileSync(join(stage.cwd, 'known.csv'), 'utf8')}ghost\n`);
        const again = await stage.type('resume', 'job.run');
        assert.equal(again.exit, 65);
        assert.include(again.stderr, 'step users:');
      },
    )).timeout(60_000);

  it('sends the rows of a batch that failed again, each once, when it is told to', () =>
    onStage(
      {
        'known.csv': 'user\nu1\n',
        'users.csv': 'user,team\nu1,red\nu2,red\n',
        'teams.csv': 'team,name\nred,R\n',
        'job.yaml': TEAMS,
      },
      async (stage) => {
        assert.equal((await stage.type('run', 'job.yaml')).exit, 1);
        assert.deepEqual(statesOf(stage.rows('members')), {ok: 1, failed: 1});
        const profile = readFileSync(join(stage.cwd, 'provider.yaml'), 'utf8');
        const url = /http:\/\/[\d.:]+/.exec(profile)![0];
        const registered = await fetch(`${url}/api/v3/sessions`, {
          method: 'POST',
          headers: {'content-type': 'application/json'},
          body: JSON.stringify({userId: 'u2', deviceId: 'd'}),
        });
        assert.equal(registered.status, 200);
        assert.equal((await stage.type('resume', 'job.run', '--retry-failed')).exit, 0);
        assert.deepEqual(statesOf(stage.rows('members')), {ok: 2});
        assert.deepInclude((await stage.account()).communityMembers, {there: 2, made: 2, again: 0});
      },
    )).timeout(60_000);

  it('runs the steps that are named, and those that wait for them later', () =>
    onStage(
      {
        'known.csv': 'user\nu1\n',
        'users.csv': 'user,team\nu1,red\n',
        'teams.csv': 'team,name\nred,R\n',
        'job.yaml': TEAMS,
      },
      async (stage) => {
        const early = await stage.type('run', 'job.yaml', '--only', 'members');
        assert.equal(early.exit, 2);
        assert.include(early.stderr, 'needs users');
        assert.equal((await stage.type('resume', 'job.run', '--only', 'users')).exit, 0);
        assert.deepInclude((await stage.account()).users, {there: 1});
        assert.deepInclude((await stage.account()).communities, {there: 0});
        assert.equal((await stage.type('resume', 'job.run')).exit, 0);
        assert.deepInclude((await stage.account()).communityMembers, {there: 1, again: 0});
        assert.deepInclude((await stage.account()).users, {made: 1, again: 0});
        const status = await stage.type('status', 'job.run');
        assert.match(status.stdout, /^members {2}1 request: 1 ok \(complete\)$/m);
        const proof = await stage.type('verify', 'job.run');
        assert.equal(proof.exit, 0);
        assert.lengthOf(proof.stdout.match(/^it holds$/gm)!, 3);
        const step = await stage.type('resume', 'job.run/steps/members.run');
        assert.equal(step.exit, 2);
        assert.include(step.stderr, 'this run is a step of a job');
        const flag = await stage.type('run', 'job.yaml', '--request', 'POST /x');
        assert.equal(flag.exit, 2);
        assert.include(flag.stderr, '--request is given, and a job says it itself');
        const other = await sluice(['run', 'job.yaml'], {cwd: stage.cwd, env: SECRETS});
        assert.equal(other.exit, 73);
      },
    )).timeout(60_000);
});

/** The country is the second cell; names before it may hold commas in quotes. */
function countriesOf(csv: string): number {
  const lines = csv.split('\n').slice(1);
  return new Set(lines.map((line) => /^(?:"[^"]*"|[^,]*),("[^"]*"|[^,]*),/.exec(line)![1])).size;
}

const TEAMS = `
provider: {profile: ./provider.yaml}
steps:
  users:
    input: {file: known.csv}
    request: POST /api/v3/sessions
    body: {userId: "{{ user }}", deviceId: d}
  teams:
    input: {file: teams.csv}
    request: POST /api/v3/communities
    body: {displayName: "{{ name }}"}
    capture: {communityId: "{{ response.body.communities[0].communityId }}"}
  members:
    needs: users
    input: {file: users.csv}
    join: {teams: team}
    batch: {size: 100, by: communityId}
    request: POST /api/v3/communities/{{ communityId }}/users
    body: {userIds: "{{ rows | map: 'user' }}"}
`;

/** Does what a person would: looks at the provider for each request in doubt, and says what was found. */
async function settleByLooking(stage: Stage): Promise<void> {
  const users = new Set((await stage.list('users')).map(({userId}) => userId));
  const communities = new Map((await stage.list('communities')).map((each) => [each.displayName, each.communityId]));
  const channels = new Set((await stage.list('channels')).map(({channelId}) => channelId));
  const members = new Set(
    (await stage.list('communityMembers')).map(({communityId, userId}) => `${communityId} ${userId}`),
  );
  const found: Record<
    (typeof STEPS)[number],
    (row: Record<string, string> & {rows?: readonly {geonameid: string}[]}) => boolean
  > = {
    users: ({geonameid}) => users.has(`city-${geonameid}`),
    communities: ({country}) => communities.has(country!),
    channels: ({communityId}) => channels.has(`talk-${communityId}`),
    members: ({communityId, rows}) => rows!.every(({geonameid}) => members.has(`${communityId} city-${geonameid}`)),
  };
  for (const step of STEPS) {
    const run = `job.run/steps/${step}.run`;
    const path = ['csv', 'ndjson'].map((format) => join(stage.cwd, run, `in-doubt.${format}`)).find(existsSync);
    if (path === undefined) continue;
    for (const {row, values} of inDoubt(path)) {
      const isThere = found[step](values as Parameters<(typeof found)[typeof step]>[0]);
      const captured =
        step === 'communities' && isThere
          ? ['--captured', `communityId=${communities.get(values.country as string)}`]
          : [];
      const said = await stage.type('settle', run, '--row', String(row), '--as', isThere ? 'ok' : 'retry', ...captured);
      assert.include([0, null], said.exit, said.stderr);
    }
  }
}

function inDoubt(path: string): {row: number; values: Record<string, unknown>}[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  if (path.endsWith('.ndjson'))
    return lines.map((line) => JSON.parse(line)).map((values) => ({row: values._row as number, values}));
  // Cells of these files hold no line ends, and the ones that are looked at no commas.
  const names = lines[0]!.split(',');
  return lines.slice(1).map((line) => {
    const cells = line.match(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)!.map((cell) => cell.replace(/,$/, ''));
    const values = Object.fromEntries(names.map((name, place) => [name, cells[place]]));
    return {row: Number(values._row), values};
  });
}
