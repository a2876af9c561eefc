import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {assert} from 'chai';
import {parseJob} from '../../src/jobs/parse.js';
import {planJob} from '../../src/jobs/plan-job.js';

const CITIES = 'fixtures/jobs/cities.yaml';
const ASKED = {
  overrides: {limits: []},
  credential: undefined,
  envFile: undefined,
  env: {},
  rows: undefined,
  stopKeys: false,
  latency: {lowMs: 100, expectedMs: 100, highMs: 100},
  startAt: 0,
};

describe('planJob', () => {
  const folder = mkdtempSync(join(tmpdir(), 'job-plan-'));
  after(() => rmSync(folder, {recursive: true}));

  it('says of each step how many requests its rows become and how long they take, batched and one by one', async () => {
    const text = readFileSync(CITIES, 'utf8')
      .replace('{profile: ./provider.yaml}', '{profile: amity:network, region: eu}')
      .replaceAll('../world-cities', resolve('fixtures/world-cities'));
    const file = join(folder, 'cities.yaml');
    const {steps, seconds, exit} = await planJob(parseJob(text, file), file, ASKED);
    const cities = readFileSync('fixtures/world-cities-2000.csv', 'utf8').trim().split('\n').slice(1);
    const perCountry = new Map<string, number>();
    for (const city of cities) {
      // The country is the last but two; names before it may hold commas in quotes.
      const country = /^(?:"[^"]*"|[^,]*),("[^"]*"|[^,]*),/.exec(city)![1]!;
      perCountry.set(country, (perCountry.get(country) ?? 0) + 1);
    }
    const batches = [...perCountry.values()].reduce((sum, count) => sum + Math.ceil(count / 100), 0);
    assert.deepEqual(
      steps.map(({step, rows, requests}) => [step, rows, requests]),
      [
        ['users', 2000, 2000],
        ['communities', perCountry.size, perCountry.size],
        ['channels', perCountry.size, perCountry.size],
        ['members', 2000, batches],
      ],
    );
    // 2,000 under 80 of 100 per 5 s are 25 windows, of which the first is at once.
    const unbatched = steps[3]!.unbatchedSeconds!;
    assert.closeTo(unbatched, 24 * 5.1, 2);
    assert.closeTo(steps[0]!.seconds, unbatched, 1);
    assert.isBelow(steps[3]!.seconds, 5);
    assert.closeTo(
      seconds,
      steps.reduce((sum, step) => sum + step.seconds, 0),
      0.01,
    );
    assert.equal(exit, 0);
  });

  it('tells rows that cannot be sent, and ends with 65', async () => {
    writeFileSync(join(folder, 'a.csv'), 'age\n4\nfour\n');
    const file = join(folder, 'job.yaml');
    const text =
      'provider: {profile: amity, region: eu}\nsteps: {a: {input: {file: a.csv}, request: POST /x, body: {age: "{{ age | number }}"}}}\n';
    const {steps, exit} = await planJob(parseJob(text, file), file, ASKED);
    assert.deepEqual([steps[0]!.invalid, exit], [1, 65]);
    assert.include(steps[0]!.problems[0], 'a.csv:3');
  });
});
