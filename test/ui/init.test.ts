import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {parseJob} from '../../src/jobs/parse.js';
import {type Ask, initJob} from '../../src/ui/init.js';
import {sluice} from '../support/program.js';

/** A person who answers each question by the first that its words hold. */
function person(answers: Readonly<Record<string, string>>): Ask & {readonly asked: string[]} {
  const asked: string[] = [];
  const answer = async (question: string) => {
    asked.push(question);
    const found = Object.entries(answers).find(([part]) => question.includes(part));
    if (!found) throw new Error(`nobody knows: ${question}`);
    return found[1];
  };
  return {asked, text: answer, choice: answer};
}

describe('sluice init', () => {
  const folder = mkdtempSync(join(tmpdir(), 'init-'));
  const csv = join(folder, 'users.csv');
  before(() => writeFileSync(csv, 'user id,name,team\nu1,Zoë,red\n'));
  after(() => rmSync(folder, {recursive: true}));

  it('asks a few questions and writes a job that can be planned at once', async () => {
    const file = join(folder, 'job.yaml');
    const ask = person({
      'Which file': csv,
      'Whose API': 'amity:network',
      region: 'eu',
      'each row become': 'another request',
      'method and path': 'POST /api/v3/users/{{ name }}',
      'names a row': 'user id',
    });
    assert.equal(await initJob(file, {force: false}, ask), 0);
    const {steps} = parseJob(readFileSync(file, 'utf8'), 'job.yaml');
    assert.deepInclude(steps[0], {request: 'POST /api/v3/users/{{ name }}', id: 'user id'});
    assert.equal(steps[0]!.body, '{"user id":{{ ["user id"] }},"team":{{ team }}}');
    const planned = await sluice(['plan', file], {cwd: folder});
    assert.equal(planned.exit, 0, planned.stderr);
    assert.include(planned.stdout, '1 row becomes 1 request');
  });

  it('asks nothing that was said, and writes over no file', async () => {
    const words = {input: csv, profile: 'amity', region: 'eu', operation: 'CreateCommunity', id: 'name', force: false};
    const file = join(folder, 'said.yaml');
    const ask = person({});
    await initJob(file, words, ask);
    assert.isEmpty(ask.asked);
    const again = await sluice(['init', file, '--input', csv], {cwd: folder});
    assert.equal(again.exit, 73);
    assert.include(again.stderr, 'is there already');
  });

  it('says what is missing where nobody can be asked', async () => {
    const said = await sluice(['init', join(folder, 'x.yaml'), '--input', csv], {cwd: folder});
    assert.equal(said.exit, 2);
    assert.include(said.stderr, '--profile is missing, and without a terminal nobody can be asked');
  });

  it('ends quietly at Ctrl-C, with nothing written', async () => {
    const leave = async () => Promise.reject(Object.assign(new Error('closed'), {name: 'ExitPromptError'}));
    assert.equal(await initJob(join(folder, 'y.yaml'), {force: false}, {text: leave, choice: leave}), 130);
  });
});

describe('sluice jobs schema', () => {
  it('prints the JSON Schema of job files', async () => {
    const {stdout} = await sluice(['jobs', 'schema'], {cwd: tmpdir()});
    assert.hasAllKeys(JSON.parse(stdout).properties, ['provider', 'providers', 'steps']);
  });
});
