import type {Socket} from 'node:net';
import {gzipSync} from 'node:zlib';
import {assert} from 'chai';
import type {SenderOptions} from '../../src/http/exchange.js';
import {closeAll, outline, post, response, type Script, sender, start} from './scripted-server.js';

const tenThousandHeaders = `HTTP/1.1 201 Created\r\n${Array.from({length: 10_000}, (_, i) => `h${i}: 1\r\n`).join('')}\r\n`;
const bomb = gzipSync(Buffer.alloc(50_000_000));

describe('the phase of an exchange', () => {
  afterEach(closeAll);

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
});

function drip(socket: Socket, head: string): void {
  socket.write(head);
  const timer = setInterval(() => socket.write('y'), 20);
  socket.on('close', () => clearInterval(timer));
}
