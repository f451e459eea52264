import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AgentConfig } from '../../../src/model/agent.ts';
import { agentId, queueId } from '../../../src/model/ids.ts';
import type { CallCenterOptions } from '../../../src/runtime/options.ts';
import { FakeAgentLeg, type FakeDialling } from '../../support/fake-telephony.ts';
import { exampleConfiguration, settled, TestFloor } from '../../support/floor.ts';

const MOBILE = '+525555550142';
const OUTBOUND = { allowed: ['+52'], callsMax: 10, callsPerHourMax: 100 };

const someone = (more: Partial<AgentConfig>): AgentConfig => ({
  id: agentId('1500'),
  name: 'Taller de Ana',
  extension: '1500',
  skills: { ventas: 5 },
  queueIds: [queueId('ventas')],
  ...more,
});

/** The example company, with somebody outside, and rules that let calls out. */
async function floorWith(
  more: Partial<AgentConfig> = {},
  queue: object = {},
  options: Partial<CallCenterOptions> = {},
): Promise<TestFloor> {
  const floor = new TestFloor(undefined, { outbound: OUTBOUND, ...options });
  const company = exampleConfiguration();
  floor.configuration = {
    ...company,
    agents: [...company.agents, someone({ device: { kind: 'number', number: MOBILE }, ...more })],
    queues: company.queues.map((one) => ({ ...one, ...queue })),
  };
  assert.deepEqual(await floor.center.reload(), []);
  return floor;
}

/** Signed in and ready, as somebody without a phone of the house can be. */
function ready(floor: TestFloor): void {
  floor.center.submit({ type: 'agent.signIn', agentId: agentId('1500') });
  floor.center.submit({ type: 'agent.ready', agentId: agentId('1500') });
}

const dialled = (floor: TestFloor, nth = 1): FakeDialling => {
  const one = floor.telephony.dials[nth - 1];
  assert.ok(one, `${nth} calls were dialled`);
  return one;
};

describe('agents outside the house', () => {
  it('are dialled with who and why, asked for a key, and joined when they press it', async () => {
    const floor = await floorWith();
    ready(floor);
    const caller = await floor.queuedCall('a');
    const { request, events } = dialled(floor);
    assert.deepEqual(request.to, { kind: 'number', number: MOBILE });
    assert.equal(request.near, caller);
    assert.equal(request.calledNumber, '8005550100', 'a trunk may show it as its own');
    assert.match(request.displayName ?? '', /ventas/);
    const leg = dialled(floor).answer();
    await settled();
    assert.match(leg.played.join(), /press 1/);
    assert.equal(floor.stateOf('1500'), 'offered', 'nobody has accepted yet');
    assert.ok(caller.music, 'the caller goes on hearing music');
    assert.equal(floor.telephony.bridges.length, 0);
    events.digit('5');
    assert.equal(floor.telephony.bridges.length, 0, 'another key is no answer');
    events.digit('1');
    await settled();
    assert.deepEqual(floor.telephony.bridges, [[caller, leg]]);
    assert.equal(floor.stateOf('1500'), 'talking');
    assert.deepEqual(
      floor.typesOf(caller.callId).filter((type) => /offer|agent|connected/.test(type)),
      ['offer.made', 'offer.pickedUp', 'call.connected', 'agent.answered'],
    );
    assert.deepEqual(floor.broken, []);
  });

  it('P3 a voicemail that picks up swallows nobody: no key, no answer, and the place is kept', async () => {
    const floor = await floorWith({ arrival: { acceptMs: 10_000 } });
    ready(floor);
    const caller = await floor.queuedCall('a');
    const leg = dialled(floor).answer();
    await settled();
    leg.finishPlaying();
    await settled();
    floor.clock.advance(3_000);
    await settled();
    assert.equal(leg.played.length, 2, 'said once more, and not a third time');
    floor.clock.advance(6_999);
    assert.equal(floor.stageOf(caller.callId), 'offered');
    floor.clock.advance(1);
    await settled();
    assert.equal(leg.hungUp, true);
    assert.equal(floor.stageOf(caller.callId), 'queued');
    assert.ok(caller.music);
    assert.equal(floor.stateOf('1500'), 'notReady', 'a miss like any other');
    const failed = floor.events.find(({ type }) => type === 'offer.failed');
    assert.equal(failed?.data.cause, 'noAnswer');
    leg.finishPlaying();
    floor.clock.advance(60_000);
    assert.deepEqual(floor.broken, []);
  });

  it('a gateway that is gone without a word hangs up on nobody: the caller waits where they stood', async () => {
    const floor = await floorWith();
    ready(floor);
    const caller = await floor.queuedCall('a');
    const one = dialled(floor);
    one.answer();
    await settled();
    one.events.digit('1');
    await settled();
    one.events.gone(true);
    await settled();
    assert.deepEqual([floor.stageOf(caller.callId), caller.hungUp], ['queued', false]);
    assert.deepEqual(floor.broken, []);
  });

  it('2 rejects, and a machine that hangs up by itself has not answered', async () => {
    for (const [end, cause] of [
      [(one: FakeDialling) => one.events.digit('2'), 'rejected'],
      [(one: FakeDialling) => one.events.gone(), 'noAnswer'],
    ] as const) {
      const floor = await floorWith();
      ready(floor);
      const caller = await floor.queuedCall('a');
      dialled(floor).answer();
      await settled();
      end(dialled(floor));
      const failed = floor.events.find(({ type }) => type === 'offer.failed');
      assert.equal(failed?.data.cause, cause);
      assert.equal(floor.stageOf(caller.callId), 'queued');
    }
  });

  it('the caller hangs up while somebody is asked: the leg is let go, and a late key does nothing', async () => {
    const floor = await floorWith();
    ready(floor);
    const caller = await floor.queuedCall('a');
    dialled(floor).answer();
    await settled();
    floor.center.callerGone(caller.callId, 'hungup');
    assert.equal(dialled(floor).hungUp, true);
    dialled(floor).events.digit('1');
    floor.clock.advance(120_000);
    await settled();
    assert.equal(floor.stateOf('1500'), 'ready');
    assert.equal(floor.telephony.bridges.length, 0);
    assert.deepEqual(floor.broken, []);
  });

  it('what the trunk says becomes what the rules know: four causes, and our own trouble', async () => {
    for (const [cause, expected] of [
      ['busy', 'busy'],
      ['rejected', 'rejected'],
      ['noAnswer', 'noAnswer'],
      ['unreachable', 'unreachable'],
      ['noTrunk', 'unreachable'],
    ] as const) {
      const floor = await floorWith();
      ready(floor);
      await floor.queuedCall('a');
      dialled(floor).events.failed(cause);
      const failed = floor.events.find(({ type }) => type === 'offer.failed');
      assert.equal(failed?.data.cause, expected);
    }
  });

  it('B1 B3 a casual agent’s budget is spent at the key, not when a machine picks up', async () => {
    const terms = { casual: { monthlyCap: 1, alwaysOn: true }, arrival: { acceptMs: 5_000 } };
    const floor = await floorWith(terms, { missesMax: 9 });
    const spent = () => floor.center.ledger(agentId('1500'));
    assert.equal(floor.stateOf('1500'), 'ready', 'always on needs no phone of the house');
    await floor.queuedCall('a');
    dialled(floor).answer();
    await settled();
    assert.equal(spent()?.spent, 0);
    assert.equal(spent()?.reserved, 1);
    floor.clock.advance(5_000);
    assert.equal(spent()?.spent, 0);
    assert.equal(spent()?.reserved, 0);
    floor.clock.advance(20_000);
    dialled(floor, 2).answer();
    dialled(floor, 2).events.digit('1');
    assert.equal(spent()?.spent, 1);
  });

  it('a destination that is not allowed cannot be reached, and nobody dials it', async () => {
    const floor = await floorWith({ device: { kind: 'number', number: '+34910000001' } });
    assert.equal(floor.engine.agent(agentId('1500'))?.reachable, false);
    ready(floor);
    await floor.queuedCall('a');
    assert.equal(floor.telephony.dials.length, 0);
  });

  it('a phone that registers with the extension changes nothing for somebody outside', async () => {
    const floor = await floorWith();
    floor.center.phone('1500', false);
    assert.equal(floor.engine.agent(agentId('1500'))?.reachable, true);
  });
});

describe('the whisper inside the house', () => {
  const inside = { device: undefined } as unknown as Partial<AgentConfig>;

  it('is said after the answer and before the bridge, without a key', async () => {
    const floor = await floorWith({ ...inside, arrival: { whisper: true } });
    floor.registered.add('1500');
    floor.center.phone('1500', true);
    ready(floor);
    const caller = await floor.queuedCall('a');
    const [ring] = floor.telephony.rings;
    assert.ok(ring);
    let finish = (): void => {};
    const leg = new FakeAgentLeg(ring);
    const said: string[] = [];
    leg.play = (files) => {
      said.push(...files);
      return new Promise((resolve) => {
        finish = () => resolve('played');
      });
    };
    floor.center.agentAnswered(ring.offerId, leg);
    await settled();
    assert.equal(floor.stateOf('1500'), 'talking', 'the offer is theirs at once');
    assert.equal(said.length, 1);
    assert.doesNotMatch(said.join(), /press/);
    assert.equal(floor.telephony.bridges.length, 0);
    finish();
    await settled();
    assert.deepEqual(floor.telephony.bridges, [[caller, leg]]);
  });

  it('a phone of the house is asked for the key where the agent, or the queue, wants it', async () => {
    for (const [more, queue] of [
      [{ arrival: { accept: true } }, {}],
      [{}, { arrival: { accept: true } }],
    ]) {
      const floor = await floorWith({ ...inside, ...more }, queue);
      floor.registered.add('1500');
      floor.center.phone('1500', true);
      ready(floor);
      const caller = await floor.queuedCall('a');
      const [ring] = floor.telephony.rings;
      assert.ok(ring);
      const leg = new FakeAgentLeg(ring);
      floor.center.agentAnswered(ring.offerId, leg);
      await settled();
      assert.match(leg.played.join(), /press 1/);
      assert.equal(floor.stateOf('1500'), 'offered');
      floor.center.keyed(leg, '1', ring.offerId);
      await settled();
      assert.equal(floor.stateOf('1500'), 'talking');
      assert.deepEqual(floor.telephony.bridges, [[caller, leg]]);
      assert.deepEqual(floor.broken, []);
    }
  });

  it('an agent who hangs up during it gives the caller back, and nobody is joined', async () => {
    const floor = await floorWith(inside, { arrival: { whisper: true } });
    floor.registered.add('1500');
    floor.center.phone('1500', true);
    ready(floor);
    const caller = await floor.queuedCall('a');
    const [ring] = floor.telephony.rings;
    assert.ok(ring);
    const leg = new FakeAgentLeg(ring);
    let finish = (): void => {};
    leg.play = () =>
      new Promise((resolve) => {
        finish = () => resolve('played');
      });
    floor.center.agentAnswered(ring.offerId, leg);
    await settled();
    floor.center.agentGone(ring.offerId);
    finish();
    await settled();
    assert.equal(floor.telephony.bridges.length, 0);
    assert.equal(floor.stageOf(caller.callId), 'queued');
  });

  it('a phone of the house is asked to pick up by itself in every maker’s words', async () => {
    const floor = await floorWith(inside, { arrival: { autoAnswer: true } });
    floor.registered.add('1500');
    floor.center.phone('1500', true);
    ready(floor);
    await floor.queuedCall('a');
    const headers = floor.telephony.rings[0]?.headers ?? {};
    assert.match(headers['Call-Info'] ?? '', /answer-after=0/);
    assert.match(headers['Alert-Info'] ?? '', /info=alert-autoanswer/);
    assert.equal(headers['Answer-Mode'], 'Auto');
    assert.equal(headers['P-Auto-Answer'], 'normal');
  });
});
