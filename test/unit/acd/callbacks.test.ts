import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import type { QueueConfig } from '../../../src/model/queue.ts';
import { agent, Desk, queue } from './desk.ts';

const ANA = '+34600000001';
const BEA = '+34600000002';

function desk(more: Partial<QueueConfig> = {}): Desk {
  return new Desk(
    [queue('v', { callbackEnabled: true, ...more }), queue('w', { callbackEnabled: true })],
    [agent('1', ['v']), agent('2', ['v'])],
  );
}

/** Ana has asked to be rung back; Bea came after her and waits. */
function asked(more: Partial<QueueConfig> = {}): Desk {
  const floor = desk(more);
  floor.callFrom(ANA, 'a', 'v');
  floor.after(4_000).callFrom(BEA, 'b', 'v');
  floor.after(4_000).askBack('a');
  return floor;
}

describe('call backs', () => {
  it('K1 who asks to be rung back leaves, and keeps the place in the one order', () => {
    const floor = asked();
    assert.deepEqual(
      floor.changes.map((change) => change.type),
      ['call.left', 'callback.made', 'callback.queued'],
    );
    assert.equal(floor.changesOf('call.left')[0]?.outcome, 'callback');
    assert.equal(floor.changesOf('callback.queued')[0]?.position, 1);
    assert.equal(floor.position('b'), 2);
    floor.work('1');
    assert.deepEqual([floor.with('b'), floor.ticket('a!')?.agentId], [undefined, '1']);
    floor.work('2');
    assert.equal(floor.with('b'), '2');
  });

  it('K1 not before the time that was asked for, and then in the old place', () => {
    const floor = desk();
    floor.callFrom(ANA, 'a', 'v');
    floor.after(10_000).askBack('a', { at: floor.now + 60_000 });
    floor.after(1_000).call('b', 'v');
    floor.pass(58_999);
    assert.deepEqual([floor.ticket('a!')?.stage, floor.position('b')], ['scheduled', 1]);
    floor.pass(1);
    assert.deepEqual([floor.ticket('a!')?.position, floor.position('b')], [1, 2]);
  });

  it('K2 a call back for a time stands where somebody stands who comes then', () => {
    const floor = desk();
    floor.schedule('s', 'v', ANA, floor.now + 60_000);
    floor.after(59_000).call('before', 'v');
    floor.pass(2_000);
    floor.call('after', 'v');
    assert.deepEqual(
      [floor.position('before'), floor.ticket('s')?.position, floor.position('after')],
      [1, 2, 3],
    );
  });

  it('K3 when the agent accepts the customer is dialled, and nobody else is offered to the agent', () => {
    const floor = asked().work('1');
    floor.answer('a!');
    const [dial] = floor.changesOf('callback.dial');
    assert.deepEqual([dial?.callerKey, dial?.agentId, dial?.attempt], [ANA, '1', 1]);
    assert.equal(dial?.until, floor.now + 45_000);
    assert.deepEqual([floor.state('1'), floor.ticket('a!')?.stage], ['talking', 'dialing']);
    assert.equal(floor.position('b'), 1);
  });

  it('K4 reached: the ticket is kept, and a call like any other goes on', () => {
    const floor = asked().work('1');
    floor.answer('a!');
    floor.after(8_000).reach('a!');
    assert.equal(floor.endOf('a!'), 'reached');
    assert.deepEqual([floor.stage('a!'), floor.with('a!')], ['talking', '1']);
    floor.after(30_000).end('a!');
    assert.equal(floor.changesOf('call.ended')[0]?.talkMs, 30_000);
    assert.equal(floor.state('1'), 'wrapUp');
    assert.equal(floor.engine.callbacks().length, 0);
  });

  it('K4 a customer who was reached and could not be joined to the agent waits in the old place', () => {
    const floor = asked().work('1');
    const before = floor.engine.serviceLevel(queue('v').id);
    floor.answer('a!');
    floor.reach('a!');
    floor.give({
      type: 'call.returned',
      callId: floor.engine.calls()[1]?.id as never,
      cause: 'media',
    });
    assert.deepEqual([floor.stage('a!'), floor.with('a!')], ['offered', '1']);
    floor.answer('a!');
    assert.equal(before, undefined);
    assert.equal(floor.with('a!'), '1');
  });

  it('K5 an attempt that fails frees the agent without blame and is repeated in the old place', () => {
    const floor = asked({ callbackRetryMs: 60_000 }).work('1');
    floor.answer('a!');
    floor.after(5_000).miss('a!', 'busy');
    assert.deepEqual(floor.types.slice(0, 2), ['callback.attemptFailed', 'agent.changed']);
    assert.equal(floor.with('b'), '1', 'free at once');
    floor.answer('b');
    floor.after(1_000).call('c', 'v');
    floor.pass(60_000);
    assert.deepEqual([floor.ticket('a!')?.position, floor.position('c')], [1, 2]);
    assert.equal(floor.ticket('a!')?.attempts, 1);
  });

  it('K5 after callbackAttemptsMax it has failed; an attempt has a limit of its own', () => {
    const floor = asked({ callbackAttemptsMax: 2, callbackRetryMs: 1_000 });
    floor.abandon('b');
    floor.work('1');
    floor.answer('a!');
    floor.pass(45_000);
    assert.equal(floor.ticket('a!')?.stage, 'scheduled');
    floor.pass(1_000);
    floor.answer('a!');
    floor.miss('a!', 'unreachable');
    assert.equal(floor.endOf('a!'), 'failed');
  });

  it('K5 what our own side cannot dial is no attempt: it is tried again after its own time, and never ends the promise', () => {
    const floor = asked({ callbackAttemptsMax: 1, callbackRetryMs: 3_600_000 }).work('1');
    floor.abandon('b');
    let waitMs = 30_000;
    for (const cause of ['noTrunk', 'limit', 'notAllowed', 'noTrunk', 'limit'] as const) {
      floor.answer('a!');
      floor.miss('a!', cause);
      const [failed] = floor.changesOf('callback.attemptFailed');
      assert.deepEqual([failed?.cause, failed?.counted], [cause, false]);
      assert.deepEqual([floor.ticket('a!')?.stage, floor.ticket('a!')?.attempts], ['scheduled', 0]);
      floor.pass(waitMs - 1);
      assert.equal(floor.ticket('a!')?.stage, 'scheduled', `after ${waitMs} ms, not before`);
      floor.pass(1);
      assert.equal(floor.ticket('a!')?.stage, 'offered');
      waitMs *= 2;
    }
    floor.answer('a!');
    const [dial] = floor.changesOf('callback.dial');
    assert.equal(dial?.attempt, 6, 'no two tries have one number');
    floor.miss('a!', 'busy');
    assert.equal(floor.endOf('a!'), 'failed', 'rung once, as often as it is tried');
    const ended = floor.changesOf('callback.ended')[0];
    assert.equal(ended?.attempts, 1);
  });

  it('K5 a failure of our own after the phone had rung was an attempt', () => {
    const floor = asked({ callbackAttemptsMax: 1 }).work('1');
    floor.answer('a!');
    floor.miss('a!', 'noTrunk', { rang: true });
    assert.equal(floor.changesOf('callback.attemptFailed')[0]?.counted, true);
    assert.equal(floor.endOf('a!'), 'failed');
  });

  it('K5 K6 however long the trunk is away: tried every half hour at most, until the ticket’s time is over', () => {
    const floor = asked({ callbackExpireMs: 6 * 3_600_000, callbackAttemptsMax: 1 }).work('1');
    floor.abandon('b');
    const gaps: number[] = [];
    while (floor.ticket('a!')) {
      if (floor.ticket('a!')?.stage === 'offered') {
        floor.answer('a!');
        floor.miss('a!', 'noTrunk');
        gaps.push((floor.ticket('a!')?.notBefore ?? 0) - floor.now);
      }
      floor.pass(1_000);
    }
    assert.equal(floor.endOf('a!'), 'expired');
    assert.ok(gaps.length < 20, `${gaps.length} tries`);
    assert.equal(Math.max(...gaps), 30 * 60_000);
  });

  it('K5 an agent whose leg died pauses, as after any offer', () => {
    const floor = asked({ unreachableDelayMs: 30_000 }).work('1');
    floor.answer('a!');
    floor.miss('a!', 'agentLost');
    assert.equal(floor.state('1'), 'ready');
    assert.equal(floor.with('b'), undefined);
    floor.pass(30_000);
    assert.equal(floor.with('b'), '1');
  });

  it('K5 an agent who does not answer costs no attempt', () => {
    const floor = asked().work('1');
    floor.fail('a!', 'rejected');
    assert.deepEqual([floor.ticket('a!')?.stage, floor.ticket('a!')?.attempts], ['waiting', 0]);
  });

  it('K6 expired, cancelled: at once while it waits, and never under an agent’s hand', () => {
    const idle = asked({ callbackExpireMs: 60_000 });
    idle.pass(60_000);
    assert.equal(idle.endOf('a!'), 'expired');
    const gone = asked();
    gone.cancel('a!');
    assert.deepEqual([gone.endOf('a!'), gone.position('b')], ['cancelled', 1]);
    assert.equal(gone.cancel('a!'), 'CALLBACK_UNKNOWN');

    const ringing = asked({ callbackExpireMs: 60_000, ringTimeoutMs: 90_000 }).work('1');
    ringing.pass(70_000);
    assert.equal(ringing.ticket('a!')?.stage, 'offered');
    ringing.answer('a!');
    assert.equal(ringing.ticket('a!')?.stage, 'dialing', 'an acceptance saves it');
    ringing.miss('a!');
    assert.equal(ringing.endOf('a!'), 'expired');
  });

  it('K6 a cancelled ticket is not dialled any more, but a conversation that came of it counts', () => {
    const floor = asked().work('1');
    floor.cancel('a!');
    assert.equal(floor.ticket('a!')?.stage, 'offered');
    floor.answer('a!');
    assert.equal(floor.changesOf('callback.dial').length, 0);
    assert.deepEqual([floor.endOf('a!'), floor.with('b')], ['cancelled', '1']);
    const late = asked().work('1');
    late.answer('a!');
    late.cancel('a!');
    late.reach('a!');
    assert.equal(late.endOf('a!'), 'reached');
  });

  it('K7 a customer who rings first has the place, and the ticket is over when they have been served', () => {
    const floor = asked();
    floor.after(1_000).callFrom(ANA, 'a2', 'v');
    assert.deepEqual(floor.types, ['callback.paused', 'call.queued']);
    assert.deepEqual(
      [floor.ticket('a!')?.stage, floor.position('a2'), floor.position('b')],
      ['paused', 1, 2],
    );
    floor.work('1');
    floor.answer('a2');
    assert.equal(floor.ticket('a!')?.stage, 'paused', 'nobody has spoken yet, if the bridge fails');
    floor.end('a2');
    assert.equal(floor.endOf('a!'), 'merged');
  });

  it('K7 a customer who rings and gives up is rung back: the ticket has its place again', () => {
    const floor = asked();
    floor.after(1_000).callFrom(ANA, 'a2', 'v');
    floor.after(1_000).abandon('a2');
    assert.deepEqual(floor.types, ['call.left', 'callback.resumed', 'callback.queued']);
    assert.deepEqual([floor.ticket('a!')?.position, floor.position('b')], [1, 2]);
    floor.callFrom(ANA, 'a3', 'v');
    floor.cancel('a!');
    assert.deepEqual([floor.endOf('a!'), floor.position('a3')], ['cancelled', 1]);
  });

  it('K7 C7 a customer whom nobody could speak to, and who gives up then, is rung back', () => {
    const floor = asked().work('1');
    floor.notReady('1');
    floor.fail('a!', 'busy');
    floor.callFrom(ANA, 'a2', 'v');
    floor.ready('1');
    floor.answer('a2');
    floor.give({ type: 'call.returned', callId: 'a2' as never, cause: 'media' });
    floor.abandon('a2');
    assert.equal(floor.endOf('a!'), undefined);
  });

  it('K7 C7 a customer who talked when it was promised, and waits again, has one place', () => {
    const floor = desk().work('1');
    floor.callFrom(ANA, 'a', 'v');
    floor.answer('a');
    floor.after(1_000).callFrom(BEA, 'b', 'v');
    floor.after(1_000).schedule('web', 'v', ANA, floor.now);
    assert.equal(
      floor.ticket('web')?.stage,
      'waiting',
      'an agent may promise it to whom they talk to',
    );
    floor.notReady('1');
    floor.give({ type: 'call.returned', callId: 'a' as never, cause: 'media' });
    assert.deepEqual([floor.ticket('web')?.stage, floor.position('a')], ['paused', 1]);
  });

  it('K7 an appointment stands when its customer rings before it, and gives up', () => {
    const floor = desk();
    const at = floor.now + 600_000;
    floor.schedule('s', 'v', ANA, at);
    floor.after(60_000).callFrom(ANA, 'a', 'v');
    assert.equal(floor.ticket('s')?.stage, 'paused');
    floor.after(30_000).abandon('a');
    assert.deepEqual([floor.ticket('s')?.stage, floor.ticket('s')?.notBefore], ['scheduled', at]);
    floor.pass(at - floor.now);
    assert.equal(floor.ticket('s')?.stage, 'waiting');
  });

  it('K7 an appointment is over when its customer rings before it, and is served', () => {
    const floor = desk().work('1');
    floor.schedule('s', 'v', ANA, floor.now + 600_000);
    floor.callFrom(ANA, 'a', 'v');
    floor.answer('a');
    floor.end('a');
    assert.equal(floor.endOf('s'), 'merged');
  });

  it('K7 an appointment that an agent makes with the customer outlives the call that they hand on', () => {
    const floor = desk().work('1');
    floor.callFrom(ANA, 'a', 'v');
    floor.answer('a');
    floor.schedule('s', 'v', ANA, floor.now + 600_000);
    floor.end('a');
    assert.equal(floor.ticket('s')?.stage, 'scheduled');
    floor.comeBack(ANA, 'a', 'v');
    floor.wrapUpDone('1');
    floor.answer('a');
    floor.end('a');
    assert.equal(floor.ticket('s')?.stage, 'scheduled');
  });

  it('K7 V1 an appointment is none of whom an agent hands back, wherever an overflow takes them', () => {
    const to = [{ when: 'maxWait', ms: 10_000, to: { queue: queue('v').id } }] as const;
    const floor = new Desk(
      [queue('v', { callbackEnabled: true }), queue('w', { overflow: to })],
      [agent('1', ['w'])],
    ).work('1');
    floor.callFrom(ANA, 'a', 'w');
    floor.answer('a');
    const at = floor.now + 60_000;
    floor.schedule('s', 'v', ANA, at);
    floor.end('a');
    floor.notReady('1');
    floor.comeBack(ANA, 'a', 'w');
    floor.pass(10_000);
    assert.equal(floor.stage('a'), 'queued');
    assert.deepEqual([floor.position('a'), floor.ticket('s')?.stage], [1, 'scheduled']);
    floor.pass(at - floor.now);
    assert.equal(floor.ticket('s')?.stage, 'paused', 'they wait where they would be rung for');
    floor.abandon('a');
    assert.equal(floor.ticket('s')?.stage, 'waiting');
  });

  it('K7 V1 nor of who waited before it was made; of who has rung since it is', () => {
    const to = [{ when: 'maxWait', ms: 10_000, to: { queue: queue('v').id } }] as const;
    const floor = new Desk(
      [queue('v', { callbackEnabled: true }), queue('w', { overflow: to })],
      [],
    );
    floor.callFrom(ANA, 'a', 'w');
    floor.schedule('s', 'v', ANA, floor.now + 60_000);
    floor.after(1).callFrom(BEA, 'b', 'w');
    floor.schedule('t', 'v', BEA, floor.now + 60_000);
    floor.abandon('b');
    floor.callFrom(BEA, 'b2', 'w');
    floor.pass(10_000);
    assert.deepEqual([floor.ticket('s')?.stage, floor.ticket('t')?.stage], ['scheduled', 'paused']);
  });

  it('K7 an appointment stands aside for the second call of a customer whose first one broke', () => {
    const floor = desk().work('1');
    floor.notReady('1');
    floor.schedule('s', 'v', ANA, floor.now + 600_000);
    floor.callFrom(ANA, 'a', 'v');
    floor.after(1_000).callFrom(ANA, 'a2', 'v');
    floor.after(1_000).abandon('a');
    assert.equal(floor.ticket('s')?.stage, 'paused');
    floor.ready('1');
    floor.answer('a2');
    floor.end('a2');
    assert.equal(floor.endOf('s'), 'merged', 'they have been served');
  });

  it('K7 a ticket whose time is over while its customer waits by themselves ends when they give up', () => {
    const floor = asked({ callbackExpireMs: 60_000 });
    floor.callFrom(ANA, 'a2', 'v');
    floor.pass(70_000);
    assert.equal(floor.ticket('a!')?.stage, 'paused');
    floor.abandon('a2');
    assert.deepEqual(floor.types, ['call.left', 'callback.ended']);
    assert.equal(floor.endOf('a!'), 'expired');
  });

  it('K7 whoever was rung as often as it is tried, and gives up the own call, is not rung again', () => {
    const floor = asked({ callbackAttemptsMax: 1 }).work('1');
    floor.answer('a!');
    floor.callFrom(ANA, 'a2', 'v');
    floor.notReady('1');
    floor.miss('a!');
    assert.equal(floor.ticket('a!')?.stage, 'paused');
    floor.abandon('a2');
    assert.equal(floor.endOf('a!'), 'failed');
  });

  it('K7 who waits already and is promised a call back has one place, the better one', () => {
    const floor = desk();
    floor.after(1_000).callFrom(BEA, 'b', 'v');
    floor.after(1_000).callFrom(ANA, 'a', 'v');
    floor.schedule('web', 'v', ANA, floor.now);
    assert.deepEqual(floor.types, ['callback.made', 'callback.paused']);
    assert.deepEqual([floor.ticket('web')?.stage, floor.position('a')], ['paused', 2]);
    floor.askBack('b', { callerKey: '+34600000009' });
    floor.abandon('a');
    assert.deepEqual([floor.ticket('b!')?.position, floor.ticket('web')?.position], [1, 2]);
  });

  it('K7 who asks from another line to be rung where they wait has the place of that line', () => {
    const floor = desk();
    floor.callFrom('+34600000009', 'first', 'v');
    floor.after(1_000).callFrom(BEA, 'b', 'v');
    floor.after(1_000).callFrom(ANA, 'a', 'v');
    floor.askBack('first', { callerKey: ANA });
    assert.deepEqual([floor.ticket('first!')?.stage, floor.position('a')], ['paused', 1]);
  });

  it('K7 an appointment that is made while its customer waits is for later, and waits aside when it is due', () => {
    const floor = desk();
    floor.callFrom(ANA, 'a', 'v');
    floor.after(1).schedule('s', 'v', ANA, floor.now + 60_000);
    assert.equal(floor.ticket('s')?.stage, 'scheduled');
    floor.pass(60_000);
    assert.equal(floor.ticket('s')?.stage, 'paused');
    floor.abandon('a');
    assert.equal(floor.ticket('s')?.stage, 'waiting');
  });

  it('K7 a new promise to somebody who is on the line takes the place of the one before', () => {
    const floor = asked();
    floor.callFrom(ANA, 'a2', 'v');
    floor.askBack('a2', { at: floor.now + 60_000 });
    assert.deepEqual([floor.endOf('a!'), floor.ticket('a2!')?.stage], ['merged', 'scheduled']);
    floor.callFrom(ANA, 'a3', 'v');
    assert.equal(floor.schedule('s', 'w', ANA, floor.now + 600_000), 'ok');
    assert.deepEqual([floor.endOf('a2!'), floor.ticket('s')?.stage], ['merged', 'scheduled']);
    assert.equal(floor.schedule('t', 'w', ANA, floor.now), 'CALLBACK_EXISTS', 'nobody waits there');
  });

  it('K1 R16 a call back waits for whom its caller wanted, for as long as the caller still would have', () => {
    const floor = desk({ preferredWaitMs: 60_000 }).work('1', '2');
    floor.call('x', 'v');
    floor.answer('x');
    floor.give({
      type: 'call.enqueue',
      callId: 'a' as never,
      queueId: queue('v').id,
      priority: 5,
      requiredSkills: {},
      callerKey: ANA,
      preferredAgentId: agent('1', []).id,
    });
    floor.after(40_000).askBack('a');
    floor.pass(19_999);
    assert.equal(floor.ticket('a!')?.stage, 'waiting', 'the other agent is free, and not asked');
    floor.pass(1);
    assert.equal(floor.ticket('a!')?.agentId, '2');
  });

  it('K2 R16 an appointment waits for whom it is with, and so does the next attempt if they made the first', () => {
    const floor = desk({ preferredWaitMs: 60_000, callbackRetryMs: 1_000 }).work('1', '2');
    floor.schedule('s', 'v', ANA, floor.now + 1_000, 5, '1');
    floor.call('x', 'v');
    assert.equal(floor.with('x'), '1');
    floor.answer('x');
    floor.pass(30_000);
    assert.equal(floor.ticket('s')?.stage, 'waiting');
    floor.end('x');
    floor.wrapUpDone('1');
    assert.equal(floor.ticket('s')?.agentId, '1');
    floor.answer('s');
    floor.miss('s');
    floor.call('y', 'v');
    assert.equal(floor.with('y'), '2', 'longest idle');
    floor.call('z', 'v');
    assert.equal(floor.with('z'), '1');
    floor.answer('z');
    floor.abandon('y');
    floor.pass(1_000);
    assert.equal(floor.ticket('s')?.stage, 'waiting', 'waited for again');
    floor.pass(60_000);
    assert.equal(floor.ticket('s')?.agentId, '2', 'for a limited time');
  });

  it('K7 a customer who rings for something else keeps the ticket', () => {
    const floor = asked();
    floor.callFrom(ANA, 'a2', 'w');
    assert.equal(floor.ticket('a!')?.stage, 'waiting');
  });

  it('K7 while an agent’s phone rings for the ticket: who accepts has the customer’s call', () => {
    const floor = asked().work('1');
    const offer = floor.offerOf('a!');
    floor.after(1_000).callFrom(ANA, 'a2', 'v');
    assert.equal(floor.position('a2'), 2, 'for now');
    floor.give({ type: 'offer.answered', offerId: offer });
    assert.deepEqual([floor.ticket('a!')?.stage, floor.with('a2')], ['paused', '1']);
    assert.equal(floor.changesOf('call.connected')[0]?.offerId, offer);
    assert.equal(floor.changesOf('callback.dial').length, 0);
    floor.end('a2');
    assert.equal(floor.endOf('a!'), 'merged');
  });

  it('K7 M3 so has who accepts while that call rings at others, whose phones stop', () => {
    const floor = asked({ strategy: 'ring-all', ringAgentsMax: 3 }).work('1');
    const offer = floor.offerOf('a!');
    floor.abandon('b');
    floor.after(1_000).callFrom(ANA, 'a2', 'v');
    floor.work('2');
    assert.equal(floor.with('a2'), '2');
    floor.give({ type: 'offer.answered', offerId: offer });
    assert.deepEqual([floor.ticket('a!')?.stage, floor.with('a2')], ['paused', '1']);
    const [stopped] = floor.changesOf('offer.withdrawn');
    assert.deepEqual([stopped?.agentId, stopped?.why], ['2', 'answeredElsewhere']);
    assert.equal(floor.changesOf('call.connected')[0]?.offerId, offer);
  });

  it('K7 while the customer is dialled: when that fails their call has the place', () => {
    const floor = asked().work('1');
    floor.answer('a!');
    floor.after(1_000).callFrom(ANA, 'a2', 'v');
    assert.equal(floor.position('a2'), 2);
    floor.notReady('1');
    floor.miss('a!', 'busy');
    assert.deepEqual(
      [floor.ticket('a!')?.stage, floor.position('a2'), floor.position('b')],
      ['paused', 1, 2],
    );
  });

  it('K7 a customer who rings and gives up again still has the ticket', () => {
    const floor = asked().work('1');
    floor.answer('a!');
    floor.callFrom(ANA, 'a2', 'v');
    floor.abandon('a2');
    floor.miss('a!', 'busy');
    assert.equal(floor.ticket('a!')?.stage, 'scheduled');
  });

  it('K7 a customer who rings twice and gives up once is not rung while they wait', () => {
    for (const gone of ['a2', 'a3']) {
      const floor = asked().work('1');
      floor.answer('a!');
      floor.callFrom(ANA, 'a2', 'v');
      floor.callFrom(ANA, 'a3', 'v');
      floor.notReady('1');
      floor.abandon(gone);
      floor.miss('a!', 'busy');
      const stays = gone === 'a2' ? 'a3' : 'a2';
      assert.deepEqual(
        [floor.ticket('a!')?.stage, floor.position(stays)],
        ['paused', 1],
        `without ${gone}`,
      );
    }
  });

  it('K7 nobody is needed for a ticket whose customer is served already', () => {
    const floor = asked().work('1');
    floor.callFrom(ANA, 'a2', 'v', 10);
    floor.work('2');
    floor.answer('a2');
    floor.answer('a!');
    assert.deepEqual([floor.ticket('a!')?.stage, floor.with('b')], ['paused', '1']);
    floor.end('a2');
    assert.equal(floor.endOf('a!'), 'merged');
  });

  it('K8 what cannot be promised is refused with a code', () => {
    const floor = desk();
    assert.equal(floor.askBack('nobody'), 'CALL_UNKNOWN');
    floor.call('anonymous', 'v');
    assert.equal(floor.askBack('anonymous'), 'CALLER_KEY_RANGE');
    assert.equal(floor.schedule('s', 'nowhere', ANA, floor.now), 'QUEUE_UNKNOWN');
    assert.equal(floor.schedule('s', 'v', ANA, floor.now, 11), 'PRIORITY_RANGE');
    assert.equal(floor.schedule('s', 'v', ANA, floor.now + 91 * 86_400_000), 'CALLBACK_TIME');
    assert.equal(floor.schedule('s', 'v', ANA, Number.NaN), 'CALLBACK_TIME');
    assert.equal(floor.schedule('anonymous', 'v', ANA, floor.now), 'CALLBACK_EXISTS');
    assert.equal(floor.schedule('s', 'v', ANA, floor.now + 1_000), 'ok');
    assert.equal(floor.schedule('t', 'w', ANA, floor.now + 1_000), 'CALLBACK_EXISTS');
    assert.equal(floor.schedule('s', 'w', BEA, floor.now + 1_000), 'CALLBACK_EXISTS');
    assert.equal(floor.miss('s'), 'CALLBACK_STATE');
    assert.equal(floor.reach('s'), 'CALLBACK_STATE');
    assert.equal(floor.call('s', 'v'), 'CALL_STATE');
    const off = desk({ callbackEnabled: false });
    off.callFrom(ANA, 'a', 'v');
    assert.equal(off.askBack('a'), 'CALLBACK_OFF');
    assert.equal(off.stage('a'), 'queued');
  });

  it('K8 a call that an agent has cannot be exchanged for a promise, nor a ticket be handled as a call', () => {
    const floor = asked().work('1', '2');
    assert.equal(floor.askBack('b'), 'CALL_STATE');
    assert.equal(floor.abandon('a!'), 'CALL_UNKNOWN');
    floor.answer('a!');
    assert.equal(floor.end('a!'), 'CALL_UNKNOWN');
  });

  it('K8 with its queue a ticket is over; what an agent has in hand is finished', () => {
    const floor = asked().work('1');
    floor.schedule('s', 'v', '+34600000003', floor.now + 60_000);
    floor.answer('a!');
    floor.configure([queue('w')], [agent('1', ['w']), agent('2', ['w'])]);
    assert.deepEqual([floor.endOf('s'), floor.endOf('a!')], ['queueGone', undefined]);
    floor.miss('a!');
    assert.equal(floor.endOf('a!'), 'queueGone');
  });

  it('K9 call backs count apart from callers, and hold no line', () => {
    const floor = asked({ lengthMax: 2 });
    const view = floor.engine.queue(queue('v').id);
    assert.equal(view?.waiting, 1);
    assert.deepEqual(
      floor.engine.calls().map(({ id, position }) => [id, position]),
      [['b', 2]],
    );
    assert.equal(floor.call('c', 'v'), 'ok');
    assert.equal(floor.call('d', 'v'), 'QUEUE_FULL');
  });

  it('K9 nothing of it is lost at a restart', () => {
    const floor = asked({ callbackRetryMs: 60_000 }).work('1');
    floor.schedule('s', 'v', '+34600000003', floor.now + 600_000);
    const restart = () => {
      const text = floor.engine.serialize();
      floor.engine = Engine.restore(text);
      assert.equal(floor.engine.serialize(), text);
      floor.tick();
    };
    restart();
    floor.answer('a!');
    floor.callFrom(ANA, 'a2', 'v');
    restart();
    assert.equal(floor.ticket('a!')?.stage, 'dialing');
    floor.abandon('a2');
    floor.miss('a!');
    restart();
    assert.equal(floor.ticket('a!')?.attempts, 1);
    floor.pass(60_000);
    assert.equal(floor.ticket('a!')?.stage, 'waiting');
    assert.equal(floor.ticket('s')?.stage, 'scheduled');
  });

  it('P9 tickets neither starve callers nor are starved by them: one order for all', () => {
    const floor = desk().work('1');
    floor.notReady('1');
    for (let n = 0; n < 10; n++) {
      floor.after(1_000);
      floor.callFrom(`+3460000010${n}`, `c${n}`, 'v');
      if (n % 2 === 0) floor.askBack(`c${n}`);
    }
    const served: string[] = [];
    floor.ready('1');
    for (let n = 0; n < 10; n++) {
      const id = n % 2 === 0 ? `c${n}!` : `c${n}`;
      const offered = floor.history.findLast((change) => change.type === 'offer.made');
      served.push(offered?.type === 'offer.made' ? offered.callId : 'nobody');
      floor.answer(id);
      if (n % 2 === 0) floor.reach(id);
      floor.end(id);
      floor.wrapUpDone('1');
    }
    assert.deepEqual(
      served,
      Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? `c${n}!` : `c${n}`)),
    );
  });
});
