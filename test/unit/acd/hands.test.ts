import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import { agent, casual, Desk, queue } from './desk.ts';

/** Agent 1 talks to call a of the queue v; the others are ready. */
function office(more = {}, others = [agent('2', ['v']), agent('3', ['v'])]): Desk {
  const desk = new Desk([queue('v', { wrapUpMs: 5_000, ...more })], [agent('1', ['v']), ...others]);
  desk.work('1').call('a', 'v');
  desk.answer('a');
  return desk;
}

describe('one conversation, several agents', () => {
  it('H1 a colleague’s part stands in no line, and counts in no service level and no announcement', () => {
    const desk = office({ lengthMax: 1, serviceLevelMs: 1_000, announceFirstMs: 1_000 }).work('2');
    assert.equal(desk.direct('a~1', 'v', '2'), 'ok');
    assert.deepEqual(desk.types, ['call.directed', 'agent.changed', 'offer.made']);
    assert.equal(desk.engine.queue('v' as never)?.waiting, 0);
    desk.pass(9_000);
    assert.equal(desk.history.filter(({ type }) => type === 'announcement.due').length, 0);
    assert.equal(desk.engine.closedLine('v' as never), undefined);
    assert.equal(desk.call('b', 'v'), 'ok', 'the queue holds one caller, and has none');
    assert.equal(desk.engine.closedLine('v' as never)?.code, 'QUEUE_FULL');
    desk.answer('a~1');
    assert.equal(desk.changesOf('call.connected')[0]?.directed, true);
    assert.equal(
      desk.engine.serviceLevel('v' as never),
      1,
      'of one caller, who was answered at once',
    );
  });

  it('H1 it ends with the offer: nobody else is rung, and it never waits', () => {
    const desk = office({ strategy: 'ring-all' }).work('2', '3');
    desk.direct('a~1', 'v', '2');
    desk.fail('a~1', 'busy');
    assert.equal(desk.stage('a~1'), 'gone');
    assert.deepEqual(
      desk.changesOf('call.left').map(({ outcome }) => outcome),
      ['failed'],
    );
    assert.equal(desk.state('3'), 'ready');
  });

  it('H1 P11 each has their own time and after-call work', () => {
    const desk = office().work('2');
    desk.direct('a~1', 'v', '2');
    desk.after(3_000).answer('a~1');
    desk.after(10_000).end('a');
    assert.deepEqual(
      desk.changesOf('call.ended').map(({ agentId, talkMs }) => [agentId, talkMs]),
      [['1', 13_001]],
    );
    desk.after(20_000).end('a~1');
    assert.deepEqual(
      desk.changesOf('call.ended').map(({ agentId, talkMs }) => [agentId, talkMs]),
      [['2', 30_000]],
    );
    assert.equal(desk.state('2'), 'wrapUp');
  });

  for (const cause of ['rejected', 'busy', 'unreachable', 'noAnswer'] as const) {
    it(`H2 nothing is held against whoever does not come: ${cause}`, () => {
      const desk = office({ missesMax: 1 }).work('2');
      desk.direct('a~1', 'v', '2');
      desk.fail('a~1', cause);
      assert.equal(desk.state('2'), 'ready');
      const { failures } = desk.engine.agent('2' as never) ?? {};
      assert.deepEqual(failures, { noAnswer: 0, rejected: 0, busy: 0, unreachable: 0 });
      desk.call('b', 'v');
      assert.equal(desk.with('b'), '2', 'without a pause');
    });
  }

  it('H2 on a break they are on their break again, after a conversation too', () => {
    const desk = office().work('2');
    desk.notReady('2', 'comida');
    desk.direct('a~1', 'v', '2', 3_000);
    desk.pass(3_000);
    assert.equal(desk.reason('2'), 'comida');
    desk.direct('a~2', 'v', '2');
    desk.answer('a~2');
    desk.after(4_000).end('a~2');
    desk.pass(5_000);
    assert.equal(desk.reason('2'), 'comida');
  });

  it('H2 a leg that dies as soon as it is answered is no offence of theirs', () => {
    const desk = office().work('2');
    desk.direct('a~1', 'v', '2');
    desk.answer('a~1');
    desk.give({ type: 'call.returned', callId: 'a~1' as never, cause: 'agentLost' });
    assert.equal(desk.stage('a~1'), 'gone');
    desk.call('b', 'v');
    assert.equal(desk.with('b'), '2');
  });

  it('H2 F5 "ready" while a colleague rings ends the break, and what was held against them', () => {
    const desk = office({ missesMax: 2, ringTimeoutMs: 1_000 }).work('2');
    for (const id of ['b', 'c']) {
      desk.call(id, 'v');
      desk.pass(1_000);
      desk.abandon(id);
    }
    assert.equal(desk.reason('2'), 'rna');
    desk.direct('a~1', 'v', '2', 2_000);
    assert.equal(desk.ready('2'), 'ok');
    desk.pass(2_000);
    assert.equal(desk.state('2'), 'ready');
    desk.call('d', 'v');
    desk.pass(1_000);
    assert.equal(desk.state('2'), 'ready', 'that was the first miss, not the third');
  });

  it('H3 who talks, writes up, is offered a call or has no phone cannot be rung', () => {
    const desk = office().work('2', '3');
    assert.equal(desk.direct('a~1', 'v', '1'), 'AGENT_STATE');
    desk.call('b', 'v');
    assert.equal(desk.direct('a~2', 'v', '2'), 'AGENT_STATE');
    desk.phone('3', false);
    assert.equal(desk.direct('a~3', 'v', '3'), 'AGENT_STATE');
    desk.end('a');
    assert.equal(desk.direct('b~1', 'v', '1'), 'AGENT_STATE', 'in after-call work');
    assert.equal(desk.direct('b~2', 'v', '9'), 'AGENT_UNKNOWN');
    assert.equal(desk.direct('b~3', 'w', '3'), 'QUEUE_UNKNOWN');
  });

  it('H3 B2 a casual agent without budget is not rung, and pays for an answer', () => {
    const desk = office({}, [casual('2', ['v'], { monthlyCap: 1 })]).work('2');
    desk.direct('a~1', 'v', '2');
    desk.fail('a~1', 'busy');
    assert.equal(desk.engine.ledger('2' as never)?.spent, 0);
    desk.direct('a~2', 'v', '2');
    desk.answer('a~2');
    desk.end('a~2');
    desk.pass(5_000);
    assert.equal(desk.direct('a~3', 'v', '2'), 'AGENT_STATE');
  });

  it('H4 a colleague’s part counts towards the queue’s limit, and is not kept out by it', () => {
    const desk = office({ activeMax: 1, wrapUpMs: 0 }).work('2', '3');
    assert.equal(desk.direct('a~1', 'v', '2'), 'ok');
    desk.answer('a~1');
    desk.call('b', 'v');
    assert.equal(desk.stage('b'), 'queued');
    desk.end('a');
    assert.equal(desk.stage('b'), 'queued', 'the customer talks to 2 now');
    desk.end('a~1');
    assert.equal(desk.stage('b'), 'offered');
  });

  it('H5 R1 who is handed on to a queue stands where they would if they had come there then', () => {
    const desk = office();
    const came = desk.now - 60_000;
    desk.call('b', 'v');
    desk.end('a');
    assert.equal(desk.callSince(came, 'a', 'v'), 'ok');
    assert.deepEqual([desk.position('a'), desk.position('b')], [1, 2]);
    assert.equal(
      desk.callSince(desk.now + 1, 'c', 'v'),
      'CALL_STATE',
      'nobody comes from the future',
    );
    assert.equal(desk.callSince(Number.NaN, 'c', 'v'), 'CALL_STATE');
  });

  it('H6 hold is counted in the conversation of whoever holds', () => {
    const desk = office();
    assert.equal(desk.after(1_000).hold('a'), 'ok');
    assert.equal(desk.hold('a'), 'ok', 'said twice, it is so once');
    desk.after(2_000).hold('a', false);
    assert.deepEqual(
      desk.changesOf('call.retrieved').map(({ heldMs }) => heldMs),
      [2_000],
    );
    desk.after(1_000).hold('a');
    desk.after(4_000).end('a');
    assert.deepEqual(
      desk.changesOf('call.ended').map(({ holdMs }) => holdMs),
      [6_000],
    );
    assert.equal(desk.hold('a'), 'CALL_UNKNOWN');
    desk.call('b', 'v');
    assert.equal(desk.hold('b'), 'CALL_STATE');
  });

  it('H1 T4 parts, breaks and holds survive a restart', () => {
    const desk = office().work('2', '3');
    desk.notReady('3');
    desk.direct('a~1', 'v', '2');
    desk.answer('a~1');
    desk.hold('a');
    desk.direct('a~2', 'v', '3');
    const text = desk.engine.serialize();
    desk.engine = Engine.restore(text);
    assert.equal(desk.engine.serialize(), text);
    desk.after(7_000).end('a');
    assert.equal(desk.changesOf('call.ended')[0]?.holdMs, 7_000);
    desk.fail('a~2', 'rejected');
    assert.equal(desk.reason('3'), 'pausa');
  });
});
