import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { serialise } from '../../../src/embedded/sip/index.ts';
import { frame } from '../../../src/embedded/sip-edge/wire.ts';
import type { Random } from '../../../src/lib/random.ts';
import { diceOf } from '../../support/seed.ts';
import { RawPhone } from './raw-phone.ts';
import { connectSrf, openSwitch, Phone, type Srf, type Switch, sdp, within } from './support.ts';

/** What drachtio-server makes of it is its own affair. */
const onlyHere = { skip: process.env.SWITCH === 'external' };
const ROUNDS = 300;
const MESSAGES_MAX = 10;

const ODDS = [
  '\r\n',
  '\r\n\r\n',
  '\0',
  '|',
  '#',
  ':',
  '"',
  '<',
  ';',
  '-1',
  '9'.repeat(20),
  '%',
  'ñ',
  '__proto__',
];

function garbled(dice: Random, text: string): string {
  const at = dice.between(0, text.length);
  return text.slice(0, at) + dice.pick(ODDS) + text.slice(at + dice.between(0, 8));
}

describe('whatever is said to it, the SIP edge takes the next call', () => {
  let target: Switch;
  let phone: Phone;
  let srf: Srf;
  const sockets: Socket[] = [];

  before(async () => {
    target = await openSwitch();
    phone = await Phone.open(target);
    srf = await connectSrf(target, {
      invite: (req, res) => {
        const headers = { Require: '100rel', RSeq: '1', 'Content-Type': 'application/sdp' };
        if (req.has('X-Early')) res.send(183, { headers, body: sdp(7000) });
        else void srf.createUAS(req, res, { localSdp: sdp(7000) }).catch(() => {});
      },
      message: (_req, res) => res.send(200),
    });
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  after(async () => {
    srf.disconnect();
    await phone.close();
    await target.close();
  });

  async function open(port: number): Promise<Socket> {
    const socket = connect(port, target.sipHost);
    sockets.push(socket);
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  }

  async function aCallWorks(): Promise<void> {
    const { answered } = phone.call(phone.uriOf('800'), { body: sdp(7002) });
    const { session } = await within(answered, 'the answer');
    session.bye();
  }

  const closed = (socket: Socket) => {
    socket.resume();
    return within(once(socket, 'close'), 'the end of the connection');
  };

  it('by applications', onlyHere, async (t) => {
    const dice = diceOf(t);
    const uri = phone.uri;
    const head = `From: <sip:a@b>;tag=1\r\nTo: <${uri}>\r\nCall-ID: x\r\nCSeq: 7`;
    const said = [
      'ping',
      'route|register',
      'route|__proto__',
      'remove_route|register',
      'constructor|x',
      'proxy|nobody||',
      `sip||\r\nINVITE ${uri} SIP/2.0\r\nContent-Type: application/sdp\r\n\r\n${sdp(7004)}`,
      `sip||\r\nOPTIONS ${uri} SIP/2.0\r\n\r\n`,
      `sip||\r\nBYE ${uri} SIP/2.0\r\n${head} BYE\r\n\r\n`,
      `sip|nobody|\r\nCANCEL ${uri} SIP/2.0\r\n\r\n`,
      `sip||nobody\r\nINFO ${uri} SIP/2.0\r\n\r\n`,
      'sip|nobody|\r\nSIP/2.0 200 OK\r\n\r\n',
      `sip|||sip:127.0.0.1:1\r\nMESSAGE ${uri} SIP/2.0\r\n\r\n`,
      `sip||\r\nSUBSCRIBE ${uri} SIP/2.0\r\nEvent: x\r\nconstructor: y\r\n\r\n`,
    ];
    for (let round = 0; round < ROUNDS; round += 1) {
      const socket = await open(target.admin.port);
      socket.resume();
      const secret = dice.chance(0.9) ? target.admin.secret : 'wrong';
      const texts = Array.from({ length: dice.between(1, MESSAGES_MAX) }, (_, index) => {
        const text = `m${round}.${index}|${dice.pick(said)}`;
        return frame(dice.chance(0.5) ? text : garbled(dice, text));
      });
      const all = Buffer.concat([frame(`a|authenticate|${secret}|`), ...texts]);
      for (let from = 0; from < all.length && !socket.destroyed; ) {
        const to = from + dice.between(1, 2 * all.length);
        await new Promise((sent) => socket.write(all.subarray(from, to), sent));
        from = to;
      }
      socket.destroy();
    }
    await aCallWorks();
  });

  it('on TCP: a length that is a lie ends the connection', async () => {
    for (const length of ['999999999', '-5', 'x', '12345678901234567890']) {
      const socket = await open(target.sipPort);
      socket.write(`OPTIONS sip:a@b SIP/2.0\r\nContent-Length: ${length}\r\n\r\n`);
      await closed(socket);
    }
    await aCallWorks();
  });

  it('on TCP: a head without an end ends the connection', onlyHere, async () => {
    const socket = await open(target.sipPort);
    socket.write(`OPTIONS sip:a@b SIP/2.0\r\nX: ${'x'.repeat(70_000)}`);
    await closed(socket);
    await aCallWorks();
  });

  it('on TCP: byte by byte, two messages in one piece, and one in two', async () => {
    const raw = await RawPhone.open(target);
    const socket = await open(target.sipPort);
    let heard = '';
    socket.on('data', (chunk) => {
      heard += String(chunk);
    });
    const options = () => {
      const request = raw.request('OPTIONS');
      const via = request.headers.get('via') ?? '';
      request.headers.set('Via', via.replace('/UDP', '/TCP'));
      return Buffer.from(serialise(request));
    };
    const answers = () => heard.split('SIP/2.0 ').length - 1;
    for (const byte of options()) {
      await new Promise((sent) => socket.write(Buffer.from([byte]), sent));
    }
    const pair = Buffer.concat([options(), options()]);
    const half = pair.length - 100;
    socket.write(pair.subarray(0, half));
    socket.write(pair.subarray(half));
    for (const end = Date.now() + 5_000; answers() < 3 && Date.now() < end; )
      await new Promise((done) => setTimeout(done, 10));
    assert.equal(answers(), 3, heard);
    raw.close();
  });

  it('on TCP: many who say nothing', async () => {
    await Promise.all(Array.from({ length: 300 }, () => open(target.sipPort)));
    await aCallWorks();
  });

  it('a PRACK of another INVITE, another answer, or none', onlyHere, async () => {
    const raw = await RawPhone.open(target);
    const early = [
      ['X-Early', '1'],
      ['Supported', '100rel'],
    ] as const;
    const invite = raw.request('INVITE', early, sdp(7006));
    raw.send(invite);
    const progress = await raw.nextResponse(183);
    const rseq = Number(progress.headers.get('rseq'));
    for (const rack of [`${rseq} 9 INVITE`, `${rseq + 1} 1 INVITE`, `${rseq} 1 BYE`, 'x']) {
      const prack = raw.inDialog(invite, progress, 'PRACK', 2);
      prack.headers.set('RAck', rack);
      raw.send(prack);
      await raw.nextResponse(481);
    }
    const prack = raw.inDialog(invite, progress, 'PRACK', 3);
    prack.headers.set('RAck', `${rseq} 1  INVITE`);
    raw.send(prack);
    await raw.nextResponse(200);
    const cancel = raw.request('CANCEL');
    for (const name of ['via', 'from', 'to', 'call-id'])
      cancel.headers.set(name, invite.headers.get(name) ?? '');
    raw.send(cancel);
    await raw.nextResponse(487);
    raw.close();
  });

  it('names that every object answers to', onlyHere, async () => {
    const raw = await RawPhone.open(target);
    const text = serialise(raw.request('MESSAGE'));
    const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
    raw.send(text.replace('\r\n\r\n', `\r\n${names.map((name) => `${name}: x\r\n`).join('')}\r\n`));
    await raw.nextResponse(200);
    await aCallWorks();
    raw.close();
  });
});
