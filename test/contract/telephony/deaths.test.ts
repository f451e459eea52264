import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { eventually, pause } from '../../support/eventually.ts';
import { Desk } from './support/desk.ts';
import {
  agentPhone,
  answeringPhone,
  connect,
  openPhone,
  type Phone,
  sdp,
  statusOf,
} from './support/far-end.ts';
import { type MortalSwitches, noMortals, openMortalSwitches } from './support/mortal-switches.ts';

const skip = noMortals;
const MUSIC = 'tone_stream://%(1000,0,440)';
let switches: MortalSwitches;
let desk: Desk;
let phone: Phone;

before(async () => {
  if (skip) return;
  switches = await openMortalSwitches();
  phone = await openPhone(switches);
});
beforeEach(async () => {
  if (!skip) desk = await Desk.open(switches);
});
afterEach(() => desk?.close());
after(async () => {
  await phone?.close();
  await switches?.close();
});

/** One caller who waits with music, one whose agent's phone rings, one who talks. */
async function threeCalls() {
  const [waiting, offered, talking] = [
    await connect(desk, phone),
    await connect(desk, phone),
    await connect(desk, phone),
  ];
  waiting.leg.playEndlessly(MUSIC);
  const ringing = await agentPhone(switches, (call) => call.progress(180));
  desk.ring(offered.leg.callId, [ringing.uri]);
  await eventually('the phone rings', () => ringing.calls.length === 1);
  const agent = await answeringPhone(switches);
  desk.ring(talking.leg.callId, [agent.uri]);
  assert.ok(await desk.telephony.bridge(talking.leg, (await desk.next('agentAnswered')).leg));
  const close = () => Promise.all([ringing.phone.close(), agent.phone.close()]);
  return { callers: [waiting, offered, talking], ringing, agent, close };
}

async function aCallWorks() {
  const { leg, hungUp } = await connect(desk, phone);
  assert.equal(await leg.play(['tone_stream://%(100,0,440)']), 'played');
  leg.hangup();
  await hungUp();
  await desk.nothingLeft();
}

test('The media server dies: every party is hung up, and when it is back the next call is good', {
  skip,
}, async () => {
  const { callers, ringing, agent, close } = await threeCalls();
  await switches.mediaServer.die();
  for (const { hungUp } of callers) await hungUp();
  await agent.hungUp();
  await eventually('the ringing phone stops', () => ringing.calls[0]?.over);
  const told = () =>
    desk
      .types()
      .filter((type) => /Gone|Failed/.test(type))
      .sort();
  await eventually('all have been told', () => told().length === 5);
  assert.deepEqual(told(), ['agentFailed', 'agentGone', ...Array(3).fill('callerGone')]);
  assert.deepEqual(desk.telephony.legs, { callers: 0, rings: 0, dialled: 0, channels: 0 });
  const refused = phone.call(phone.uriOf('8005550100'), { body: sdp(40_000) });
  assert.equal(statusOf(await refused.failed), 503);
  await switches.mediaServer.live();
  await desk.ready();
  await aCallWorks();
  await close();
});

test('drachtio dies: the calls are over and their channels end; when it is back all are hung up, and the next call is good', {
  skip,
}, async () => {
  const { callers, ringing, agent, close } = await threeCalls();
  await switches.signalling.die();
  const gone = () => desk.types().filter((type) => type === 'callerGone').length;
  await eventually('all callers are gone', () => gone() === 3);
  await desk.nothingLeft();
  await switches.signalling.live();
  await desk.ready();
  for (const { hungUp } of callers) await hungUp();
  await agent.hungUp();
  await eventually('the ringing phone stops', () => ringing.calls[0]?.over);
  await aCallWorks();
  await close();
});

test('Telephony closes while calls wait, ring and talk: every party is hung up', {
  skip,
}, async () => {
  const { callers, ringing, agent, close } = await threeCalls();
  void desk.close();
  for (const { hungUp } of callers) await hungUp();
  await agent.hungUp();
  await eventually('the ringing phone stops', () => ringing.calls[0]?.over);
  await desk.nothingLeft();
  await close();
});

test('Telephony closes while drachtio is away, and does not come back with it', {
  skip,
}, async () => {
  await switches.signalling.die();
  await eventually('it is noticed', () => desk.telephony.troubles.length > 0);
  await desk.close();
  await switches.signalling.live();
  assert.deepEqual(desk.telephony.troubles.includes('drachtio is not connected'), true);
});

test('A media server that refuses our secret is not ready', { skip }, async () => {
  const stranger = Desk.begin(switches, [{ ...switches.media, secret: 'wrong' }]);
  const [trouble] = ['no media server is ready'];
  await eventually('drachtio is connected', () => stranger.telephony.troubles.length === 1);
  assert.deepEqual(stranger.telephony.troubles, [trouble]);
  await stranger.close();
});

test('Whoever closes leaves no spare channel behind, whether it is ready or still being made', {
  skip,
}, async () => {
  for (const waitMs of [0, 1, 3, 10, 200]) {
    const another = Desk.begin(switches, [switches.media], 0, 4);
    await another.ready();
    await pause(waitMs);
    await another.close();
    await another.nothingLeft();
  }
});
