import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer, type IncomingHttpHeaders} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {assert} from 'chai';
import {inFolder, sluice} from '../support/program.js';

type Arrival = {readonly headers: IncomingHttpHeaders; readonly form: FormData};

/** A provider that reads forms as the platform does; the first answer is 503. */
async function withForms(use: (url: string, arrivals: Arrival[]) => Promise<void>): Promise<void> {
  const arrivals: Arrival[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const type = request.headers['content-type'] ?? '';
    const form = await new Response(Buffer.concat(chunks), {headers: {'content-type': type}}).formData();
    arrivals.push({headers: request.headers, form});
    response.writeHead(arrivals.length === 1 ? 503 : 201).end('{}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, arrivals);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

describe('sluice run --form', () => {
  it('uploads the file that each row names, byte for byte, and again when it is sent again', () =>
    withForms((url, arrivals) =>
      inFolder(
        {'users.csv': 'who,photo\nZoë,pics/a.png\nBob,\n', 'mine.yaml': 'name: mine\nretry: {firstSeconds: 0}\n'},
        async (cwd) => {
          const bytes = Buffer.from(Array.from({length: 300_000}, (_, index) => (index * 7) % 256));
          mkdirSync(join(cwd, 'pics'));
          writeFileSync(join(cwd, 'pics/a.png'), bytes);
          const form = ['--form', 'who={{ who }}', '--form', 'photo=@{{ photo | optional }}'];
          const run = [
            'run',
            'users.csv',
            '--profile',
            './mine.yaml',
            '--base-url',
            url,
            '--request',
            'PUT /users',
            ...form,
          ];
          const {exit, stderr} = await sluice([...run, '--concurrency', '1'], {cwd});
          assert.equal(exit, 0, stderr);
          const of = (who: string) => arrivals.filter((each) => each.form.get('who') === who);
          for (const {form, headers} of of('Zoë')) {
            const photo = form.get('photo') as File;
            assert.deepEqual([photo.name, photo.type], ['a.png', 'image/png']);
            assert.isTrue(Buffer.from(await photo.arrayBuffer()).equals(bytes));
            assert.isAbove(Number(headers['content-length']), bytes.length);
          }
          assert.deepEqual([of('Zoë').length + of('Bob').length, of('Bob')[0]?.form.has('photo')], [3, false]);
          assert.notInclude(readFileSync(join(cwd, 'users.run/journal-000001.ndjson'), 'utf8'), 'a.png');
        },
      ),
    ));

  it('sends nothing where a row names a file outside of the folder, unless another is named', () =>
    withForms((url, arrivals) =>
      inFolder({'secret.txt': 's'}, async (cwd) => {
        mkdirSync(join(cwd, 'in'));
        writeFileSync(join(cwd, 'in/users.csv'), 'file\n../secret.txt\n');
        writeFileSync(join(cwd, 'mine.yaml'), 'name: mine\n');
        const run = ['run', 'in/users.csv', '--profile', './mine.yaml', '--base-url', url, '--request', 'PUT /u'];
        const refused = await sluice([...run, '--form', 'f=@{{ file }}'], {cwd});
        assert.equal(refused.exit, 65, refused.stderr);
        assert.include(refused.stderr, 'users.csv:2');
        assert.include(refused.stderr, '--files');
        assert.lengthOf(arrivals, 0);
        const allowed = await sluice([...run, '--form', 'f=@in/{{ file }}', '--files', '.'], {cwd});
        assert.equal(allowed.exit, 0, allowed.stderr);
      }),
    ));
});
