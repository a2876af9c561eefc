import type {Socket} from 'node:net';
import {gzipSync} from 'node:zlib';
import {assert} from 'chai';
import type {Exchange, WireRequest} from '../../src/exchange.js';
import {openSender, type Sender, type SenderOptions} from '../../src/http/exchange.js';
import {pem, response, type Script, type Scripted, serve} from './scripted-server.js';

const open: (Scripted | Sender)[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function start(script: Script): Promise<Scripted> {
  const server = await serve(script);
  open.push(server);
  return server;
}

function sender(options: Partial<SenderOptions> = {}): Sender {
  const made = openSender({timeoutMs: 5_000, connections: 4, ...options});
  open.push(made);
  return made;
}

function post(url: string, more: Partial<WireRequest> = {}): WireRequest {
  return {
    method: 'POST',
    url: `${url}/users?x=1`,
    headers: {'content-type': 'application/json'},
    body: '{"a":1}',
    ...more,
  };
}

/** The exchange without its message, which is for people. */
function outline(exchange: Exchange): unknown {
  if (exchange.kind === 'answered')
    return `answered ${exchange.response.status}${exchange.response.bodyLost ? ' lost' : ''}`;
  return exchange.kind === 'unanswered' && exchange.timedOut ? 'unanswered timed out' : exchange.kind;
}

const tenThousandHeaders = `HTTP/1.1 201 Created\r\n${Array.from({length: 10_000}, (_, i) => `h${i}: 1\r\n`).join('')}\r\n`;
const bomb = gzipSync(Buffer.alloc(50_000_000));

describe('one exchange', () => {
  const table: {name: string; script: Script; is: string; options?: Partial<SenderOptions>; path?: string}[] = [
    {name: 'reset after reading', script: {onRequest: (socket) => socket.resetAndDestroy()}, is: 'unanswered'},
    {name: 'closed after reading', script: {onRequest: (socket) => socket.end()}, is: 'unanswered'},
    {name: 'never answered', script: {}, is: 'unanswered timed out', options: {timeoutMs: 150}},
    {
      name: 'a head that drips for ever',
      script: {onRequest: (socket) => drip(socket, 'HTTP/1.1 201 Created\r\nx: ')},
      is: 'unanswered timed out',
      options: {timeoutMs: 200},
    },
    {
      name: 'a body that drips for ever',
      script: {onRequest: (socket) => drip(socket, 'HTTP/1.1 201 Created\r\ncontent-length: 100000\r\n\r\n')},
      is: 'answered 201 lost',
      options: {timeoutMs: 200},
    },
    {
      name: 'a status line that is none',
      script: {onRequest: (socket) => socket.end('HTTQ/9 what\r\n\r\n')},
      is: 'unanswered',
    },
    {name: 'ten thousand headers', script: {onRequest: (socket) => socket.end(tenThousandHeaders)}, is: 'unanswered'},
    {
      name: 'one header of 40 KB',
      script: {onRequest: (socket) => socket.end(response('', 'HTTP/1.1 201 Created', [`x: ${'y'.repeat(40_000)}`]))},
      is: 'unanswered',
    },
    {
      name: 'a 201 whose body is cut',
      script: {onRequest: (socket) => socket.end('HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{"id":')},
      is: 'answered 201 lost',
    },
    {
      name: 'a 201 whose body is reset',
      script: {
        onRequest: (socket) =>
          socket.write('HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{"id":', () => socket.resetAndDestroy()),
      },
      is: 'answered 201 lost',
    },
    {
      name: 'a 201 whose chunks are broken',
      script: {
        onRequest: (socket) =>
          socket.end('HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n'),
      },
      is: 'answered 201 lost',
    },
    {
      name: 'a 201 that says gzip and is not',
      script: {
        onRequest: (socket) => socket.end(response('plain', 'HTTP/1.1 201 Created', ['content-encoding: gzip'])),
      },
      is: 'answered 201 lost',
    },
    {
      name: 'a 201 whose gzip ends early',
      script: {
        onRequest: (socket) =>
          socket.end(
            response(gzipSync('{"id":1}').subarray(0, 15), 'HTTP/1.1 201 Created', ['content-encoding: gzip']),
          ),
      },
      is: 'answered 201 lost',
    },
    {
      name: 'a 201 packed twice',
      script: {
        onRequest: (socket) =>
          socket.end(response(gzipSync(gzipSync('{}')), 'HTTP/1.1 201 Created', ['content-encoding: gzip, gzip'])),
      },
      is: 'answered 201 lost',
    },
    {
      name: 'a gzip bomb',
      script: {onRequest: (socket) => socket.end(response(bomb, 'HTTP/1.1 201 Created', ['content-encoding: gzip']))},
      is: 'answered 201 lost',
    },
    {
      name: 'an early 413',
      script: {onConnection: (socket) => socket.end(response('', 'HTTP/1.1 413 Too Large'))},
      is: 'answered 413',
    },
    {
      name: 'a body until the end of the connection',
      script: {onRequest: (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nabc')},
      is: 'answered 200',
    },
    {
      name: 'a 204',
      script: {onRequest: (socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n')},
      is: 'answered 204',
    },
    {
      name: 'an interim answer before the real one',
      script: {
        onRequest: (socket) =>
          socket.write(Buffer.concat([Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\n'), response('{}')])),
      },
      is: 'answered 200',
    },
    {
      name: 'a change of protocol',
      script: {
        onRequest: (socket) =>
          socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
      },
      is: 'answered 101 lost',
    },
    {
      name: 'a 429',
      script: {onRequest: (socket) => socket.end(response('{}', 'HTTP/1.1 429 Too Many'))},
      is: 'answered 429',
    },
    {name: 'a 500', script: {onRequest: (socket) => socket.end(response('{}', 'HTTP/1.1 500 Oh'))}, is: 'answered 500'},
  ];
  for (const {name, script, is, options} of table)
    it(`${name}: ${is}`, async () => {
      const server = await start(script);
      assert.equal(outline(await sender(options).send(post(server.url))), is);
    });

  it('reset at accept is unsent or unanswered, as far as it had got, and never more', async () => {
    const server = await start({onConnection: (socket) => socket.resetAndDestroy()});
    assert.oneOf(outline(await sender().send(post(server.url))), ['unsent', 'unanswered']);
    assert.lengthOf(server.requests, 0);
  });

  it('with nobody listening is unsent', async () => {
    const {url, close} = await start({});
    await close();
    const exchange = await sender().send(post(url));
    assert.deepInclude(exchange, {kind: 'unsent', error: 'ECONNREFUSED'});
    assert.match((exchange as {message: string}).message, /ECONNREFUSED 127\.0\.0\.1/);
  });

  it('to a name that does not exist is unsent', async () => {
    const exchange = await sender().send(post('http://nope.invalid'));
    assert.equal(exchange.kind, 'unsent');
  });

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
      const server = await start({onRequest: (socket) => socket.write(response('{}'))});
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

  it('unpacks gzip', async () => {
    const server = await start({
      onRequest: (socket) =>
        socket.write(response(gzipSync('{"id":1}'), 'HTTP/1.1 200 OK', ['content-encoding: gzip'])),
    });
    const exchange = await sender().send(post(server.url));
    assert.deepInclude((exchange as {response: object}).response, {body: '{"id":1}', bodyLost: false});
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

  it('keeps a body up to the cap and reads no further, however long it is', async () => {
    let written = 0;
    const server = await start({
      onRequest: (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n');
        const pour = () => {
          while (!socket.destroyed && written < 1_000_000_000) {
            written += 65_536;
            if (!socket.write(Buffer.alloc(65_536, 'a'))) return socket.once('drain', pour);
          }
        };
        pour();
      },
    });
    const exchange = await sender({bodyCapBytes: 10_000}).send(post(server.url));
    assert.deepInclude((exchange as {response: object}).response, {
      status: 200,
      bodyLost: true,
      body: 'a'.repeat(10_000),
    });
    assert.isBelow(written, 50_000_000);
  });

  it('cuts no character in two at the cap', async () => {
    const server = await start({onRequest: (socket) => socket.write(response('üüü'))});
    const exchange = await sender({bodyCapBytes: 3}).send(post(server.url));
    assert.deepInclude((exchange as {response: object}).response, {body: 'ü', bodyLost: true});
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

describe('the connections of a sender', () => {
  it('are used again, and no more of them than asked for', async () => {
    const server = await start({onRequest: (socket) => setImmediate(() => socket.write(response('{}')))});
    const two = sender({connections: 2});
    await Promise.all(Array.from({length: 20}, () => two.send(post(server.url))));
    assert.lengthOf(server.requests, 20);
    assert.equal(server.connections(), 2);
  });

  it('are dropped when idle and asked to', async () => {
    const server = await start({onRequest: (socket) => socket.write(response('{}'))});
    const one = sender();
    await one.send(post(server.url));
    one.dropIdle();
    await one.send(post(server.url));
    assert.equal(server.connections(), 2);
  });

  it('leave the pool when an answer came before the request was read', async () => {
    const server = await start({
      onConnection: (socket) => void socket.write(response('', 'HTTP/1.1 413 Too Large')).valueOf(),
    });
    const one = sender({connections: 1});
    const big = 'x'.repeat(20_000_000);
    assert.equal(outline(await one.send(post(server.url, {body: big}))), 'answered 413');
    assert.equal(outline(await one.send(post(server.url, {body: big}))), 'answered 413');
    assert.equal(server.connections(), 2);
  });

  it('that die when used again leave the request unanswered, since it was written', async () => {
    let served = 0;
    const server = await start({
      onRequest: (socket) => (served++ === 0 ? socket.write(response('{}')) : socket.resetAndDestroy()),
    });
    const one = sender();
    assert.equal(outline(await one.send(post(server.url))), 'answered 200');
    assert.equal(outline(await one.send(post(server.url))), 'unanswered');
    assert.equal(server.connections(), 1);
  });

  it('close with everything that is on its way', async () => {
    const server = await start({});
    const one = sender({connections: 1});
    const both = [one.send(post(server.url)), one.send(post(server.url))];
    await until(() => server.requests.length === 1);
    one.close();
    assert.deepEqual((await Promise.all(both)).map(outline), ['unanswered', 'unsent']);
  });
});

describe('a certificate', () => {
  for (const certificate of ['self-signed', 'wrong-name'])
    it(`that is ${certificate} is untrusted, and the server sees no request`, async () => {
      const server = await start({certificate});
      const exchange = await sender(certificate === 'wrong-name' ? {extraCa: pem('wrong-name.crt')} : {}).send(
        post(server.url),
      );
      assert.equal(exchange.kind, 'untrusted', JSON.stringify(exchange));
      assert.lengthOf(server.requests, 0);
    });

  it('is checked whatever the environment says', async () => {
    const server = await start({certificate: 'self-signed'});
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      assert.equal((await sender().send(post(server.url))).kind, 'untrusted');
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  it('is trusted when the operator says so', async () => {
    const server = await start({certificate: 'self-signed', onRequest: (socket) => socket.write(response('{}'))});
    assert.equal(outline(await sender({extraCa: pem('self-signed.crt')}).send(post(server.url))), 'answered 200');
  });

  it('that is never shown is a connection that was not made', async () => {
    const server = await start({});
    const exchange = await sender({timeoutMs: 150}).send(post(server.url.replace('http:', 'https:')));
    assert.equal(exchange.kind, 'unsent');
  });

  it('whose connection is reset in the middle of the handshake leaves the request unsent', async () => {
    const server = await start({onConnection: (socket) => socket.once('data', () => socket.resetAndDestroy())});
    const exchange = await sender().send(post(server.url.replace('http:', 'https:')));
    assert.equal(exchange.kind, 'unsent');
  });

  it('is nothing a server without TLS can show: unsent', async () => {
    const server = await start({onConnection: (socket) => socket.end('HTTP/1.1 400 Bad\r\n\r\n')});
    const exchange = await sender().send(post(server.url.replace('http:', 'https:')));
    assert.equal(exchange.kind, 'unsent');
  });
});

describe('a deadline', () => {
  it('that passed while the process stood still waits for what arrived meanwhile', async () => {
    const server = await start({onRequest: (socket) => socket.write(response('{}'))});
    const sent = sender({timeoutMs: 300}).send(post(server.url));
    await until(() => server.connections() === 1);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
    assert.equal(outline(await sent), 'answered 200');
  });
});

function drip(socket: Socket, head: string): void {
  socket.write(head);
  const timer = setInterval(() => socket.write('y'), 20);
  socket.on('close', () => clearInterval(timer));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
