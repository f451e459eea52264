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

/** A floor on which only what the test names has been rendered. */
async function floorWhere(isThere: (text: string) => boolean) {
  const asked: string[] = [];
  const ready = ({ text }: Utterance) => (isThere(text) ? [text] : undefined);
  const say = async ({ text }: Utterance): Promise<readonly string[]> => {
    asked.push(text);
    return [text];
  };
  const floor = await TestFloor.open(undefined, { prompts: { ...textPrompts, ready, say } });
  return { floor, asked };
}

test('EW6 P7 an announcement never delays an answer: no voice is asked, and it is heard at once or never', async () => {
  const { floor, asked } = await floorWhere((text) => text !== 'position 1');
  const [first, second] = [await floor.queuedCall('c1'), await floor.queuedCall('c2')];
  floor.clock.advance(10_000);
  await settled();
  assert.deepEqual(asked, []);
  assert.deepEqual([first.played.at(-1), second.played.at(-1)], ['thanks', 'position 2']);
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
  const ready = ({ text }: Utterance): readonly string[] => {
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
  const floor = await TestFloor.open(undefined, { clock, prompts: { ...textPrompts, ready } });
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

/** What a caller in the queue hears of one announcement; `now` is where they stand when it is made. */
async function heard(
  { position, ewt, now = position }: { position?: number; ewt?: Ewt; now?: number },
  isThere: (text: string) => boolean = () => true,
): Promise<readonly string[]> {
  const leg = new FakeCallerLeg(callId('c1'));
  const session = {
    context: { language: 'es-ES' },
    stage: 'queued',
    alsoSaid: [{ kind: 'text', text: 'key 1' }],
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
    callback: (_: string, language: Language) => ({ text: '', language }),
  };
  const ready = ({ text }: Utterance) => (isThere(text) ? [text] : undefined);
  new WaitingMusic({ ...textPrompts, ready }, phrases, silentLogger, () => now).announce(
    session,
    position,
    ewt,
  );
  await settled();
  return leg.played;
}

test('EW6 the wait is said after the position, and that it has grown before it, and then which keys there are', async () => {
  const ewt = { lowMs: 60_000, highMs: 180_000 };
  const wait = 'wait 60000 to 180000';
  assert.deepEqual(await heard({ position: 3 }), ['position 3', 'key 1']);
  assert.deepEqual(await heard({ position: 3, ewt }), ['position 3', wait, 'key 1']);
  assert.deepEqual(await heard({ ewt }), [wait, 'key 1']);
  const longer = { ...ewt, reason: 'staffing' } as const;
  assert.deepEqual(await heard({ position: 3, ewt: longer }), [
    'position 3',
    'longer',
    wait,
    'key 1',
  ]);
  assert.deepEqual(await heard({}), ['thanks', 'key 1']);
});

test('EW6 P7 a position that has changed since it fell due is never told', async () => {
  assert.deepEqual(await heard({ position: 3, now: 2 }), ['position 2', 'key 1']);
});

test('EW6 P10 what has not been rendered is passed over, and a caller of whom nothing is there is thanked', async () => {
  const ewt = { lowMs: 60_000, highMs: 180_000, reason: 'staffing' } as const;
  const told = (...there: string[]) =>
    heard({ position: 3, ewt }, (text) => there.some((start) => text.startsWith(start)));
  assert.deepEqual(await told('position', 'longer', 'thanks'), ['position 3']);
  assert.deepEqual(await told('wait', 'thanks', 'key'), ['thanks', 'key 1']);
  assert.deepEqual(await told('longer', 'wait', 'thanks'), ['longer', 'wait 60000 to 180000']);
  assert.deepEqual(await told('thanks'), ['thanks']);
  assert.deepEqual(await told(), []);
});
