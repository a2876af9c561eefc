import {Socket} from 'node:net';
import {install} from '@sinonjs/fake-timers';
import {assert} from 'chai';
import {openAgents} from '../../src/http/agents.js';
import {closeAll, outline, pem, post, response, sender, start, until} from './scripted-server.js';

describe('the connections of a sender', () => {
  afterEach(closeAll);

  it('are used again, and no more of them than asked for', async () => {
    const server = await start({onRequest: (socket) => setImmediate(() => socket.write(response('{}')))});
    const two = sender({connections: 2});
    await Promise.all(Array.from({length: 20}, () => two.send(post(server.url))));
    assert.lengthOf(server.requests, 20);
    assert.equal(server.connections(), 2);
  });

  for (const {announced, mostMs} of [
    {announced: 'timeout=3', mostMs: 2_100},
    {announced: 'timeout=5', mostMs: 4_000},
    {announced: undefined, mostMs: 4_000},
  ])
    it(`are closed well before the server does that says ${announced ?? 'nothing'}`, () => {
      const {http} = openAgents(1, undefined);
      const socket = Object.assign(new Socket(), {_httpMessage: {res: {headers: {'keep-alive': announced}}}});
      (http as unknown as {keepSocketAlive(socket: Socket): void}).keepSocketAlive(socket);
      assert.isAbove(socket.timeout ?? 0, 1_000);
      assert.isAtMost(socket.timeout ?? 0, mostMs);
      socket.destroy();
    });

  // While a process was busy for a second its timers came late: it wrote to a connection that the server had closed, and the row was in doubt.
  it('are not used again when they were idle too long, though no timer has fired', async () => {
    const server = await start({onRequest: (socket) => socket.write(response('{}'))});
    const one = sender();
    const clock = install({toFake: ['performance'], now: Date.now()});
    try {
      await one.send(post(server.url));
      clock.tick(3500);
      await one.send(post(server.url));
      assert.equal(server.connections(), 1);
      clock.tick(4500);
      await one.send(post(server.url));
      assert.equal(server.connections(), 2);
    } finally {
      clock.uninstall();
    }
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
  afterEach(closeAll);

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
