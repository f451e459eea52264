import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { RawPhone } from './raw-phone.ts';
import {
  connectSrf,
  gate,
  openSwitch,
  type Srf,
  type SrfDialog,
  type SrfRequest,
  type SrfResponse,
  type Switch,
  sdp,
  settle,
  within,
} from './support.ts';

/** What only shows on the wire: repetition, loss, forks, order. */
describe('on the wire', () => {
  let target: Switch;
  let srf: Srf;
  let phone: RawPhone;
  let onInvite: (req: SrfRequest, res: SrfResponse) => void;
  const outside: SrfRequest[] = [];

  before(async () => {
    target = await openSwitch();
    srf = await connectSrf(target, {
      invite: (req, res) => onInvite(req, res),
      notify: (req, res) => {
        outside.push(req);
        res.send(200);
      },
    });
    phone = await RawPhone.open(target);
  });
  beforeEach(() => {
    onInvite = (_req, res) => res.send(404);
  });
  after(async () => {
    srf.disconnect();
    phone.close();
    await target.close();
  });

  async function answered() {
    const uas = gate<SrfDialog>();
    onInvite = (req, res) => {
      void srf.createUAS(req, res, { localSdp: sdp(9000) }).then(uas.open);
    };
    const invite = phone.request('INVITE', [], sdp(7000));
    phone.send(invite);
    const ok = await phone.nextResponse(200);
    phone.send(phone.inDialog(invite, ok, 'ACK', 1));
    return { invite, ok, dialog: await within(uas.promise, 'the dialog') };
  }

  it('takes a repeated INVITE for one and the same', async () => {
    let calls = 0;
    onInvite = (_req, res) => {
      calls++;
      res.send(486);
    };
    const invite = phone.request('INVITE', [], sdp(7000));
    phone.send(invite);
    phone.send(invite);
    const busy = await phone.nextResponse(486);
    phone.send(invite);
    await phone.nextResponse(486);
    const ack = phone.inDialog(invite, busy, 'ACK', 1);
    ack.headers.set('Via', invite.headers.get('via') ?? '');
    phone.send(ack);
    assert.equal(calls, 1);
  });

  it('sends 100 at once and repeats its 200 until the ACK', async () => {
    onInvite = (req, res) => void srf.createUAS(req, res, { localSdp: sdp(9000) });
    const invite = phone.request('INVITE', [], sdp(7000));
    phone.send(invite);
    await phone.nextResponse(100);
    const ok = await phone.nextResponse(200);
    await phone.nextResponse(200, 2_000);
    phone.send(phone.inDialog(invite, ok, 'ACK', 1));
    phone.send(phone.inDialog(invite, ok, 'BYE', 2));
    await phone.nextResponse(200);
  });

  it('acknowledges a repeated 200 again', async () => {
    const attempt = srf.createUAC(phone.uri, { localSdp: sdp(9000) });
    const invite = await phone.nextRequest('INVITE');
    phone.respond(invite, 200, 't', sdp(7000));
    const dialog = await within(attempt, 'the dialog');
    const first = await phone.nextRequest('ACK');
    phone.respond(invite, 200, 't', sdp(7000));
    const again = await phone.nextRequest('ACK');
    assert.equal(again.headers.get('cseq'), first.headers.get('cseq'));
    void dialog.destroy().catch(() => undefined);
    phone.respond(await phone.nextRequest('BYE'), 200, 't');
  });

  it('takes several ringing branches of a fork, and one answer', async () => {
    const progress: string[] = [];
    const attempt = srf.createUAC(
      phone.uri,
      { localSdp: sdp(9000) },
      {
        cbProvisional: (res: SrfResponse) => {
          progress.push(`${res.status} ${res.getParsedHeader('to').params.tag}`);
        },
      },
    );
    const invite = await phone.nextRequest('INVITE');
    phone.respond(invite, 180, 'one');
    phone.respond(invite, 180, 'two');
    await settle();
    phone.respond(invite, 200, 'two', sdp(7000));
    const dialog = await within(attempt, 'the dialog');
    assert.deepEqual(progress, ['180 one', '180 two']);
    assert.equal(dialog.sip.remoteTag, 'two');
    const ack = await phone.nextRequest('ACK');
    assert.match(ack.headers.get('to') ?? '', /tag=two/);
    void dialog.destroy().catch(() => undefined);
    const bye = await phone.nextRequest('BYE');
    assert.match(bye.headers.get('to') ?? '', /tag=two/);
    phone.respond(bye, 200, 'two');
  });

  // The real server takes the second answer for the first one again, and leaves its branch to itself.
  const onlyHere = { skip: process.env.SWITCH === 'external' };
  it('ends a second branch of a fork that was answered too', onlyHere, async () => {
    const attempt = srf.createUAC(phone.uri, { localSdp: sdp(9000) });
    const invite = await phone.nextRequest('INVITE');
    phone.respond(invite, 200, 'one', sdp(7000));
    const dialog = await within(attempt, 'the dialog');
    await phone.nextRequest('ACK');
    phone.respond(invite, 200, 'two', sdp(7002));
    const ack = await phone.nextRequest('ACK');
    assert.match(ack.headers.get('to') ?? '', /tag=two/);
    const bye = await phone.nextRequest('BYE');
    assert.match(bye.headers.get('to') ?? '', /tag=two/);
    phone.respond(bye, 200, 'two');
    assert.equal(dialog.sip.remoteTag, 'one');
    void dialog.destroy().catch(() => undefined);
    phone.respond(await phone.nextRequest('BYE'), 200, 'one');
  });

  it('takes a request that was overtaken by a later one', async () => {
    const { invite, ok } = await answered();
    phone.send(phone.inDialog(invite, ok, 'INFO', 9));
    await phone.nextResponse(200);
    phone.send(phone.inDialog(invite, ok, 'INFO', 5));
    await phone.nextResponse(200);
    phone.send(phone.inDialog(invite, ok, 'BYE', 10));
    await phone.nextResponse(200);
  });

  it('carries an UPDATE before the answer to a call from the network', async () => {
    const updated = gate<SrfRequest>();
    onInvite = (req, res) => {
      req.on('update', (update: SrfRequest, response: SrfResponse) => {
        updated.open(update);
        response.send(200, { body: sdp(9004) });
        void srf.createUAS(req, res, { localSdp: sdp(9000) });
      });
      res.send(183, { body: sdp(9000) });
    };
    const invite = phone.request('INVITE', [], sdp(7000));
    phone.send(invite);
    const progress = await phone.nextResponse(183);
    const update = phone.inDialog(invite, progress, 'UPDATE', 2);
    update.headers.set('Content-Type', 'application/sdp');
    update.body = sdp(7004);
    phone.send(update);
    assert.equal((await within(updated.promise, 'the UPDATE')).body, sdp(7004));
    const first = await phone.nextResponse(200);
    const second = await phone.nextResponse(200);
    const byMethod = [first, second].map((response) => response.headers.get('cseq'));
    assert.deepEqual(byMethod.sort(), ['1 INVITE', '2 UPDATE']);
    const ok = first.headers.get('cseq') === '1 INVITE' ? first : second;
    phone.send(phone.inDialog(invite, ok, 'ACK', 1));
    phone.send(phone.inDialog(invite, ok, 'BYE', 3));
    await phone.nextResponse(200);
  });

  it('sends to the source address of a caller whose Contact lies', async () => {
    const uas = gate<SrfDialog>();
    onInvite = (req, res) => {
      void srf.createUAS(req, res, { localSdp: sdp(9000) }).then(uas.open);
    };
    const invite = phone.request('INVITE', [['Contact', '<sip:nat@10.255.255.1:5999>']], sdp(7000));
    phone.send(invite);
    const ok = await phone.nextResponse(200);
    phone.send(phone.inDialog(invite, ok, 'ACK', 1));
    void (await uas.promise).destroy().catch(() => undefined);
    const bye = await phone.nextRequest('BYE');
    assert.equal(bye.uri, 'sip:nat@10.255.255.1:5999');
    phone.respond(bye, 200, 'x');
  });

  it('follows the Record-Route of a caller', async () => {
    const uas = gate<SrfDialog>();
    onInvite = (req, res) => {
      void srf.createUAS(req, res, { localSdp: sdp(9000) }).then(uas.open);
    };
    const route = `<sip:127.0.0.1:${phone.port};lr>`;
    const invite = phone.request('INVITE', [['Contact', '<sip:a@10.255.255.1>']], sdp(7000));
    invite.headers.add('Record-Route', route);
    phone.send(invite);
    const ok = await phone.nextResponse(200);
    assert.equal(ok.headers.get('record-route'), route);
    phone.send(phone.inDialog(invite, ok, 'ACK', 1));
    void (await uas.promise).destroy().catch(() => undefined);
    const bye = await phone.nextRequest('BYE');
    assert.equal(bye.headers.get('route'), route);
    assert.equal(bye.uri, 'sip:a@10.255.255.1');
    phone.respond(bye, 200, 'x');
  });

  it('subscribes, and is notified until the end', async () => {
    const attempt = srf.createUAC(phone.uri, {
      method: 'SUBSCRIBE',
      headers: { Event: 'dialog', Expires: '60', To: `<${phone.uri}>` },
    });
    const subscribe = await phone.nextRequest('SUBSCRIBE');
    const ok = phone.respond(subscribe, 202, 's');
    const dialog = await within(attempt, 'the subscription');
    const notified = gate<SrfRequest>();
    dialog.on('notify', (req: SrfRequest, res: SrfResponse) => {
      res.send(200);
      notified.open(req);
    });
    const notify = phone.backwards(subscribe, ok, 'NOTIFY', 1);
    notify.headers.set('Event', 'dialog').set('Subscription-State', 'active');
    phone.send(notify);
    await phone.nextResponse(200);
    assert.equal((await notified.promise).get('Event'), 'dialog');
  });

  it('takes a call over by its identifiers when it knows nothing of it', async () => {
    // As after a restart of everything: only the journal knows the call.
    const attempt = srf.createUAC(phone.uri, {
      localSdp: sdp(9000),
      headers: {
        'Call-ID': `kept-${phone.port}`,
        From: '<sip:800@localhost>;tag=ours',
        To: `<${phone.uri}>;tag=theirs`,
        CSeq: '42 INVITE',
      },
    });
    const invite = await phone.nextRequest('INVITE');
    assert.equal(invite.headers.get('call-id'), `kept-${phone.port}`);
    assert.match(invite.headers.get('from') ?? '', /;tag=ours$/);
    assert.match(invite.headers.get('to') ?? '', /;tag=theirs$/);
    assert.equal(invite.headers.get('cseq'), '42 INVITE');
    const ok = phone.respond(invite, 200, 'theirs', sdp(7000));
    const dialog = await within(attempt, 'the dialog');
    await phone.nextRequest('ACK');
    const gone = new Promise((resolve) => dialog.on('destroy', resolve));
    phone.send(phone.backwards(invite, ok, 'BYE', 100));
    await phone.nextResponse(200);
    await within(gone, 'destroy');
  });

  it('says nothing to garbage and goes on', async () => {
    phone.send('\0\0\0\0');
    phone.send('INVITE nonsense\r\n\r\n');
    phone.send('x'.repeat(5_000));
    const broken = phone.request('INVITE');
    broken.headers.set('CSeq', '1 BYE');
    phone.send(broken);
    onInvite = (_req, res) => res.send(486);
    phone.send(phone.request('INVITE', [], sdp(7000)));
    await phone.nextResponse(486);
  });
});
