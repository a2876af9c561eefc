import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {type Planning, planOrder} from '../../src/plan/prepare.js';
import type {Overrides} from '../../src/profiles/override.js';
import {sampleProfile} from '../requests/sample.js';

const profile = sampleProfile({
  limits: [{name: 'network', per: [], windows: [{requests: 2, seconds: 10, kind: 'rolling'}]}],
});

async function planned(
  text: string,
  {
    skipInvalid = false,
    env = {},
    rows,
    overrides = {limits: []},
  }: {
    skipInvalid?: boolean;
    env?: Record<string, string>;
    rows?: [number, number][];
    overrides?: Overrides;
  } = {},
): Promise<Planning & {left: string[]}> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-plan-'));
  const file = join(folder, 'users.csv');
  writeFileSync(file, text);
  try {
    const asked = {
      profile,
      baseUrl: 'https://api.example.com',
      template: {request: 'POST /users', headers: [], body: '{"name": "{{ n }}"}'},
      scope: {},
      headers: [],
      allowedOrigins: [],
    };
    const planning = await planOrder(
      {file, asked, delimiter: undefined, skipInvalid},
      {
        overrides,
        credential: undefined,
        envFile: undefined,
        env,
        rows,
        stopKeys: false,
        latency: {lowMs: 100, expectedMs: 100, highMs: 100},
        startAt: 1_800_000_000_000,
      },
    );
    return {...planning, left: readdirSync(folder)};
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

describe('planOrder', () => {
  it('plans the whole file, needs no secret, and writes nothing', async () => {
    const {plan, exit, left} = await planned('n\n1\n2\n3\n');
    assert.deepInclude(plan, {rows: 3, valid: 3, invalid: 0, requests: 3, seconds: 10.2});
    assert.equal(exit, 0);
    assert.deepEqual(left, ['users.csv']);
  });

  it('shows the first requests, and no secret where one is', async () => {
    const {plan} = await planned('n\nAda\n', {env: {EXAMPLE_KEY: 'k-s3cret-1'}});
    const [first] = plan.preview;
    assert.deepInclude(first, {method: 'POST', url: 'https://api.example.com/users', body: '{"name": "Ada"}'});
    assert.equal(first!.headers['x-api-key'], '***');
    assert.notInclude(JSON.stringify(plan), 's3cret');
  });

  it('ends with 65 where a row is bad, unless such rows are left out', async () => {
    const text = 'n\n1\n2,x\n3\n';
    const {plan, exit, bad} = await planned(text);
    assert.deepInclude(plan, {rows: 3, valid: 2, invalid: 1});
    assert.equal(exit, 65);
    assert.equal(bad.count(), 1);
    assert.equal((await planned(text, {skipInvalid: true})).exit, 0);
  });

  it('goes on behind a bad row, and groups them by what is wrong', async () => {
    const rows = Array.from({length: 1000}, (_, index) =>
      index % 10 === 3 ? `${index},x` : index === 500 ? '"a' : index,
    );
    const {plan} = await planned(`n\n${rows.join('\n').replace('"a', '\u0001')}\n`);
    assert.deepInclude(plan, {rows: 1000, valid: 899, invalid: 101});
    assert.deepEqual(
      plan.problems.map(({rows: count, line, row}) => [count, line, row]),
      [
        [100, 5, 4],
        [1, 502, 501],
      ],
    );
  });

  it('plans the pace and the ramp that are asked for', async () => {
    const secondsAt = async (overrides: Overrides) => (await planned('n\n1\n2\n', {overrides})).plan.seconds;
    assert.equal(await secondsAt({limits: [], pace: 'even'}), 5.1);
    assert.equal(await secondsAt({limits: [], pace: 'even', rampSeconds: 30}), 17.421);
  });

  it('plans the rows that are asked for', async () => {
    assert.deepInclude((await planned('n\n1\n2\n3\n', {rows: [[1, 2]]})).plan, {rows: 3, requests: 2, seconds: 0.1});
  });
});
