import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { startSipEdgeInThread } from '../../../../src/embedded/sip-edge/index.ts';
import { ManualClock } from '../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { RawPhone } from '../../../contract/sip-edge/raw-phone.ts';
import {
  connectSrf,
  gate,
  type Srf,
  type SrfDialog,
  type SrfRequest,
  type SrfResponse,
  type Switch,
  sdp,
  within,
} from '../../../contract/sip-edge/support.ts';

/** Real sockets, and a clock that only moves when a test says so. */
describe('the timers of the SIP edge', () => {
  let clock: ManualClock;
  let target: Switch;
  let srf: Srf;
  let phone: RawPhone;
  let onInvite: (req: SrfRequest, res: SrfResponse) => void;

  beforeEach(async () => {
    clock = new ManualClock(1_700_000_000_000);
    const address = { sipHost: '127.0.0.1', sipPort: 0, adminHost: '127.0.0.1', adminPort: 0 };
    const edge = await startSipEdgeInThread(
      { ...address, secret: 's' },
      { clock, logger: silentLogger },
    );
    target = {
      sipHost: '127.0.0.1',
      sipPort: edge.sipPort,
      admin: { host: '127.0.0.1', port: edge.adminPort, secret: 's' },
      external: false,
      close: () => edge.close(),
    };
    srf = await connectSrf(target, {
      invite: (req, res) => onInvite(req, res),
      subscribe: (req, res) => onInvite(req, res),
    });
    phone = await RawPhone.open(target);
  });
  afterEach(async () => {
    srf.disconnect();
    phone.close();
    await target.close();
  });

  async function answered(headers: [string, string][] = []) {
    const uas = gate<SrfDialog>();
    onInvite = (req, res) => {
      void srf.createUAS(req, res, { localSdp: sdp(9000) }).then(uas.open);
    };
    const invite = phone.request('INVITE', headers, sdp(7000));
    phone.send(invite);
    const ok = await phone.nextResponse(200);
    return { invite, ok, dialog: await within(uas.promise, 'the dialog') };
  }

  it('ends a call whose 200 is never acknowledged, and tells the application', async () => {
    const { dialog } = await answered();
    const gone = once(dialog, 'destroy');
    clock.advance(31_999);
    await phone.nextResponse(200);
    clock.advance(1);
    const bye = await phone.nextRequest('BYE');
    assert.match(bye.headers.get('reason') ?? '', /ACK timeout/);
    const [, reason] = await within(gone, 'destroy');
    assert.equal(reason, 'ACK timeout');
  });

  it('refuses a call that the application never says a word about', async () => {
    const seen = gate<void>();
    onInvite = () => seen.open();
    phone.send(phone.request('INVITE', [], sdp(7000)));
    await seen.promise;
    clock.advance(64_000);
    await phone.nextResponse(480);
  });

  it('lets a call ring on that was announced', async () => {
    const ringing = gate<SrfResponse>();
    onInvite = (_req, res) => {
      res.send(180, {}, () => ringing.open(res));
    };
    phone.send(phone.request('INVITE', [], sdp(7000)));
    await phone.nextResponse(180);
    const res = await ringing.promise;
    clock.advance(600_000);
    res.send(486);
    await phone.nextResponse(486);
  });

  it('tells a callee that never answers as 408', async () => {
    const attempt = srf.createUAC(phone.uri, { localSdp: sdp(9000) });
    await phone.nextRequest('INVITE');
    clock.advance(32_000);
    await within(assert.rejects(attempt, { status: 408 }), 'the 408');
    // A, at 500, 1500, 3500, 7500, 15500 and 31500 ms.
    await phone.nextRequest('INVITE');
    assert.equal(phone.count('INVITE'), 5);
  });

  it('gives up, and cancels, a callee that rings for ever', async () => {
    const attempt = srf.createUAC(
      phone.uri,
      { localSdp: sdp(9000) },
      { cbProvisional: () => ringing.open() },
    );
    const ringing = gate<void>();
    const rejected = assert.rejects(attempt, { status: 408 });
    const invite = await phone.nextRequest('INVITE');
    phone.respond(invite, 180, 't');
    await ringing.promise;
    clock.advance(185_000);
    const cancel = await phone.nextRequest('CANCEL');
    phone.respond(cancel, 200, 't');
    await within(rejected, 'the 408');
  });

  it('ends a session that its caller promised to refresh and did not (RFC 4028)', async () => {
    const { invite, ok, dialog } = await answered([['Session-Expires', '100;refresher=uac']]);
    assert.match(ok.headers.get('session-expires') ?? '', /100;refresher=uac/);
    const acked = once(dialog, 'ack');
    phone.send(phone.inDialog(invite, ok, 'ACK', 1));
    await within(acked, 'ack');
    const gone = once(dialog, 'destroy');
    clock.advance(100_000);
    assert.match((await phone.nextRequest('BYE')).headers.get('reason') ?? '', /Session timer/);
    await within(gone, 'destroy');
  });

  it('refreshes a session itself when the caller leaves it to us', async () => {
    const { invite, ok, dialog } = await answered([['Session-Expires', '100;refresher=uas']]);
    const acked = once(dialog, 'ack');
    phone.send(phone.inDialog(invite, ok, 'ACK', 1));
    await within(acked, 'ack');
    clock.advance(50_000);
    const refresh = await phone.nextRequest('INVITE');
    assert.equal(refresh.body, sdp(9000));
    phone.respond(refresh, 200, 'x', sdp(7000));
    await phone.nextRequest('ACK');
  });

  it('ends a session whose far end says to a refresh that it is trying, and no more', async () => {
    const { invite, ok, dialog } = await answered([['Session-Expires', '120;refresher=uas']]);
    const acked = once(dialog, 'ack');
    phone.send(phone.inDialog(invite, ok, 'ACK', 1));
    await within(acked, 'ack');
    const gone = once(dialog, 'destroy');
    clock.advance(60_000);
    phone.respond(await phone.nextRequest('INVITE'), 100, '');
    clock.advance(27_999);
    assert.equal(phone.count('BYE'), 0);
    clock.advance(1);
    assert.match((await phone.nextRequest('BYE')).headers.get('reason') ?? '', /Session timer/);
    await within(gone, 'destroy');
  });

  it('sends a reliable response again until its PRACK, and gives the call up without', async () => {
    onInvite = (_req, res) => {
      res.send(183, { body: sdp(9000), headers: { Require: '100rel' } });
    };
    phone.send(phone.request('INVITE', [['Supported', '100rel']], sdp(7000)));
    const progress = await phone.nextResponse(183);
    assert.match(progress.headers.get('rseq') ?? '', /^\d+$/);
    clock.advance(1_500);
    await phone.nextResponse(183);
    await phone.nextResponse(183);
    clock.advance(32_000);
    await phone.nextResponse(504);
  });

  async function subscribed() {
    const uas = gate<SrfDialog>();
    onInvite = (req, res) => {
      void srf.createUAS(req, res, { localSdp: '', headers: { Expires: '60' } }).then(uas.open);
    };
    const first = phone.request('SUBSCRIBE', [
      ['Event', 'dialog'],
      ['Expires', '60'],
    ]);
    phone.send(first);
    const granted = await phone.nextResponse(202);
    return { first, granted, dialog: await within(uas.promise, 'the dialog') };
  }

  const notify = (state: string) => ({
    method: 'NOTIFY',
    headers: { Event: 'dialog', 'Subscription-State': state },
  });

  it('forgets a subscription that nobody renews, when its last word could have come', async () => {
    const { dialog } = await subscribed();
    clock.advance(60_000 + 31_999);
    const told = dialog.request(notify('active;expires=1'));
    phone.respond(await phone.nextRequest('NOTIFY'), 200, 'key');
    await within(told, 'the answer');
    clock.advance(1);
    await within(assert.rejects(dialog.request(notify('active;expires=1'))), 'the refusal');
  });

  it('forgets the subscriptions of an application that is gone', async () => {
    const { first, granted } = await subscribed();
    const heard = gate<string>();
    srf.disconnect();
    srf = await connectSrf(target, {
      subscribe: (req, res) => {
        heard.open(req.get('Call-ID'));
        res.send(481);
      },
    });
    phone.send(phone.inDialog(first, granted, 'SUBSCRIBE', 2));
    await phone.nextResponse(481);
    assert.equal(await within(heard.promise, 'the new one asked'), first.headers.get('call-id'));
  });
});
