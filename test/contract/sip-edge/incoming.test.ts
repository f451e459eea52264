import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type EndCause, responseTo, type SipRequest } from '../../../src/embedded/sip/index.ts';
import {
  connectSrf,
  gate,
  openSwitch,
  Phone,
  responseOf,
  type Srf,
  type SrfDialog,
  type SrfRequest,
  type SrfResponse,
  type Switch,
  sdp,
  settle,
  statusOf,
  within,
} from './support.ts';

describe('calls from the network', () => {
  let target: Switch;
  let srf: Srf;
  let phone: Phone;
  let onInvite: (req: SrfRequest, res: SrfResponse) => void;

  before(async () => {
    target = await openSwitch();
    srf = await connectSrf(target, { invite: (req, res) => onInvite(req, res) });
    phone = await Phone.open(target);
  });
  beforeEach(() => {
    onInvite = (_req, res) => res.send(404);
  });
  after(async () => {
    srf.disconnect();
    await phone.close();
    await target.close();
  });

  /** An answered call: the application's dialog and the phone's session. */
  async function answered(parameters = '', session = {}) {
    const uas = gate<SrfDialog>();
    onInvite = (req, res) => {
      void srf.createUAS(req, res, { localSdp: sdp(9000) }).then(uas.open);
    };
    const acked = uas.promise.then((dialog) => once(dialog, 'ack'));
    const call = phone.call(phone.uriOf('800', parameters), { body: sdp(7000) }, session);
    const { session: far, response } = await within(call.answered, 'an answer');
    const dialog = await within(uas.promise, 'the dialog');
    await within(acked, 'the ACK');
    return { dialog, far, response };
  }

  for (const transport of ['', ';transport=tcp']) {
    it(`answers an INVITE and hears its BYE${transport}`, async () => {
      const { dialog, far, response } = await answered(transport);
      assert.equal(response.body, sdp(9000));
      assert.match(response.headers.get('contact') ?? '', new RegExp(`:${target.sipPort}`));
      assert.equal(dialog.remote.sdp, sdp(7000));
      const gone = once(dialog, 'destroy');
      far.bye({ headers: [['Reason', 'Q.850;cause=16']] });
      const [bye] = await within(gone, 'destroy');
      assert.equal(bye.get('Reason'), 'Q.850;cause=16');
    });

    it(`hangs up from the application${transport}`, async () => {
      const ended = gate<EndCause>();
      const { dialog } = await answered(transport, { onEnd: ended.open });
      await within(dialog.destroy({ headers: { 'X-Why': 'tired' } }), 'the BYE');
      const cause = await within(ended.promise, 'the BYE at the phone');
      assert.ok(cause.by === 'remote');
      assert.equal(cause.request.headers.get('x-why'), 'tired');
    });
  }

  it('gives a request its source, its protocol and its identity', async () => {
    const seen = gate<SrfRequest>();
    onInvite = (req, res) => {
      seen.open(req);
      res.send(486);
    };
    const call = phone.call(phone.uriOf('800'), { body: sdp(7000), headers: [['X-A', 'b']] });
    const req = await within(seen.promise, 'the INVITE');
    assert.equal(req.source_address, '127.0.0.1');
    assert.equal(req.source_port, phone.agent.port);
    assert.equal(req.protocol, 'udp');
    assert.equal(req.get('X-A'), 'b');
    assert.equal(req.body, sdp(7000));
    assert.equal(statusOf(await call.failed), 486);
  });

  it('sends provisional responses, early media and headers', async () => {
    onInvite = (req, res) => {
      res.send(180, { headers: { 'X-Ring': 'yes' } });
      res.send(183, { body: sdp(9000) });
      void srf.createUAS(req, res, { localSdp: sdp(9000) });
    };
    const progress: string[] = [];
    const call = phone.call(phone.uriOf('800'), { body: sdp(7000) }, {}, (response) => {
      progress.push(`${response.status} ${response.headers.get('x-ring') ?? response.body}`);
    });
    const { session } = await within(call.answered, 'an answer');
    assert.deepEqual(progress, ['180 yes', `183 ${sdp(9000)}`]);
    session.bye();
  });

  it('refuses with status, reason and headers', async () => {
    onInvite = (_req, res) => res.send(503, 'Come Later', { headers: { 'Retry-After': '7' } });
    const call = phone.call(phone.uriOf('800'), { body: sdp(7000) });
    const failure = await within(call.failed, 'a refusal');
    assert.ok(typeof failure !== 'string');
    assert.equal(failure.status, 503);
    assert.equal(failure.reason, 'Come Later');
    assert.equal(failure.headers.get('retry-after'), '7');
  });

  it('tells the application of a CANCEL, and the caller 487', async () => {
    const cancelled = gate<SrfRequest>();
    onInvite = (req, res) => {
      req.on('cancel', (cancel) => cancelled.open(cancel));
      res.send(180);
    };
    const call = phone.call(phone.uriOf('800'), { body: sdp(7000) }, {}, () => call.call.cancel());
    assert.equal(statusOf(await within(call.failed, 'the 487')), 487);
    assert.equal((await within(cancelled.promise, 'cancel')).method, 'CANCEL');
  });

  it('refuses an answer that comes after the CANCEL', async () => {
    const outcome = gate<unknown>();
    onInvite = (req, res) => {
      res.send(180);
      req.on('cancel', () => {
        void settle().then(() => {
          res.send(200, { body: sdp(9000) }, (error: unknown) => outcome.open(error));
        });
      });
    };
    const call = phone.call(phone.uriOf('800'), { body: sdp(7000) }, {}, () => call.call.cancel());
    assert.equal(statusOf(await within(call.failed, 'the 487')), 487);
    assert.match(String(await within(outcome.promise, 'the error')), /unknown transaction/);
  });

  it('carries re-INVITE, INFO, MESSAGE, OPTIONS and UPDATE from the caller', async () => {
    const { dialog, far } = await answered();
    const seen: string[] = [];
    for (const event of ['info', 'message', 'options', 'update']) {
      dialog.on(event, (req: SrfRequest, res: SrfResponse) => {
        seen.push(`${event} ${req.body}`);
        res.send(200, { headers: { 'X-Event': event } });
      });
    }
    dialog.on('modify', (req: SrfRequest, res: SrfResponse) => {
      seen.push('modify');
      assert.equal(req.body, sdp(7002, 'sendrecv', 2));
      res.send(200, { body: sdp(9002) });
    });
    const modified = responseOf(await far.reinvite({ body: sdp(7002, 'sendrecv', 2) }));
    assert.equal(modified.body, sdp(9002));
    for (const event of ['info', 'message', 'options']) {
      const parts = { body: 'hello', contentType: 'text/plain' };
      const response = responseOf(await far.request(event.toUpperCase(), parts));
      assert.equal(response.headers.get('x-event'), event);
    }
    const updated = responseOf(await far.request('UPDATE', { body: sdp(7004) }));
    assert.equal(updated.status, 200);
    assert.deepEqual(seen, [
      'modify',
      'info hello',
      'message hello',
      'options hello',
      `update ${sdp(7004)}`,
    ]);
    far.bye();
  });

  it('holds and resumes by re-INVITE without the application doing anything', async () => {
    const { dialog, far } = await answered();
    const events: string[] = [];
    dialog.on('hold', () => events.push('hold'));
    dialog.on('unhold', () => events.push('unhold'));
    const held = responseOf(await far.reinvite({ body: sdp(7000, 'sendonly', 2) }));
    assert.match(held.body, /a=recvonly/);
    assert.equal(dialog.onHold, true);
    const resumed = responseOf(await far.reinvite({ body: sdp(7000, 'sendrecv', 3) }));
    assert.match(resumed.body, /a=sendrecv/);
    assert.deepEqual(events, ['hold', 'unhold']);
    far.bye();
  });

  it('modifies, INFOs and REFERs from the application', async () => {
    const seen: SipRequest[] = [];
    const { dialog } = await answered('', {
      onReinvite: (offer: { request: SipRequest; accept(parts: object): void }) => {
        seen.push(offer.request);
        offer.accept({ body: sdp(7010) });
      },
    });
    assert.equal(await within(dialog.modify(sdp(9010)), 'modify'), sdp(7010));
    assert.equal(seen[0]?.body, sdp(9010));
    const info = await within(
      dialog.request({
        method: 'INFO',
        headers: { 'Content-Type': 'application/dtmf-relay' },
        body: 'Signal=1\r\nDuration=160',
      }),
      'INFO',
    );
    assert.equal(info.status, 200);
    const refer = dialog.request({ method: 'REFER', headers: { 'Refer-To': 'sip:x@127.0.0.1' } });
    assert.equal((await within(refer, 'REFER')).status, 603);
    await within(dialog.destroy(), 'BYE');
  });

  it('hands a REFER of the caller to the application, which answers 202 and NOTIFYs', async () => {
    const notified = gate<SipRequest>();
    const { dialog, far } = await answered('', {
      onRequest: (transaction: { request: SipRequest; respond(response: unknown): void }) => {
        notified.open(transaction.request);
        transaction.respond(responseTo(transaction.request, 200));
      },
    });
    dialog.on('refer', (req: SrfRequest, res: SrfResponse) => {
      assert.match(req.get('Refer-To'), /sip:other@/);
      res.send(202);
      void dialog.request({
        method: 'NOTIFY',
        headers: {
          'Content-Type': 'message/sipfrag',
          Event: 'refer',
          'Subscription-State': 'terminated;reason=noresource',
        },
        body: 'SIP/2.0 200 OK',
      });
    });
    const refer = await far.request('REFER', { headers: [['Refer-To', '<sip:other@127.0.0.1>']] });
    assert.equal(responseOf(refer).status, 202);
    const notify = await within(notified.promise, 'NOTIFY');
    assert.equal(notify.body, 'SIP/2.0 200 OK');
    // A NOTIFY of the end of a REFER does not end the call.
    assert.equal(responseOf(await far.request('OPTIONS')).status, 200);
    far.bye();
  });

  it('sends a reliable 183 and routes its PRACK', async () => {
    const pracked = gate<void>();
    onInvite = (req, res) => {
      const send = res.send as unknown as (...args: unknown[]) => void;
      send.call(
        res,
        183,
        { body: sdp(9000), headers: { Require: '100rel' } },
        () => {},
        (prack: { res: SrfResponse }) => {
          prack.res.send(200);
          pracked.open();
          void srf.createUAS(req, res, { localSdp: sdp(9000) });
        },
      );
    };
    const call = phone.call(phone.uriOf('800'), {
      body: sdp(7000),
      headers: [['Supported', '100rel']],
    });
    await within(pracked.promise, 'PRACK');
    const { session } = await within(call.answered, 'an answer');
    session.bye();
  });

  it('answers a request of no dialog with 481', async () => {
    const to = `<${phone.uriOf('800')}>;tag=nothing`;
    for (const method of ['BYE', 'UPDATE']) {
      const response = await phone.request(method, phone.uriOf('800'), { to });
      assert.equal(response.status, 481, method);
    }
    const call = phone.call(phone.uriOf('800'), { to, body: sdp(7000) });
    assert.equal(statusOf(await within(call.failed, 'the 481')), 481);
  });

  it('answers 503 when nobody asked for the method', async () => {
    const response = await phone.request('MESSAGE', phone.uriOf('800'), {
      body: 'x',
      contentType: 'text/plain',
    });
    assert.equal(response.status, 503);
  });
});
