import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { defaultLimits } from '../../../../src/embedded/sip/index.ts';
import { startSipEdgeInThread } from '../../../../src/embedded/sip-edge/index.ts';
import { FrameReader, frame, parseClientMessage } from '../../../../src/embedded/sip-edge/wire.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { RawPhone } from '../../../contract/sip-edge/raw-phone.ts';
import { connectSrf, type Srf, type Switch, within } from '../../../contract/sip-edge/support.ts';

const limits = { ...defaultLimits, connectionsMax: 5, transactionsMax: 40 };

describe('what the SIP edge endures', () => {
  let target: Switch;
  let srf: Srf;
  let phone: RawPhone;

  before(async () => {
    const address = { sipHost: '127.0.0.1', sipPort: 0, adminHost: '127.0.0.1', adminPort: 0 };
    const edge = await startSipEdgeInThread(
      { ...address, secret: 's' },
      { limits, logger: silentLogger },
    );
    target = {
      sipHost: '127.0.0.1',
      sipPort: edge.sipPort,
      admin: { host: '127.0.0.1', port: edge.adminPort, secret: 's' },
      external: false,
      close: () => edge.close(),
    };
    srf = await connectSrf(target, { message: (_req, res) => res.send(200) });
    phone = await RawPhone.open(target);
  });
  after(async () => {
    srf.disconnect();
    phone.close();
    await target.close();
  });

  async function worksStill(): Promise<void> {
    phone.send(phone.request('MESSAGE'));
    await phone.nextResponse(200);
  }

  it('a flood of garbage, of which it answers a bounded part', async () => {
    const broken = phone.request('INVITE');
    broken.headers.set('CSeq', '1 BYE');
    for (let i = 0; i < 2_000; i++) phone.send(i % 2 === 0 ? broken : `garbage ${'x'.repeat(i)}`);
    await worksStill();
    assert.ok(phone.count(400) <= 2 * limits.malformedAnswersPerSecondMax);
  });

  it('more TCP connections than it takes, and all that one host can make: another has a place', async () => {
    const sockets: Socket[] = [];
    const open = (localAddress: string): Socket => {
      const socket = connect({ port: target.sipPort, host: '127.0.0.1', localAddress });
      socket.on('error', () => {});
      sockets.push(socket);
      return socket;
    };
    const many = Array.from({ length: 10 }, () => open('127.0.0.1'));
    const closed = many.slice(3).map((socket) => once(socket, 'close'));
    await within(Promise.all(closed), 'the refused connections');
    const other = open('127.0.0.2');
    await once(other, 'connect');
    other.write('\r\n\r\n');
    await within(once(other, 'data'), 'the answer to the ping');
    await worksStill();
    for (const socket of sockets) socket.destroy();
  });

  it('a TCP peer that sends no SIP', async () => {
    const socket = connect(target.sipPort, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write('x'.repeat(100_000));
    await within(once(socket, 'close'), 'the end of the connection');
    await worksStill();
  });

  for (const [name, text] of [
    ['an unknown verb', '12#a|nonsense|b'],
    ['a message before it has authenticated', '14#a|sip||\r\nBYE x'],
    ['no length', 'hello there'],
    ['a length beyond reason', '999999#'],
    ['a wrong secret', '22#a|authenticate|guess||'],
  ] as const) {
    it(`a client with ${name}`, async () => {
      const socket = connect(target.admin.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.resume();
      await once(socket, 'connect');
      socket.write(text);
      await within(once(socket, 'close'), 'the end of the connection');
    });
  }

  it('anything from a client that knows the secret', async () => {
    const socket = connect(target.admin.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'connect');
    socket.write(frame('1|authenticate|s|'));
    const token = fc.oneof(fc.string(), fc.constantFrom('', 'sip', 'proxy', 'route', 'ping'));
    const start = fc.constantFrom(
      'SIP/2.0 200 OK',
      'SIP/2.0 x',
      'INVITE sip:a@b SIP/2.0',
      'BYE',
      '',
    );
    const message = fc
      .tuple(
        fc.constantFrom('sip', 'proxy'),
        fc.array(token, { maxLength: 12 }),
        start,
        fc.string(),
      )
      .map(([verb, tokens, line, rest]) => `id|${verb}|${tokens.join('|')}\r\n${line}\r\n${rest}`);
    for (const text of fc.sample(message, { numRuns: 500, seed: 7 })) socket.write(frame(text));
    socket.write(frame('last|ping'));
    await worksStill();
    socket.destroy();
  });

  // Last, as the transactions it leaves live for 32 s.
  it('more transactions than it takes, by 503', async () => {
    const quiet = await connectSrf(target, { publish: () => {} });
    for (let i = 0; i < 60; i++) phone.send(phone.request('PUBLISH'));
    const refused = await phone.nextResponse(503);
    assert.equal(refused.headers.get('retry-after'), '5');
    // Its client leaves, and with it what waited for its answers.
    quiet.disconnect();
    await phone.nextResponse(503);
  });
});

describe('frames of clients', () => {
  it('are found however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' })),
        fc.integer({ min: 1, max: 9 }),
        (texts, step) => {
          const stream = Buffer.concat(texts.map(frame));
          const reader = new FrameReader();
          const found: string[] = [];
          for (let at = 0; at < stream.length; at += step) {
            const read = reader.push(stream.subarray(at, at + step));
            assert.ok(read.ok);
            found.push(...read.value);
          }
          assert.deepEqual(found, texts);
        },
      ),
    );
  });

  it('are taken apart without exception', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseClientMessage(text)));
    const parsed = parseClientMessage(
      'i|sip||d\r\nBYE sip:x SIP/2.0\r\nA: b\r\n\r\nbody\r\n\r\nmore',
    );
    assert.deepEqual(parsed, {
      id: 'i',
      type: 'sip',
      tokens: ['', 'd'],
      startLine: 'BYE sip:x SIP/2.0',
      headers: [['A', 'b']],
      body: 'body\r\n\r\nmore',
    });
  });
});
