import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type EndCause,
  type IncomingCall,
  type Session,
  type SipRequest,
  UserAgent,
} from '../../../../src/embedded/sip/index.ts';

/** A promise and its key, for waiting on events. */
function gate<T>() {
  let open: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

describe('user agent', () => {
  let caller: UserAgent;
  let callee: UserAgent;
  let onInvite: (call: IncomingCall) => void = () => {};

  before(async () => {
    callee = await UserAgent.open({
      host: '127.0.0.1',
      port: 0,
      onInvite: (call) => onInvite(call),
    });
    caller = await UserAgent.open({ host: '127.0.0.1', port: 0 });
  });
  after(async () => {
    await Promise.all([caller.close(), callee.close()]);
  });

  const uri = (transport = '') => `sip:b@127.0.0.1:${callee.port}${transport}`;

  for (const transport of ['', ';transport=tcp']) {
    it(`carries a call with re-INVITE, INFO and BYE${transport}`, async () => {
      const acked = gate<SipRequest>();
      const ended = gate<EndCause>();
      onInvite = (call) => {
        assert.equal(call.request.body, 'offer');
        call.progress(180);
        call.accept(
          { body: 'answer' },
          {
            onAck: (ack) => acked.open(ack),
            onReinvite: (offer) => offer.accept({ body: `again ${offer.request.body}` }),
            onEnd: (cause) => ended.open(cause),
          },
        );
      };
      const answered = gate<Session>();
      const progress: number[] = [];
      caller.invite(
        uri(transport),
        { body: 'offer' },
        {
          onProgress: (response) => progress.push(response.status),
          onAnswer: (session, response) => {
            assert.equal(response.body, 'answer');
            answered.open(session);
          },
          onFailure: (failure) => assert.fail(String(failure)),
        },
      );
      const session = await answered.promise;
      await acked.promise;
      assert.deepEqual(progress, [180]);
      const again = await session.reinvite({ body: 'hold' });
      assert.ok(again.ok && again.value.body === 'again hold');
      const info = await session.request('INFO', { body: 'x', contentType: 'text/plain' });
      assert.ok(info.ok && info.value.status === 200);
      session.bye();
      const cause = await ended.promise;
      assert.equal(cause.by, 'remote');
      assert.equal(callee.dialogCount, 0);
      assert.equal(caller.dialogCount, 0);
    });
  }

  it('cancels a ringing call', async () => {
    const cancelled = gate<void>();
    onInvite = (call) => {
      call.onCancel = () => cancelled.open();
      call.progress(180);
    };
    const failed = gate<unknown>();
    const call = caller.invite(
      uri(),
      {},
      {
        onProgress: () => call.cancel(),
        onAnswer: () => assert.fail('answered'),
        onFailure: (failure) => failed.open(failure),
      },
    );
    await cancelled.promise;
    assert.equal(((await failed.promise) as { status: number }).status, 487);
  });

  it('delivers a reliable provisional response and its PRACK (RFC 3262)', async () => {
    const pracked = gate<boolean>();
    onInvite = (call) => {
      void call.progressReliably(183, { body: 'early' }).then((done) => {
        pracked.open(done);
        call.reject(486);
      });
    };
    const failed = gate<unknown>();
    caller.invite(
      uri(),
      { headers: [['Supported', '100rel']] },
      { onAnswer: () => assert.fail('answered'), onFailure: (failure) => failed.open(failure) },
    );
    assert.equal(await pracked.promise, true);
    assert.equal(((await failed.promise) as { status: number }).status, 486);
  });

  it('answers OPTIONS with 200, an unknown dialog with 481', async () => {
    const options = await caller.request('OPTIONS', uri());
    assert.ok(options.ok && options.value.status === 200);
    const bye = await caller.request('BYE', uri(), { to: `<${uri()}>;tag=none` });
    assert.ok(bye.ok && bye.value.status === 481);
  });

  it('names the port in use', async () => {
    await assert.rejects(
      UserAgent.open({ host: '127.0.0.1', port: callee.port }),
      new RegExp(`SIP port 127.0.0.1:${callee.port}/udp is in use`),
    );
  });

  it('tells a refused connection as a transport failure', async () => {
    const outcome = await caller.request('OPTIONS', 'sip:127.0.0.1:1;transport=tcp');
    assert.deepEqual(outcome, { ok: false, error: 'transport' });
  });

  it('refuses offers that cross each other (RFC 3261 section 14.1)', async () => {
    const answered = gate<Session>();
    const calleeSession = gate<Session>();
    const acked = gate<void>();
    onInvite = (call) => {
      const session = call.accept({ body: 'a' }, { onAck: () => acked.open() });
      if (session) calleeSession.open(session);
    };
    caller.invite(
      uri(),
      { body: 'o' },
      { onAnswer: (session) => answered.open(session), onFailure: () => assert.fail() },
    );
    const [one, other] = await Promise.all([answered.promise, calleeSession.promise]);
    await acked.promise;
    const outcomes = await Promise.all([
      one.reinvite({ body: '1' }),
      other.reinvite({ body: '2' }),
    ]);
    for (const outcome of outcomes) assert.ok(outcome.ok && outcome.value.status === 491);
    one.bye();
  });
});
