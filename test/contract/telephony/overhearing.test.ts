import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, pause } from '../../support/eventually.ts';
import { TONES } from '../../support/tones.ts';
import { connectTalking } from './support/far-end.ts';
import { openSuite } from './support/suite.ts';

const HZ = [TONES.caller, TONES.agent, TONES.otherAgent];

const { desk, phone } = await openSuite();
type Party = Awaited<ReturnType<typeof connectTalking>>;

async function leave(...parties: Party[]) {
  for (const { rtp, caller } of parties) {
    rtp.close();
    caller.bye();
  }
  for (const _ of parties) await desk.next('callerGone');
}

/** For how long each hears the tone within the next moments. */
async function hear(tone: number, ...parties: Party[]): Promise<readonly number[]> {
  await pause(300);
  const before = parties.map(({ rtp }) => rtp.heard.totalMs(tone));
  await pause(600);
  return parties.map(({ rtp }, index) => rtp.heard.totalMs(tone) - (before[index] ?? 0));
}

test('Listen, whisper to the agent alone, barge, and listen again; then the caller is taken over', async () => {
  const caller = await connectTalking(desk, phone, HZ);
  const agent = await connectTalking(desk, phone, HZ);
  const boss = await connectTalking(desk, phone, HZ);
  caller.rtp.play(TONES.caller);
  agent.rtp.play(TONES.agent);
  boss.rtp.play(TONES.otherAgent);
  const { telephony } = desk;
  assert.equal(await telephony.bridge(caller.leg, agent.leg), true);
  await eventually('they speak', () => caller.rtp.heard.find(TONES.agent, 300));
  const speaks = async (agentHears: boolean, callerHears: boolean, what: string) => {
    const [agentMs = 0, callerMs = 0] = await hear(TONES.otherAgent, agent, caller);
    assert.equal(agentMs > 200, agentHears, `${what}: the agent hears ${agentMs} ms`);
    assert.equal(callerMs > 200, callerHears, `${what}: the caller hears ${callerMs} ms`);
    if (!agentHears) assert.ok(agentMs <= 40, `${what}: the agent hears ${agentMs} ms`);
    if (!callerHears) assert.ok(callerMs <= 40, `${what}: the caller hears ${callerMs} ms`);
  };
  assert.equal(await telephony.overhear(boss.leg, agent.leg, 'listen'), true);
  // One after the other: of two tones at once neither is told apart.
  agent.rtp.play(undefined);
  await eventually('the caller is heard', () => boss.rtp.heard.find(TONES.caller, 200));
  agent.rtp.play(TONES.agent);
  caller.rtp.play(undefined);
  await eventually('the agent is heard', () => boss.rtp.heard.find(TONES.agent, 200));
  agent.rtp.play(undefined);
  await speaks(false, false, 'listen');
  await telephony.overhearAs(boss.leg, 'whisper');
  await speaks(true, false, 'whisper');
  await telephony.overhearAs(boss.leg, 'barge');
  await speaks(true, true, 'barge');
  await telephony.overhearAs(boss.leg, 'listen');
  await speaks(false, false, 'listen again');
  const keys = desk.types().filter((type) => type === 'digit');
  assert.deepEqual(keys, [], 'what we have the server take for keys is told to nobody');

  await telephony.stopOverhearing(boss.leg);
  assert.equal(await telephony.bridge(caller.leg, boss.leg), true);
  const since = performance.now();
  await eventually('the caller hears the boss', () =>
    caller.rtp.heard.find(TONES.otherAgent, 300, since),
  );
  caller.rtp.play(TONES.caller);
  const [bossMs = 0] = await hear(TONES.caller, boss);
  assert.ok(bossMs > 300, `the boss hears ${bossMs} ms of the caller`);
  await leave(caller, agent, boss);
});

test('It may begin with a whisper, and ends with the agent: the supervisor is there still', async () => {
  const caller = await connectTalking(desk, phone, HZ);
  const agent = await connectTalking(desk, phone, HZ);
  const boss = await connectTalking(desk, phone, HZ);
  boss.rtp.play(TONES.otherAgent);
  assert.equal(await desk.telephony.bridge(caller.leg, agent.leg), true);
  assert.equal(await desk.telephony.overhear(boss.leg, agent.leg, 'whisper'), true);
  await eventually('the agent is whispered to', () => agent.rtp.heard.find(TONES.otherAgent, 300));
  assert.equal(caller.rtp.heard.totalMs(TONES.otherAgent), 0);
  await leave(agent);
  assert.equal(await boss.leg.play(['tone_stream://%(200,0,440)']), 'played');
  await leave(caller, boss);
});
