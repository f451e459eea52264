import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, it } from 'node:test';
import {
  connectSrf,
  gate,
  openSwitch,
  Phone,
  type Srf,
  type SrfRequest,
  type SrfResponse,
  type Switch,
  sdp,
  settle,
  statusOf,
  within,
} from './support.ts';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

describe('registrations, proxying and clients', () => {
  let target: Switch;
  let srf: Srf;
  let phone: Phone;
  let onRegister: (req: SrfRequest, res: SrfResponse) => void = (_req, res) => res.send(403);
  let onInvite: (req: SrfRequest, res: SrfResponse) => void = (_req, res) => res.send(404);

  before(async () => {
    target = await openSwitch();
    srf = await connectSrf(target, {
      register: (req, res) => onRegister(req, res),
      invite: (req, res) => onInvite(req, res),
      subscribe: (_req, res) => res.send(489),
      options: (_req, res) => res.send(200, { headers: { Accept: 'application/sdp' } }),
    });
    phone = await Phone.open(target);
  });
  after(async () => {
    // The application has left in the last tests.
    await phone.close();
    await target.close();
  });

  it('carries a REGISTER with its challenge', async () => {
    onRegister = (req, res) => {
      const given = /response="(\w+)"/.exec(
        req.has('Authorization') ? req.get('Authorization') : '',
      );
      const challenge = 'Digest realm="r", nonce="abc", algorithm=MD5';
      if (!given) res.send(401, { headers: { 'WWW-Authenticate': challenge } });
      else {
        const expected = md5(`${md5('1001:r:pw')}:abc:${md5(`REGISTER:${req.uri}`)}`);
        assert.equal(given[1], expected);
        res.send(200, { headers: { Contact: `${req.get('Contact')};expires=60`, Expires: '60' } });
      }
    };
    const uri = `sip:${target.sipHost}:${target.sipPort}`;
    const identity = { from: `<sip:1001@r>`, to: `<sip:1001@r>` };
    const first = await phone.request('REGISTER', uri, identity);
    assert.equal(first.status, 401);
    assert.match(first.headers.get('www-authenticate') ?? '', /nonce="abc"/);
    const response = md5(`${md5('1001:r:pw')}:abc:${md5(`REGISTER:${uri}`)}`);
    const credentials = `Digest username="1001", realm="r", nonce="abc", uri="${uri}", response="${response}"`;
    const second = await phone.request('REGISTER', uri, {
      ...identity,
      headers: [['Authorization', credentials]],
    });
    assert.equal(second.status, 200);
    assert.match(second.headers.get('contact') ?? '', /expires=60/);
  });

  it('reaches a phone through the TCP connection that it opened', async () => {
    onRegister = (req, res) => {
      res.send(200, { headers: { Contact: `${req.get('Contact')};expires=60` } });
    };
    // Nobody listens at this Contact: only the connection leads to the phone.
    const contact = 'sip:1002@127.0.0.1:9;transport=tcp';
    const socket = net.connect(target.sipPort, target.sipHost);
    await once(socket, 'connect');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    const has = async (what: RegExp) => {
      for (let tries = 0; tries < 200 && !what.test(text); tries++) await settle(10);
      assert.match(text, what);
    };
    socket.write(
      [
        `REGISTER sip:${target.sipHost}:${target.sipPort} SIP/2.0`,
        `Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKreg${socket.localPort}`,
        'From: <sip:1002@r>;tag=a',
        'To: <sip:1002@r>',
        `Call-ID: reg-${socket.localPort}`,
        'CSeq: 1 REGISTER',
        `Contact: <${contact}>`,
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
    await has(/SIP\/2\.0 200/);
    const attempt = srf.createUAC(contact, { localSdp: sdp(9000) });
    attempt.catch(() => undefined);
    await has(/INVITE sip:1002@127\.0\.0\.1:9;transport=tcp/);
    const header = (name: string) =>
      new RegExp(`^${name}: (.*)\r$`, 'm').exec(text.slice(text.indexOf('INVITE sip')))?.[1];
    const lines = ['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${header(name)}`);
    socket.write(
      [
        'SIP/2.0 486 Busy Here',
        ...lines,
        `To: ${header('To')};tag=b`,
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
    await within(assert.rejects(attempt, { status: 486 }), 'the 486');
    socket.destroy();
  });

  it('answers a keep-alive of CRLFs on TCP', async () => {
    const socket = net.connect(target.sipPort, target.sipHost);
    await once(socket, 'connect');
    socket.write('\r\n\r\n');
    const [pong] = await within(once(socket, 'data'), 'the pong');
    assert.equal(String(pong), '\r\n');
    socket.destroy();
  });

  it('routes OPTIONS and refuses SUBSCRIBE as the application says', async () => {
    const uri = phone.uriOf('x');
    const options = await phone.request('OPTIONS', uri);
    assert.equal(options.headers.get('accept'), 'application/sdp');
    const subscribe = await phone.request('SUBSCRIBE', uri, { headers: [['Event', 'presence']] });
    assert.equal(subscribe.status, 489);
  });

  it('passes a call on to the next target when the first refuses', async () => {
    const first = await Phone.open(target);
    const second = await Phone.open(target);
    first.onInvite = (call) => call.reject(486);
    second.onInvite = (call) => void call.accept({ body: sdp(7001) });
    const results = gate<{ connected: boolean; finalStatus: number }>();
    onInvite = (req) => {
      void srf
        .proxyRequest(req, [first.uri, second.uri], { remainInDialog: true })
        .then(results.open);
    };
    const call = phone.call(phone.uriOf('800'), { body: sdp(7000) });
    const { session, response } = await within(call.answered, 'an answer');
    assert.equal(response.body, sdp(7001));
    assert.match(response.headers.get('record-route') ?? '', new RegExp(`:${target.sipPort}`));
    assert.equal((await within(results.promise, 'the results')).finalStatus, 200);
    const info = await session.request('INFO', { body: 'x', contentType: 'text/plain' });
    assert.ok(info.ok && info.value.status === 200);
    session.bye();
    await first.close();
    await second.close();
  });

  it('cancels a call that was passed on', async () => {
    const far = await Phone.open(target);
    const cancelled = gate<unknown>();
    far.onInvite = (call) => {
      call.onCancel = cancelled.open;
      call.progress(180);
    };
    onInvite = (req) => {
      void srf.proxyRequest(req, far.uri).catch(() => undefined);
    };
    const call = phone.call(phone.uriOf('800'), { body: sdp(7000) }, {}, () => call.call.cancel());
    assert.equal(statusOf(await within(call.failed, 'the 487')), 487);
    await within(cancelled.promise, 'the CANCEL');
    await far.close();
  });

  it('is no way through for whoever writes a Route to it', async () => {
    const far = await Phone.open(target);
    let rang = false;
    far.onInvite = (call) => {
      rang = true;
      call.reject(486);
    };
    onInvite = (_req, res) => res.send(404);
    const through: [string, string] = ['Route', `<${phone.uriOf('')};lr>`];
    const call = phone.call(far.uri, { body: sdp(7000), headers: [through] });
    assert.equal(statusOf(await within(call.failed, 'a refusal')), 404);
    assert.equal(rang, false);
    await far.close();
  });

  it('refuses a wrong secret', async () => {
    const wrong = { ...target, admin: { ...target.admin, secret: 'wrong' } };
    await assert.rejects(within(connectSrf(wrong), 'an answer'), /failed to authenticate/);
  });

  it('gives requests of a dialog 481 when its application is gone', async () => {
    onInvite = (_req, res) => res.send(480);
    const other = await connectSrf(target, {
      info: (_req, res) => res.send(200),
    });
    const uas = gate<unknown>();
    onInvite = (req, res) => {
      void srf.createUAS(req, res, { localSdp: sdp(9000) }).then(uas.open);
    };
    const call = phone.call(phone.uriOf('800'), { body: sdp(7000) });
    const { session } = await within(call.answered, 'an answer');
    await uas.promise;
    await settle();
    srf.disconnect();
    await settle();
    const outcome = await session.request('INFO', { body: 'x', contentType: 'text/plain' });
    assert.ok(outcome.ok && outcome.value.status === 481);
    other.disconnect();
  });

  it('answers 503 when no application is connected', async () => {
    const call = phone.call(phone.uriOf('800'), { body: sdp(7000) });
    assert.equal(statusOf(await within(call.failed, 'the 503')), 503);
  });
});
