import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { serialise } from '../../../src/embedded/sip/index.ts';
import { eventually, pause } from '../../support/eventually.ts';
import { RawPhone } from '../sip-edge/raw-phone.ts';
import { EventProbe } from './support/event-probe.ts';
import { block, connect, sdp, seenBy, statusOf } from './support/far-end.ts';
import { openSuite } from './support/suite.ts';

const { switches, desk, phone } = await openSuite();
beforeEach(() => {
  desk.verdict = { accept: true };
});

const dial = (body?: string, headers: readonly [string, string][] = []) =>
  phone.call(phone.uriOf('8005550100'), { ...(body ? { body } : {}), headers });

test('A caller is answered with the media server’s description, and hangs up', async () => {
  const { caller, leg, answer } = await connect(desk, phone);
  assert.match(answer, /m=audio \d+ RTP\/AVP 8 101/);
  assert.equal(leg.identity.mediaServer, `${switches.media.host}:${switches.media.port}`);
  caller.bye();
  assert.equal((await desk.next('callerGone')).why, 'hungup');
});

test('We hang up, more than once', async () => {
  const { leg, hungUp } = await connect(desk, phone);
  leg.hangup();
  leg.hangup();
  await hungUp();
  await desk.nothingLeft();
  assert.deepEqual(desk.types(), ['arrived'], 'nobody is told of what they did themselves');
});

test('An INVITE without a description is answered with ours, and takes theirs in the ACK', async () => {
  const answered = new Promise<string>((resolve) => {
    phone.agent.invite(
      phone.uriOf('8005550100'),
      {},
      {
        onAnswer: (_session, response) => resolve(response.body),
        onFailure: (failure) => resolve(`failed with ${statusOf(failure)}`),
        answerFor: () => ({ body: sdp(40_100) }),
      },
    );
  });
  assert.match(await answered, /m=audio \d+ RTP\/AVP/);
  const { leg } = await desk.next('answered');
  leg.hangup();
});

test('The runtime’s refusal is what the caller gets', async () => {
  desk.verdict = { accept: false, status: 404 };
  assert.equal(statusOf(await dial(sdp(40_000)).failed), 404);
});

test('A call without an offer whose ACK brings no answer that can be used is hung up', async () => {
  for (const answer of [undefined, sdp(0)]) {
    let over = false;
    phone.agent.invite(
      phone.uriOf('8005550100'),
      {},
      {
        onAnswer: () => {},
        onFailure: (failure) => assert.fail(`failed with ${statusOf(failure)}`),
        session: { onEnd: () => (over = true) },
        ...(answer === undefined ? {} : { answerFor: () => ({ body: answer }) }),
      },
    );
    await eventually('the caller is hung up', () => over);
    assert.equal((await desk.next('callerGone')).why, 'media');
  }
});

for (const [what, body] of [
  ['no audio', sdp(40_000).replace('m=audio', 'm=video')],
  ['an audio stream that is refused', sdp(0)],
  [
    'unknown codecs only',
    sdp(40_000)
      .replace('AVP 8 101', 'AVP 97')
      .replace(/rtpmap:8 PCMA/, 'rtpmap:97 nosuch'),
  ],
  ['no SDP at all', 'this is not SDP'],
  ['what only browsers speak', sdp(40_000).replace('RTP/AVP 8', 'UDP/TLS/RTP/SAVPF 111')],
] as const) {
  test(`A description with ${what} is not acceptable`, async () => {
    assert.equal(statusOf(await dial(body).failed), 488);
    assert.equal((await desk.next('callerGone')).why, 'media');
  });
}

test('A caller who cancels at once is gone, wherever the call stands', async () => {
  for (const waitMs of [0, 1, 2, 3, 4, 5, 7, 9, 12]) {
    const { call, answered } = dial(sdp(40_000));
    // The 200 may be faster than the CANCEL: then the caller says BYE.
    void answered.then(({ session }) => session.bye());
    if (waitMs > 0) await pause(waitMs);
    call.cancel();
    assert.match((await desk.next('callerGone')).why, /cancelled|hungup/, `after ${waitMs} ms`);
    await desk.nothingLeft();
  }
});

test('A caller who says BYE as soon as they hear the 200 is gone', async () => {
  for (let round = 0; round < 10; round++) {
    phone.agent.invite(
      phone.uriOf('8005550100'),
      { body: sdp(40_000) },
      {
        onAnswer(session) {
          session.bye();
          // The word of the answer and the BYE now come to telephony in one piece.
          block(25);
        },
        onFailure: () => undefined,
      },
    );
    assert.equal((await desk.next('callerGone')).why, 'hungup');
    await desk.nothingLeft();
  }
});

test('An INVITE without Contact is a bad request, and no call', async () => {
  const raw = await RawPhone.open(seenBy(switches));
  const invite = raw.request('INVITE', [], sdp(40_000));
  raw.send(serialise(invite).replace(/^Contact:.*\r\n/m, ''));
  await raw.next(400);
  raw.close();
});

test('Whoever names no place where they can be called back hears nothing, and harms nobody', async () => {
  const raw = await RawPhone.open(seenBy(switches));
  const contacts = ['<tel:+34911234567>', '<fax:+34>', `<tel:+34>, <${raw.uri}>`, '*'];
  for (const contact of contacts)
    for (const method of ['INVITE', 'SUBSCRIBE']) {
      const request = raw.request(method, [['Event', 'dialog']], sdp(40_000));
      raw.send(serialise(request).replace(/^Contact:.*$/m, `Contact: ${contact}`));
    }
  // The embedded switch refuses `*` by itself.
  await eventually('they are passed over', () => desk.telephony.turnedAway.ignored >= 6);
  raw.close();
  const { leg } = await connect(desk, phone);
  assert.equal(desk.types().filter((type) => type === 'arrived').length, 1);
  leg.hangup();
});

test('A request of a dialog that nobody knows does not exist, and is no call', async () => {
  const raw = await RawPhone.open(seenBy(switches));
  const invite = raw.request('INVITE', [], sdp(40_000));
  invite.headers.set('To', `${invite.headers.get('To')};tag=nosuch`);
  raw.send(invite);
  await raw.next(481);
  assert.deepEqual(desk.types(), []);
  raw.close();
});

test('Reliable provisional responses may be required, other extensions not', async () => {
  const { answered } = dial(sdp(40_000), [['Require', '100rel']]);
  const { session } = await answered;
  session.bye();
  await desk.next('callerGone');
  assert.equal(statusOf(await dial(sdp(40_000), [['Require', 'nosuch']]).failed), 420);
});

test('Session timers that a caller supports are no obstacle', async () => {
  const { answered } = dial(sdp(40_000), [
    ['Supported', 'timer'],
    ['Session-Expires', '90;refresher=uac'],
  ]);
  const { session } = await answered;
  session.bye();
  await desk.next('callerGone');
});

test('REFER is declined; INFO and OPTIONS in a call are answered, and what is not taken is refused', async () => {
  const { caller } = await connect(desk, phone);
  const refer = await caller.request('REFER', { headers: [['Refer-To', '<sip:9@nowhere>']] });
  assert.equal(refer.ok && refer.value.status, 603);
  for (const [method, status] of [
    ['INFO', 200],
    ['OPTIONS', 200],
    ['MESSAGE', 405],
  ] as const) {
    const outcome = await caller.request(method);
    assert.equal(outcome.ok && outcome.value.status, status, method);
  }
  caller.bye();
  await desk.next('callerGone');
});

test('Prompts are played to their end, or stopped; what follows a stop is heard', async () => {
  const { leg, caller } = await connect(desk, phone);
  const [tone, long] = ['tone_stream://%(300,0,440)', 'tone_stream://%(20000,0,440)'];
  assert.equal(await leg.play([tone]), 'played');
  const stopped = leg.play([long]);
  leg.stopPlaying();
  assert.equal(await stopped, 'stopped');
  const start = performance.now();
  assert.equal(await leg.play([tone]), 'played');
  assert.ok(performance.now() - start > 250, 'the stop ends only what was played before it');
  const unfinished = leg.play([long]);
  caller.bye();
  assert.equal(await unfinished, 'stopped');
  assert.equal(await leg.play([tone]), 'stopped', 'a leg that is over plays nothing');
  await desk.next('callerGone');
});

test('When the media server ends a channel, the caller is hung up', async () => {
  const { leg, hungUp } = await connect(desk, phone);
  const probe = await EventProbe.open(switches.media);
  await probe.api(`uuid_kill ${leg.callId}`);
  probe.close();
  await hungUp();
  assert.equal((await desk.next('callerGone')).why, 'media');
});
