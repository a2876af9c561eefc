import {assert} from 'chai';
import {now} from '../../src/clock.js';
import {closeAll, outline, post, response, sender, start, until} from './scripted-server.js';

describe('one exchange', () => {
  afterEach(closeAll);

  it('carries method, path, headers and body as they are, and length and agent of its own', async () => {
    const server = await start({onRequest: (socket) => socket.write(response('{"id":"ü"}'))});
    const exchange = await sender({userAgent: 'sluice/9'}).send(post(server.url, {method: 'PATCH', body: '{"n":"ü"}'}));
    assert.equal((exchange as {response: {body: string}}).response.body, '{"id":"ü"}');
    const [head, body] = Buffer.from(server.requests[0]!, 'latin1').toString('utf8').split('\r\n\r\n');
    assert.equal(body, '{"n":"ü"}');
    assert.match(head!, /^PATCH \/users\?x=1 HTTP\/1\.1\r\n/);
    assert.match(head!, /\r\ncontent-length: 10(\r\n|$)/i);
    assert.match(head!, /\r\nuser-agent: sluice\/9(\r\n|$)/i);
    assert.match(head!, /\r\ncontent-type: application\/json(\r\n|$)/i);
  });

  for (const [method, length] of [
    ['POST', 'content-length: 0'],
    ['DELETE', ''],
    ['GET', ''],
    ['HEAD', ''],
  ] as const)
    it(`sends ${method} without a body`, async () => {
      const server = await start({onRequest: (socket) => socket.write(response(''))});
      const exchange = await sender().send(post(server.url, {method, headers: {}, body: undefined}));
      assert.equal(outline(exchange), 'answered 200');
      assert.equal(/content-length: \d+/i.exec(server.requests[0]!)?.[0].toLowerCase() ?? '', length);
      assert.notMatch(server.requests[0]!, /transfer-encoding/i);
    });

  for (const method of ['GET', 'DELETE'])
    it(`sends ${method} with a body`, async () => {
      const server = await start({onRequest: (socket) => socket.write(response('{}'))});
      assert.equal(outline(await sender().send(post(server.url, {method}))), 'answered 200');
      assert.match(server.requests[0]!, /\r\n\r\n\{"a":1\}$/);
    });

  it('joins headers that come several times, and makes their names small', async () => {
    const headers = [
      'Retry-After: 5',
      'X-RateLimit-Limit: 10',
      'retry-after: 7',
      'x-ratelimit-limit: 100',
      '__proto__: 1',
    ];
    const server = await start({onRequest: (socket) => socket.write(response('{}', 'HTTP/1.1 429 No', headers))});
    const exchange = await sender().send(post(server.url));
    assert.equal(exchange.kind, 'answered');
    if (exchange.kind !== 'answered') return;
    assert.deepEqual(
      {...exchange.response.headers},
      JSON.parse('{"retry-after":"5, 7","x-ratelimit-limit":"10, 100","__proto__":"1","content-length":"2"}'),
    );
  });

  it('tells when the head of the answer was there, and not its body', async () => {
    let headAt = 0;
    const server = await start({
      onRequest: (socket) => {
        const whole = response('{"id":1}');
        const body = whole.length - 2;
        socket.write(whole.slice(0, body));
        headAt = now();
        setTimeout(() => socket.write(whole.slice(body)), 200);
      },
    });
    const exchange = await sender().send(post(server.url));
    assert.equal(outline(exchange), 'answered 200');
    const told = (exchange as {headAt: number}).headAt;
    assert.isAtLeast(told, headAt - 1);
    assert.isBelow(told, headAt + 150);
    assert.isAtLeast(now(), headAt + 199);
  });

  it('follows no redirect: the target hears nothing', async () => {
    const target = await start({});
    const server = await start({
      onRequest: (socket) => socket.write(response('', 'HTTP/1.1 307 Elsewhere', [`location: ${target.url}/users`])),
    });
    const exchange = await sender().send(post(server.url, {headers: {'x-api-key': 'secret'}}));
    assert.equal(outline(exchange), 'answered 307');
    assert.equal(target.connections(), 0);
  });

  it('sends nothing again, whatever the status', async () => {
    const server = await start({
      onRequest: (socket) => socket.write(response('', 'HTTP/1.1 503 No', ['retry-after: 0'])),
    });
    await sender().send(post(server.url, {method: 'GET', body: undefined}));
    assert.lengthOf(server.requests, 1);
  });

  it('that cannot be written is a problem, and never unsent: it would be sent for ever', async () => {
    const refused = await sender()
      .send(post('http://127.0.0.1:1', {headers: {'x-name': 'a\nb'}}))
      .then(
        () => assert.fail('was sent'),
        (error: unknown) => error as {code: string; message: string},
      );
    assert.equal(refused.code, 'REQUEST_MALFORMED');
    assert.notInclude(refused.message, 'a\nb');
  });
});

describe('an aborted exchange', () => {
  afterEach(closeAll);

  it('is unsent when it never left', async () => {
    const exchange = await sender().send(post('http://127.0.0.1:1'), AbortSignal.abort());
    assert.equal(exchange.kind, 'unsent');
  });

  it('is unsent while it waits for a free connection, and does not leave later', async () => {
    const server = await start({});
    const abort = new AbortController();
    const one = sender({connections: 1});
    const first = one.send(post(server.url), abort.signal);
    const second = one.send(post(server.url, {body: 'second'}), abort.signal);
    await until(() => server.requests.length === 1);
    abort.abort();
    assert.deepEqual([outline(await first), outline(await second)], ['unanswered', 'unsent']);
    assert.lengthOf(server.requests, 1);
  });

  it('keeps the status when that had arrived', async () => {
    const abort = new AbortController();
    const server = await start({
      onRequest: (socket) => {
        socket.write('HTTP/1.1 201 Created\r\ncontent-length: 10\r\n\r\nabc');
        setTimeout(() => abort.abort(), 50);
      },
    });
    const exchange = await sender().send(post(server.url), abort.signal);
    assert.deepInclude((exchange as {response: object}).response, {status: 201, body: 'abc', bodyLost: true});
  });
});

describe('a deadline', () => {
  afterEach(closeAll);

  it('that passed while the process stood still waits for what arrived meanwhile', async () => {
    const server = await start({onRequest: (socket) => socket.write(response('{}'))});
    const sent = sender({timeoutMs: 300}).send(post(server.url));
    await until(() => server.connections() === 1);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
    assert.equal(outline(await sent), 'answered 200');
  });
});
