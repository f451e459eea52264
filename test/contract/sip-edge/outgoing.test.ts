import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, beforeEach, describe, it } from 'node:test';
import type {
  EndCause,
  IncomingCall,
  IncomingOffer,
  Session,
  SipRequest,
} from '../../../src/embedded/sip/index.ts';
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
  within,
} from './support.ts';

describe('calls from the application', () => {
  let target: Switch;
  let srf: Srf;
  let phone: Phone;

  before(async () => {
    target = await openSwitch();
    srf = await connectSrf(target);
    phone = await Phone.open(target);
  });
  beforeEach(() => {
    phone.onInvite = (call) => call.reject(404);
  });
  after(async () => {
    srf.disconnect();
    await phone.close();
    await target.close();
  });

  async function connected(parameters = '', options: object = {}, handlers: object = {}) {
    const far = gate<{ call: IncomingCall; session: Session }>();
    const acked = gate<SipRequest>();
    phone.onInvite = (call) => {
      call.progress(180);
      const session = call.accept({ body: sdp(7000) }, { onAck: acked.open, ...handlers });
      if (session) far.open({ call, session });
    };
    const progress: number[] = [];
    const dialog = await within(
      srf.createUAC(
        phone.uri + parameters,
        { localSdp: sdp(9000), ...options },
        { cbProvisional: (response: SrfResponse) => progress.push(response.status) },
      ),
      'an answer',
    );
    const ack = await within(acked.promise, 'the ACK');
    return { dialog, progress, ack, ...(await far.promise) };
  }

  for (const transport of ['', ';transport=tcp']) {
    it(`places a call and hangs up${transport}`, async () => {
      const ended = gate<EndCause>();
      const { dialog, progress, call } = await connected(transport, {}, { onEnd: ended.open });
      assert.deepEqual(progress, [180]);
      assert.equal(call.request.body, sdp(9000));
      assert.equal(dialog.remote.sdp, sdp(7000));
      assert.match(call.request.headers.get('contact') ?? '', new RegExp(`:${target.sipPort}`));
      await within(dialog.destroy(), 'the BYE');
      assert.equal((await within(ended.promise, 'the end')).by, 'remote');
    });

    it(`hears the BYE of the callee${transport}`, async () => {
      const { dialog, session } = await connected(transport);
      const gone = once(dialog, 'destroy');
      session.bye();
      await within(gone, 'destroy');
    });
  }

  it('replaces localhost by its address, and keeps the names given', async () => {
    const { call, dialog } = await connected('', {
      headers: {
        From: '"Ana" <sip:5551@localhost>',
        To: '<sip:bob@example.test>',
        Contact: '<sip:5551@localhost>',
        'P-Asserted-Identity': '<sip:5551@localhost>',
        'x-lower': '1',
        'alert-info': '<http://x>;info=alert-autoanswer',
        'Call-Info': '<sip:x>;answer-after=0',
      },
    });
    const { headers } = call.request;
    const address = `${target.sipHost}:${target.sipPort}`;
    assert.match(headers.get('from') ?? '', new RegExp(`^"?Ana"? <sip:5551@${address}>;tag=`));
    assert.equal(headers.get('to'), '<sip:bob@example.test>');
    assert.equal(headers.get('contact'), `<sip:5551@${address}>`);
    assert.equal(headers.get('p-asserted-identity'), `<sip:5551@${address}>`);
    assert.equal(headers.get('alert-info'), '<http://x>;info=alert-autoanswer');
    assert.equal(headers.get('x-lower'), '1');
    assert.equal(headers.get('call-info'), '<sip:x>;answer-after=0');
    await dialog.destroy();
  });

  for (const status of [302, 404, 480, 486, 488, 503, 603]) {
    it(`tells a refusal with ${status}`, async () => {
      phone.onInvite = (call) => call.reject(status, { headers: [['X-Why', 'so']] });
      const attempt = srf.createUAC(phone.uri, { localSdp: sdp(9000) });
      await within(assert.rejects(attempt, { status }), 'the refusal');
    });
  }

  it('cancels while it rings', async () => {
    const cancelled = gate<SipRequest>();
    phone.onInvite = (call) => {
      call.onCancel = cancelled.open;
      call.progress(180);
    };
    let sent: SrfRequest | undefined;
    const attempt = srf.createUAC(
      phone.uri,
      { localSdp: sdp(9000) },
      {
        cbRequest: (_error: unknown, req: SrfRequest) => {
          sent = req;
        },
        cbProvisional: () => sent?.cancel(),
      },
    );
    await within(assert.rejects(attempt, { status: 487 }), 'the 487');
    await within(cancelled.promise, 'the CANCEL');
  });

  it('holds a CANCEL until something was heard', async () => {
    const ringing = gate<IncomingCall>();
    const cancelled = gate<SipRequest>();
    phone.onInvite = (call) => {
      call.onCancel = cancelled.open;
      ringing.open(call);
    };
    const attempt = srf.createUAC(
      phone.uri,
      { localSdp: sdp(9000) },
      { cbRequest: (_error: unknown, req: SrfRequest) => req.cancel() },
    );
    await within(assert.rejects(attempt, { status: 487 }), 'the 487');
    await within(cancelled.promise, 'the CANCEL');
  });

  it('ends a call that was answered in spite of the CANCEL', async () => {
    const ended = gate<EndCause>();
    phone.onInvite = (call) => {
      call.progress(180);
      // The phone answers and only then hears of the CANCEL.
      call.onCancel = () => assert.fail('cancelled before the answer');
      call.accept({ body: sdp(7000) }, { onEnd: ended.open });
    };
    let sent: SrfRequest | undefined;
    const attempt = srf.createUAC(
      phone.uri,
      { localSdp: sdp(9000) },
      {
        cbRequest: (_error: unknown, req: SrfRequest) => {
          sent = req;
          sent.cancel();
        },
      },
    );
    await attempt.then(
      (dialog) => dialog.destroy().catch(() => undefined),
      () => undefined,
    );
    assert.equal((await within(ended.promise, 'the BYE')).by, 'remote');
  });

  it('answers a challenge by itself', async () => {
    phone.onInvite = (call) => {
      if (!call.request.headers.has('proxy-authorization')) {
        const challenge = 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"';
        call.reject(407, { headers: [['Proxy-Authenticate', challenge]] });
      } else {
        assert.match(call.request.headers.get('proxy-authorization') ?? '', /username="u"/);
        call.accept({ body: sdp(7000) });
      }
    };
    const dialog = await within(
      srf.createUAC(phone.uri, {
        localSdp: sdp(9000),
        auth: { username: 'u', password: 'p' },
      }),
      'an answer',
    );
    await dialog.destroy();
  });

  it('modifies, and lets itself be modified', async () => {
    const acked = gate<void>();
    const { dialog, session } = await connected(
      '',
      {},
      {
        onReinvite: (offer: IncomingOffer) => {
          session.handle({ onAck: () => acked.open() });
          offer.accept({ body: sdp(7020) });
        },
      },
    );
    assert.equal(await within(dialog.modify(sdp(9020)), 'modify'), sdp(7020));
    await within(acked.promise, 'the ACK to the re-INVITE');
    dialog.on('modify', (_req: SrfRequest, res: SrfResponse) => res.send(200, { body: sdp(9022) }));
    const outcome = responseOf(await session.reinvite({ body: sdp(7022, 'sendrecv', 3) }));
    assert.equal(outcome.body, sdp(9022));
    await dialog.destroy();
  });

  it('takes 491 for an answer to a re-INVITE', async () => {
    const { dialog } = await connected(
      '',
      {},
      {
        onReinvite: (offer: { reject(status: number): void }) => offer.reject(491),
      },
    );
    await within(assert.rejects(dialog.modify(sdp(9020)), { status: 491 }), 'the 491');
    await dialog.destroy();
  });

  it('leaves the answer to the ACK when the INVITE had none (3pcc)', async () => {
    const acked = gate<SipRequest>();
    phone.onInvite = (call) => {
      assert.equal(call.request.body, '');
      call.accept({ body: sdp(7000) }, { onAck: acked.open });
    };
    const late = (await within(
      srf.createUAC(phone.uri, { noAck: true }),
      'the offer',
    )) as unknown as { sdp: string; ack(sdp: string): Promise<SrfDialog> };
    assert.equal(late.sdp, sdp(7000));
    const dialog = await within(late.ack(sdp(9000)), 'the dialog');
    assert.equal((await within(acked.promise, 'the ACK')).body, sdp(9000));
    await dialog.destroy();
  });

  it('acknowledges a reliable provisional response with PRACK', async () => {
    const pracked = gate<boolean>();
    phone.onInvite = (call) => {
      void call.progressReliably(183, { body: sdp(7000) }).then((done) => {
        pracked.open(done);
        call.accept({ body: sdp(7000) });
      });
    };
    const dialog = await within(
      srf.createUAC(
        phone.uri,
        { localSdp: sdp(9000), headers: { Supported: '100rel' } },
        {
          cbProvisional: (_response: SrfResponse, ack?: () => void) => ack?.(),
        },
      ),
      'an answer',
    );
    assert.equal(await pracked.promise, true);
    await dialog.destroy();
  });

  it('sends through a proxy that is given', async () => {
    const seen = gate<SipRequest>();
    phone.onInvite = (call) => {
      seen.open(call.request);
      call.reject(486);
    };
    const proxy = `sip:127.0.0.1:${phone.agent.port};transport=tcp`;
    const attempt = srf.createUAC('sip:bob@far.example.test', { localSdp: sdp(9000), proxy });
    await within(assert.rejects(attempt, { status: 486 }), 'the refusal');
    const invite = await seen.promise;
    assert.equal(invite.uri, 'sip:bob@far.example.test');
    assert.match(invite.headers.get('via') ?? '', /TCP/);
  });

  for (const transport of ['', ';transport=tcp']) {
    it(`tells at once that nobody listens, by 503${transport}`, async () => {
      const uri = `sip:x@127.0.0.1:1${transport}`;
      const attempt = srf.createUAC(uri, { localSdp: sdp(9000) });
      await within(assert.rejects(attempt, { status: 503 }), 'the 503');
    });
  }

  it('ends a dialog with a phone that is switched off', async () => {
    const mortal = await Phone.open(target);
    mortal.onInvite = (call) => void call.accept({ body: sdp(7000) });
    const dialog = await within(srf.createUAC(mortal.uri, { localSdp: sdp(9000) }), 'an answer');
    await mortal.close();
    await within(dialog.destroy(), 'the end');
  });

  it('refuses a nonsense URI', async () => {
    await assert.rejects(srf.createUAC('sip:x@', { localSdp: sdp(9000) }), /invalid request-uri/);
  });

  it('refuses to call itself', async () => {
    const own = `sip:x@${target.sipHost}:${target.sipPort}`;
    await assert.rejects(
      srf.createUAC(own, { localSdp: sdp(9000) }),
      /can not send request to myself/,
    );
  });

  it('sends OPTIONS and MESSAGE outside a dialog', async () => {
    for (const method of ['OPTIONS', 'MESSAGE']) {
      const answer = gate<SrfResponse>();
      const headers = { 'Content-Type': 'text/plain' };
      srf.request(phone.uri, { method, headers, body: 'x' }, (_error, req) => {
        req.on('response', answer.open);
      });
      const response = await within(answer.promise, method);
      assert.equal(response.status, method === 'OPTIONS' ? 200 : 405);
    }
  });

  it('gets an in-dialog request of a dialog that is over refused', async () => {
    const { dialog, session } = await connected();
    const gone = once(dialog, 'destroy');
    session.bye();
    await within(gone, 'destroy');
    await assert.rejects(dialog.request({ method: 'INFO' }), { code: 'ENODIALOG' });
  });

  it('follows a route set', async () => {
    const route = `<sip:127.0.0.1:${phone.agent.port};lr>`;
    const seen = gate<SipRequest>();
    phone.onInvite = (call) => {
      // A proxy before us has recorded its route; in the test it is the phone itself.
      call.request.headers.add('Record-Route', route);
      call.accept(
        { body: sdp(7000) },
        { onEnd: (cause) => cause.by === 'remote' && seen.open(cause.request) },
      );
    };
    const dialog = await within(srf.createUAC(phone.uri, { localSdp: sdp(9000) }), 'an answer');
    await dialog.destroy();
    const bye = await within(seen.promise, 'the BYE');
    assert.deepEqual(bye.headers.all('route'), [route]);
  });

  it('bridges a call by createB2BUA, BYE both ways', async () => {
    const hub = await connectSrf(target, {
      invite: (req, res) => {
        void hub.createB2BUA(req, res, phone.uri, { localSdpB: req.body }).then(({ uas, uac }) => {
          uas.on('destroy', () => void uac.destroy());
          uac.on('destroy', () => void uas.destroy());
        });
      },
    });
    const caller = await Phone.open(target, 'caller');
    const far = gate<Session>();
    phone.onInvite = (call) => {
      const session = call.accept({ body: sdp(7000) });
      if (session) far.open(session);
    };
    const ended = gate<EndCause>();
    const call = caller.call(caller.uriOf('800'), { body: sdp(7100) }, { onEnd: ended.open });
    const { response } = await within(call.answered, 'an answer');
    assert.equal(response.body, sdp(7000));
    (await far.promise).bye();
    assert.equal((await within(ended.promise, 'the BYE')).by, 'remote');
    hub.disconnect();
    await caller.close();
  });
});
