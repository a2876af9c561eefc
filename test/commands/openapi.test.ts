import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {assert} from 'chai';
import {inFolder, listen, sluice} from '../support/program.js';

const FILES = {
  'feeds.yaml': readFileSync('fixtures/openapi/feeds.yaml'),
  'mine.yaml': 'name: mine\ncredentials: [{name: key, query: api_key, env: MINE}]\nretry: {firstSeconds: 0}\n',
};
const GOOD = `type,feeds,text,age,score,location.lat,location.lng,nothing
post,"[""user:ann""]",Hello,42,12345678901234567890.50,47.4,8.5,x
like,"[""user:bob""]",Hi,,,,,
`;
const BAD = `type,feeds,text,age
post,"[""user:ann""]",a,12
lke,"[""user:ann""]",b,20
like,"[""user:ann"", ""nobody""]",c,20
like,"[""user:ann""]",,20
like,"[""user:ann""]",e,17
like,"[""user:ann""]",f,20
`;
const env = {MINE: 's3cret-0123456789'};
const asked = (url: string) =>
  ['activities.csv', '--profile', './mine.yaml', '--base-url', url].concat(
    ...['--openapi', 'feeds.yaml', '--operation', 'AddActivity', '--concurrency', '1'],
  );

describe('sluice run --openapi', () => {
  it('sends what the document describes, goes on without the document, and tells what goes nowhere', async () => {
    const provider = await listen();
    try {
      await inFolder({...FILES, 'activities.csv': GOOD}, async (cwd) => {
        const first = await sluice(['run', ...asked(provider.url), '--rows', '1'], {cwd, env});
        assert.equal(first.exit, 4, first.stderr);
        assert.include(
          first.stderr,
          '1 column goes into no request, because AddActivity has nothing of the name: "nothing"',
        );
        const other = await sluice(['run', ...asked(provider.url), '--or-resume', '--body', '{}'], {cwd, env});
        assert.equal(other.exit, 65, other.stderr);
        rmSync(join(cwd, 'feeds.yaml'));
        const second = await sluice(['resume', 'activities.run'], {cwd, env});
        assert.equal(second.exit, 0, second.stderr);
        assert.deepEqual(
          provider.heard.map(({method, url, headers, body}) => [method, url, headers['content-type'], body]),
          [
            '{"type":"post","feeds":["user:ann"],"text":"Hello","age":42,"score":12345678901234567890.50,"location":{"lat":47.4,"lng":8.5}}',
            '{"type":"like","feeds":["user:bob"],"text":"Hi"}',
          ].map((body) => ['POST', `/api/v2/feeds/activities?api_key=${env.MINE}`, 'application/json', body]),
        );
      });
    } finally {
      await provider.close();
    }
  });

  it('sends nothing while a row breaks the schema, and then all but those that do', async () => {
    const provider = await listen();
    try {
      await inFolder({...FILES, 'activities.csv': BAD}, async (cwd) => {
        const refused = await sluice(['run', ...asked(provider.url)], {cwd, env});
        assert.equal(refused.exit, 65);
        assert.include(
          refused.stderr,
          '2 rows: body.age: must be >= 18 (column "age" has "12"); first at activities.csv:2',
        );
        assert.deepEqual([provider.heard.length, existsSync(join(cwd, 'activities.run'))], [0, false]);
        const {exit} = await sluice(['run', ...asked(provider.url), '--skip-invalid'], {cwd, env});
        assert.equal(exit, 1);
        assert.deepEqual(
          provider.heard.map(({body}) => body),
          ['{"type":"like","feeds":["user:ann"],"text":"f","age":20}'],
        );
      });
    } finally {
      await provider.close();
    }
  });
});

describe('sluice plan --openapi', () => {
  it('groups the rows by the rule that they break', () =>
    inFolder({...FILES, 'activities.csv': BAD}, async (cwd) => {
      const {exit, stdout} = await sluice(['plan', ...asked('http://127.0.0.1:1'), '--json'], {cwd});
      assert.equal(exit, 65);
      assert.deepEqual(
        JSON.parse(stdout).problems.map(({rows, message}: {rows: number; message: string}) => [rows, message]),
        [
          [2, 'body.age: must be >= 18 (column "age" has "12")'],
          [1, 'body.type: must be one of post, comment, like (column "type" has "lke")'],
          [1, 'body.feeds[1]: must match pattern "^[\\w\\-]+:[\\w\\-]+$" (column "feeds" has "nobody")'],
          [1, 'body.text: is required, and column "text" is empty'],
        ],
      );
    }));

  it('takes the document of the provider for the steps of a job', () =>
    inFolder({...FILES, 'activities.csv': BAD}, async (cwd) => {
      const provider = '{profile: ./mine.yaml, baseUrl: "http://127.0.0.1:1", openapi: feeds.yaml}';
      const step = 'input: {file: activities.csv}\n    operation: AddActivity\n';
      writeFileSync(join(cwd, 'job.yaml'), `provider: ${provider}\nsteps:\n  add:\n    ${step}`);
      const {exit, stdout, stderr} = await sluice(['plan', 'job.yaml', '--json'], {cwd});
      assert.equal(exit, 65, stderr);
      const [add] = JSON.parse(stdout).steps;
      assert.deepEqual([add.rows, add.invalid], [6, 5]);
      assert.include(add.problems[0], 'body.age: must be >= 18');
    }));

  it('wants no other word for what each row becomes', () =>
    inFolder({...FILES, 'activities.csv': GOOD}, async (cwd) => {
      const words = ['plan', 'activities.csv', '--profile', './mine.yaml', '--base-url', 'http://127.0.0.1:1'];
      const both = await sluice([...words, '--openapi', 'feeds.yaml', '--request', 'POST /x'], {cwd});
      assert.equal(both.exit, 2, both.stderr);
      const none = await sluice([...words, '--openapi', 'feeds.yaml'], {cwd});
      assert.deepEqual([none.exit, /Name one of: AddActivity, UpdateActivityPartial/.test(none.stderr)], [2, true]);
    }));
});
