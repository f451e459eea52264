import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { FrameReader, frame } from '../../../src/embedded/sip-edge/wire.ts';
import { RawPhone } from './raw-phone.ts';
import { connectSrf, gate, openSwitch, type Switch, sdp, settle, within } from './support.ts';

/** One client spoken to by hand, to see the frames themselves. */
class RawClient {
  readonly #reader = new FrameReader();
  readonly #messages: string[] = [];
  #wake: () => void = () => {};
  readonly socket;

  private constructor(port: number, host: string) {
    this.socket = connect(port, host);
    this.socket.on('error', () => {});
    this.socket.on('data', (chunk) => {
      const read = this.#reader.push(chunk);
      assert.ok(read.ok);
      this.#messages.push(...read.value);
      this.#wake();
    });
  }

  static async open(target: Switch): Promise<RawClient> {
    const client = new RawClient(target.admin.port, target.admin.host);
    await once(client.socket, 'connect');
    return client;
  }

  send(text: string): void {
    this.socket.write(frame(text));
  }

  /** The next frame whose second token is this one. */
  async next(type: string): Promise<string> {
    const take = () => {
      const index = this.#messages.findIndex((message) => message.split('|')[1] === type);
      return index === -1 ? undefined : this.#messages.splice(index, 1)[0];
    };
    for (;;) {
      const found = take();
      if (found) return found;
      await within(new Promise<void>((resolve) => (this.#wake = resolve)), `a frame ${type}`);
    }
  }
}

const afterId = (message: string): string => message.slice(message.indexOf('|') + 1);

describe('the frames', () => {
  let target: Switch;
  let phone: RawPhone;
  before(async () => {
    target = await openSwitch();
    phone = await RawPhone.open(target);
  });
  after(async () => {
    phone.close();
    await target.close();
  });

  async function authenticated(): Promise<RawClient> {
    const client = await RawClient.open(target);
    client.send(`a|authenticate|${target.admin.secret}|`);
    const address = `${target.sipHost}:${target.sipPort}`;
    const hostports = `tcp/${address},udp/${address}`;
    const [kind, id, ok, ...rest] = afterId(await client.next('response')).split('|');
    assert.deepEqual([kind, id, ok], ['response', 'a', 'OK']);
    assert.equal(rest[0], hostports);
    assert.match(rest[1] ?? '', /^v0\.9\.\d+/);
    assert.equal(rest[2], hostports);
    return client;
  }

  it('refuse a wrong secret and close', async () => {
    const client = await RawClient.open(target);
    client.send('a|authenticate|wrong|');
    assert.equal(afterId(await client.next('response')), 'response|a|NO|incorrect secret');
    await within(once(client.socket, 'close'), 'the end');
  });

  it('answer ping and route', async () => {
    const client = await authenticated();
    client.send('p|ping');
    assert.equal(afterId(await client.next('response')), 'response|p|OK|pong');
    client.send('r|route|subscribe');
    assert.equal(afterId(await client.next('response')), 'response|r|OK');
    client.socket.destroy();
    await settle();
  });

  it('carry a call and its records', async () => {
    const client = await authenticated();
    for (const verb of ['invite', 'cdr:attempt', 'cdr:start', 'cdr:stop']) {
      client.send(`r|route|${verb}`);
      await client.next('response');
    }
    const invite = phone.request('INVITE', [], sdp(7000));
    const callId = invite.headers.get('call-id');
    phone.send(invite);
    const [head = ''] = (await client.next('sip')).split('\r\n');
    const tokens = head.split('|');
    const [, , source, , protocol, host, port, time, transaction, dialog, ourHost, ourPort] =
      tokens;
    assert.deepEqual(
      [source, protocol, host, Number(port)],
      ['network', 'udp', '127.0.0.1', phone.port],
    );
    assert.match(time ?? '', /^\d\d:\d\d:\d\d\.\d{6}$/);
    assert.equal(dialog, '');
    assert.deepEqual([ourHost, Number(ourPort)], [target.sipHost, target.sipPort]);
    assert.match(await client.next('cdr:attempt'), /\|cdr:attempt\|network\|[\d:.]+\r\nINVITE /);
    const body = sdp(9000);
    client.send(
      `s|sip|${transaction}|\r\nSIP/2.0 200 OK\r\ncall-id: ${callId}\r\ncseq: 1 INVITE\r\n\r\n${body}`,
    );
    const echo = await client.next('response');
    const id = `${callId};from-tag=${/tag=(.*)/.exec(invite.headers.get('from') ?? '')?.[1]}`;
    assert.match(echo, /\|response\|s\|OK\|application\|\d+\|udp\|/);
    assert.ok(echo.includes(`|${transaction}|${id}||Msg sent:|\r\nSIP/2.0 200 OK\r\nVia: `), echo);
    assert.match(await client.next('cdr:start'), /\|cdr:start\|application\|[\d:.]+\|uas\r\nSIP/);
    const ok = await phone.nextResponse(200);
    assert.equal(ok.headers.get('content-type'), 'application/sdp');
    phone.send(phone.inDialog(invite, ok, 'ACK', 1));
    const ack = await client.next('sip');
    assert.ok(ack.includes(`|${transaction}|${id}|\r\nACK `), ack);
    phone.send(phone.inDialog(invite, ok, 'BYE', 2));
    const bye = await client.next('sip');
    assert.ok(bye.includes(`|${id}|\r\nBYE `), bye);
    assert.match(
      await client.next('cdr:stop'),
      /\|cdr:stop\|network\|[\d:.]+\|normal-release\r\nBYE/,
    );
    client.send(`b|sip|${bye.split('|')[8]}|\r\nSIP/2.0 200 OK\r\n\r\n`);
    assert.match(await client.next('response'), /\|\|\|Msg sent:\|\r\nSIP\/2\.0 200 OK/);
    await phone.nextResponse(200);
    client.send(`c|sip||${id}\r\nBYE sip:placeholder SIP/2.0\r\n\r\n`);
    assert.match(
      await client.next('response'),
      /\|c\|NOK\|Server error: unable to find dialog for dialog id provided$/,
    );
    client.socket.destroy();
    await settle();
  });

  it('serve several clients in turn', async () => {
    const seen: string[] = [];
    const clients = await Promise.all(
      ['one', 'two'].map((name) =>
        connectSrf(target, {
          message: (_req, res) => {
            seen.push(name);
            res.send(200);
          },
        }),
      ),
    );
    for (let i = 0; i < 4; i++) {
      phone.send(phone.request('MESSAGE'));
      await phone.nextResponse(200);
    }
    assert.deepEqual([...seen].sort(), ['one', 'one', 'two', 'two']);
    for (const srf of clients) srf.disconnect();
  });

  it('stop a phone that rings for an application that is gone', {
    skip: process.env.SWITCH === 'external',
  }, async () => {
    const srf = await connectSrf(target);
    const ringing = gate<void>();
    srf
      .createUAC(phone.uri, { localSdp: sdp(9000) }, { cbProvisional: () => ringing.open() })
      .catch(() => undefined);
    const invite = await phone.nextRequest('INVITE');
    phone.respond(invite, 180, 't');
    await ringing.promise;
    srf.disconnect();
    await phone.nextRequest('CANCEL');
    // The answer was faster than the CANCEL.
    phone.respond(invite, 200, 't', sdp(7000));
    await phone.nextRequest('ACK');
    phone.respond(await phone.nextRequest('BYE'), 200, 't');
  });
});
