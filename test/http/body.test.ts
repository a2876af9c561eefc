import {gzipSync} from 'node:zlib';
import {assert} from 'chai';
import {closeAll, outline, post, response, sender, start} from './scripted-server.js';

describe('the body of an answer', () => {
  afterEach(closeAll);

  it('unpacks gzip', async () => {
    const server = await start({
      onRequest: (socket) =>
        socket.write(response(gzipSync('{"id":1}'), 'HTTP/1.1 200 OK', ['content-encoding: gzip'])),
    });
    const exchange = await sender().send(post(server.url));
    assert.deepInclude((exchange as {response: object}).response, {body: '{"id":1}', bodyLost: false});
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

  it('is not lost where there is none, whatever encoding is announced', async () => {
    const server = await start({
      onRequest: (socket) => socket.write('HTTP/1.1 204 No Content\r\ncontent-encoding: gzip\r\n\r\n'),
    });
    assert.equal(outline(await sender().send(post(server.url))), 'answered 204');
  });
});
