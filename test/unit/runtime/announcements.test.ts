import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ewt } from '../../../src/acd/tellings.ts';
import { type Clock, ManualClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import type { Language } from '../../../src/model/contact.ts';
import { agentId, callId } from '../../../src/model/ids.ts';
import type { Utterance } from '../../../src/model/utterance.ts';
import type { CallSession } from '../../../src/runtime/call-session.ts';
import { WaitingMusic } from '../../../src/runtime/waiting-music.ts';
import { FakeAgentLeg, FakeCallerLeg } from '../../support/fake-telephony.ts';
import { settled, TestFloor } from '../../support/floor.ts';
import { textPrompts } from '../../support/text-prompts.ts';

/** A floor whose voice takes as long as the test wants. */
async function slowVoice(): Promise<{ readonly floor: TestFloor; readonly speak: () => void }> {
  const waiting: (() => void)[] = [];
  const say = ({ text }: Utterance): Promise<readonly string[]> =>
    text.startsWith('position')
      ? new Promise((resolve) => waiting.push(() => resolve([text])))
      : Promise.resolve([text]);
  const floor = await TestFloor.open(undefined, { prompts: { ...textPrompts, say } });
  return { floor, speak: () => waiting.splice(0).forEach((resolve) => void resolve()) };
}

test('EW6 P7 an announcement never delays an answer: neither while it is made, nor while it is heard', async () => {
  const { floor, speak } = await slowVoice();
  const [first, second] = [await floor.queuedCall('c1'), await floor.queuedCall('c2')];
  floor.clock.advance(10_000);
  await settled();
  // c1's announcement is still being rendered; c2's is being heard.
  assert.equal(first.played.includes('position 1'), false);
  for (const [id, caller] of [
    ['1001', first],
    ['1002', second],
  ] as const) {
    floor.ready(id);
    const ring = floor.telephony.rings.at(-1);
    assert.equal(ring?.callId, caller.callId);
    const agent = new FakeAgentLeg(ring);
    floor.center.agentAnswered(ring.offerId, agent);
    // At once: no time passes, nothing is waited for.
    assert.deepEqual(floor.telephony.bridges.at(-1), [caller, agent]);
  }
  const heard = [first.played.length, second.played.length];
  speak();
  await settled();
  assert.deepEqual([first.played.length, second.played.length], heard, 'and it comes no more');
  assert.deepEqual(floor.broken, []);
});

test('EW6 P7 while the announcement is heard, the next agent is rung and answered at once', async () => {
  const floor = await TestFloor.open();
  const caller = await floor.queuedCall('c1');
  floor.clock.advance(10_000);
  await settled();
  assert.equal(caller.played.at(-1), 'position 1');
  floor.ready('1001');
  const ring = floor.telephony.rings[0];
  assert.ok(ring);
  floor.center.agentAnswered(ring.offerId, new FakeAgentLeg(ring));
  assert.equal(floor.telephony.bridges.length, 1);
});

test('EW6 P7 a phone that is to ring at the moment of an announcement rings before its words are looked for', async () => {
  const asked: (readonly string[])[] = [];
  const say = async ({ text }: Utterance): Promise<readonly string[]> => {
    if (text.startsWith('position')) asked.push(floor.telephony.rings.map(({ callId }) => callId));
    return [text];
  };
  let overslept = 0;
  const timers = new ManualClock(1_000_000);
  const clock: Clock = {
    now: () => timers.now() + overslept,
    after: (delayMs, fire) => timers.after(delayMs, fire),
    goOnFrom: (at) => timers.goOnFrom(at),
  };
  const floor = await TestFloor.open(undefined, { clock, prompts: { ...textPrompts, say } });
  await floor.queuedCall('c1');
  await floor.queuedCall('c2');
  // The announcements are due, and no timer has fired yet: the agent's command finds them so.
  const agent = { agentId: agentId('1001') };
  floor.center.submit({ type: 'agent.reachable', ...agent, reachable: true });
  floor.center.submit({ type: 'agent.signIn', ...agent });
  overslept = 10_000;
  floor.center.submit({ type: 'agent.ready', ...agent });
  await settled();
  assert.deepEqual(asked[0], ['c1']);
});

test('EW6 P10 every caller hears their position at every announcement, for as long as they wait', async () => {
  const floor = await TestFloor.open();
  const callers = [await floor.queuedCall('c1'), await floor.queuedCall('c2')];
  for (const wait of [10_000, 45_000, 45_000, 45_000]) {
    floor.clock.advance(wait);
    await settled();
  }
  for (const [index, { played }] of callers.entries()) {
    const heard = played.filter((file) => file === `position ${index + 1}`);
    assert.equal(heard.length, 4);
  }
});

/** What a caller in the queue hears of one announcement. */
async function heard(position?: number, ewt?: Ewt): Promise<readonly string[]> {
  const leg = new FakeCallerLeg(callId('c1'));
  const session = {
    context: { language: 'es-ES' },
    stage: 'queued',
    alsoSaid: [],
    leg,
  } as unknown as CallSession;
  const phrases = {
    feature: () => '',
    queuePosition: (n: number, language: Language) => ({ text: `position ${n}`, language }),
    queueWait: (fromMs: number, toMs: number, language: Language) => ({
      text: `wait ${fromMs} to ${toMs}`,
      language,
    }),
    queueLonger: () => 'longer',
    queueThanks: () => 'thanks',
    arrival: () => [],
    callback: () => '',
  };
  void new WaitingMusic(textPrompts, phrases, silentLogger, () => position).announce(
    session,
    position,
    ewt,
  );
  await settled();
  return leg.played;
}

test('EW6 the wait is said after the position, and that it has grown before it', async () => {
  const ewt = { lowMs: 60_000, highMs: 180_000 };
  assert.deepEqual(await heard(3), ['position 3']);
  assert.deepEqual(await heard(3, ewt), ['position 3', 'wait 60000 to 180000']);
  assert.deepEqual(await heard(undefined, ewt), ['wait 60000 to 180000']);
  assert.deepEqual(await heard(3, { ...ewt, reason: 'staffing' }), [
    'position 3',
    'longer',
    'wait 60000 to 180000',
  ]);
  assert.deepEqual(await heard(), ['thanks']);
});

test('EW6 P7 a position that has changed while it was put into words is never told', async () => {
  const { floor, speak } = await slowVoice();
  const [first, second] = [await floor.queuedCall('c1'), await floor.queuedCall('c2')];
  floor.clock.advance(10_000);
  await settled();
  floor.center.callerGone(first.callId, 'hungup');
  speak();
  await settled();
  assert.equal(second.played.includes('position 2'), false, 'the old one is not told');
  speak();
  await settled();
  assert.equal(second.played.at(-1), 'position 1');
});

test('EW6 P10 a line that moves faster than the voice: the caller is thanked, and told no position', async () => {
  const { floor, speak } = await slowVoice();
  const callers = [];
  for (const id of ['c1', 'c2', 'c3', 'c4']) callers.push(await floor.queuedCall(id));
  floor.clock.advance(10_000);
  await settled();
  for (const { callId: gone } of callers.slice(0, 2)) {
    floor.center.callerGone(gone, 'hungup');
    speak();
    await settled();
  }
  const last = callers.at(-1)?.played ?? [];
  assert.equal(last.at(-1), 'thanks');
  assert.equal(
    last.some((file) => file.startsWith('position')),
    false,
  );
});
