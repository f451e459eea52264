import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome, Session } from '../../../src/embedded/sip/index.ts';
import { eventually, pause } from '../../support/eventually.ts';
import { TONES } from '../../support/tones.ts';
import { answeringPhone, connect, connectTalking, hangUpTalkers, sdp } from './support/far-end.ts';
import { openSuite } from './support/suite.ts';

const { switches, desk, phone } = await openSuite();

const statusOf = (outcome: Outcome): number | string =>
  outcome.ok ? outcome.value.status : outcome.error;
const bodyOf = (outcome: Outcome): string =>
  outcome.ok ? outcome.value.body || `status ${outcome.value.status}` : outcome.error;

const HOLD = { body: sdp(40_000, 'sendonly', 2) };
const RETRIEVE = { body: sdp(40_000, 'sendrecv', 3) };
const UNKNOWN_CODECS = {
  body: sdp(40_000).replace('AVP 8 101', 'AVP 97').replace('rtpmap:8 PCMA', 'rtpmap:97 nosuch'),
};

/** Offers until offers no longer cross, as phones do: FreeSWITCH makes one itself when it bridges (RFC 3261 14.1). */
async function insist(session: Session, parts: { body: string }, status = 200): Promise<Outcome> {
  const outcome = await session.reinvite(parts);
  if (statusOf(outcome) === 491) {
    await pause(100 + 200 * Math.random());
    return insist(session, parts, status);
  }
  assert.equal(statusOf(outcome), status);
  return outcome;
}

async function talking() {
  const agent = await answeringPhone(switches);
  const call = await connect(desk, phone);
  desk.ring(call.leg.callId, [agent.uri]);
  const { leg: agentLeg } = await desk.next('agentAnswered');
  assert.ok(await desk.telephony.bridge(call.leg, agentLeg));
  const [agentSession] = agent.sessions;
  assert.ok(agentSession);
  const over = async () => {
    agentLeg.hangup();
    call.leg.hangup();
    await agent.hungUp();
    await call.hungUp();
    await agent.phone.close();
  };
  return { ...call, agentSession, over };
}

test('The caller holds and retrieves, before and during the conversation', async () => {
  const { caller, leg } = await connect(desk, phone);
  assert.match(bodyOf(await caller.reinvite(HOLD)), /a=recvonly/);
  const back = await caller.reinvite(RETRIEVE);
  assert.equal(statusOf(back), 200);
  assert.doesNotMatch(bodyOf(back), /a=(recvonly|inactive|sendonly)/);
  leg.hangup();
  await desk.nothingLeft();

  const talk = await talking();
  assert.match(bodyOf(await insist(talk.caller, HOLD)), /a=recvonly/);
  await insist(talk.caller, RETRIEVE);
  await talk.over();
});

test('The agent holds and retrieves', async () => {
  const { agentSession, over } = await talking();
  assert.match(bodyOf(await insist(agentSession, HOLD)), /a=recvonly/);
  await insist(agentSession, RETRIEVE);
  await over();
});

test('A new description that is refused leaves the call as it was, and the next one is heard', async () => {
  const { caller, agentSession, over } = await talking();
  for (const session of [caller, agentSession]) {
    await insist(session, UNKNOWN_CODECS, 488);
    await insist(session, HOLD);
    await insist(session, RETRIEVE);
  }
  await over();
});

test('The same description again is a session refresh', async () => {
  const { caller, leg } = await connect(desk, phone);
  for (let times = 0; times < 3; times++) {
    assert.equal(statusOf(await caller.reinvite({ body: sdp(40_000) })), 200);
  }
  leg.hangup();
});

test('A re-INVITE without a description is answered with ours', async () => {
  const { caller, leg } = await connect(desk, phone);
  const outcome = await caller.reinvite({});
  assert.equal(statusOf(outcome), 200);
  assert.match(bodyOf(outcome), /m=audio \d+ RTP/);
  assert.equal(statusOf(await caller.reinvite(HOLD)), 200, 'and the next has its turn');
  leg.hangup();
});

test('An UPDATE with a description reaches the media server, one without is a refresh', async () => {
  const { caller, leg } = await connect(desk, phone);
  const hold = await caller.request('UPDATE', HOLD);
  assert.equal(statusOf(hold), 200);
  assert.match(bodyOf(hold), /a=recvonly/);
  assert.equal(statusOf(await caller.request('UPDATE', RETRIEVE)), 200);
  assert.equal(statusOf(await caller.request('UPDATE')), 200);
  leg.hangup();
});

test('Both hold at once, and while they are being bridged', async () => {
  const agent = await answeringPhone(switches);
  const call = await connect(desk, phone);
  desk.ring(call.leg.callId, [agent.uri]);
  const { leg: agentLeg } = await desk.next('agentAnswered');
  const [session] = agent.sessions;
  assert.ok(session);
  const bridged = desk.telephony.bridge(call.leg, agentLeg);
  for (const parts of [HOLD, RETRIEVE]) {
    await Promise.all([insist(call.caller, parts), insist(session, parts)]);
  }
  assert.ok(await bridged);
  agentLeg.hangup();
  call.leg.hangup();
  await agent.phone.close();
});

for (const [what, mode] of [
  ['joined', 'bridge'],
  ['the third', 'third'],
] as const)
  test(`Who retrieves in the moment in which they are ${what} hears and is heard`, async () => {
    const tones = [TONES.caller, TONES.agent, TONES.otherAgent];
    const connected = () => connectTalking(desk, phone, tones);
    const caller = await connected();
    const agent = await connected();
    const other = await connected();
    const { telephony } = desk;
    const described = ({ rtp }: typeof caller, direction: string, version: number) => ({
      body: sdp(rtp.port, direction, version),
    });
    assert.equal(
      await telephony.bridge(mode === 'bridge' ? caller.leg : other.leg, agent.leg),
      true,
    );
    await insist(caller.caller, described(caller, 'sendonly', 2));
    const retrieved = insist(caller.caller, described(caller, 'sendrecv', 3));
    // Whatever the media server does of it takes a while.
    await pause(20);
    const joined =
      mode === 'bridge'
        ? telephony.bridge(caller.leg, agent.leg)
        : telephony.joinThird(caller.leg, agent.leg);
    assert.equal(await joined, true);
    await retrieved;
    agent.rtp.play(TONES.agent);
    await eventually('the caller hears', () => caller.rtp.heard.find(TONES.agent, 300));
    agent.rtp.play(undefined);
    caller.rtp.play(TONES.caller);
    await eventually('the agent hears', () => agent.rtp.heard.find(TONES.caller, 300));
    for (const { caller: session } of [caller, agent, other]) session.bye();
    hangUpTalkers();
    for (const _ of [caller, agent, other]) await desk.next('callerGone');
  });

test('The caller hangs up while their own re-INVITE is under way', async () => {
  const { caller } = await connect(desk, phone);
  void caller.reinvite(HOLD);
  caller.bye();
  await desk.next('callerGone');
});
