import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import { queueId } from '../../../src/model/ids.ts';
import type { OverflowRule, QueueConfig } from '../../../src/model/queue.ts';
import { agent, Desk, queue } from './desk.ts';

const to = (id: string) => ({ to: { queue: queueId(id) } });
const out = (exit: string) => ({ to: { exit } });

/** Queue v with these rules beside w; agent 1 serves v, agent 2 serves w. */
function desk(overflow: readonly OverflowRule[], w: Partial<QueueConfig> = {}): Desk {
  return new Desk(
    [queue('v', { overflow }), queue('w', w)],
    [agent('1', ['v']), agent('2', ['w'])],
  );
}

const queueOf = (floor: Desk, id: string) =>
  floor.engine.calls().find((call) => call.id === id)?.queueId;

describe('overflow', () => {
  it('V1 after maxWait a call goes to the other queue with its place in the one order', () => {
    const floor = desk([{ when: 'maxWait', ms: 30_000, ...to('w') }]);
    floor.call('a', 'v');
    floor.after(1_000).call('b', 'w');
    floor.pass(28_999);
    assert.equal(queueOf(floor, 'a'), 'v');
    floor.pass(1);
    assert.deepEqual(floor.changes, [
      {
        type: 'call.overflowed',
        callId: 'a',
        fromQueueId: 'v',
        queueId: 'w',
        when: 'maxWait',
        position: 1,
      },
    ]);
    floor.work('2');
    assert.equal(floor.with('a'), '2', 'before b, who came later');
  });

  it('V1 the other queue gives its own time limit and announcements; the wait is counted from the first', () => {
    const floor = desk([{ when: 'maxWait', ms: 30_000, ...to('w') }], { waitMsMax: 60_000 });
    floor.call('a', 'v');
    floor.pass(89_999);
    assert.equal(floor.stage('a'), 'queued');
    floor.pass(1);
    const [left] = floor.changesOf('call.left');
    assert.deepEqual([left?.outcome, left?.queueId, left?.waitMs], ['queueTimeout', 'w', 90_000]);
    const said = floor.history.filter(({ type }) => type === 'announcement.due');
    assert.equal(said.length, 3, 'after 10 s, 10 s after the change, and 45 s later');
  });

  it('V2 to an exit of the flow the call leaves, with the rule that sent it', () => {
    const floor = desk([{ when: 'maxWait', ms: 30_000, ...out('voicemail') }]);
    floor.call('a', 'v');
    floor.pass(30_000);
    assert.deepEqual(floor.changes, [
      {
        type: 'call.left',
        callId: 'a',
        queueId: 'v',
        outcome: 'overflow',
        overflow: { when: 'maxWait', exit: 'voicemail' },
        waitMs: 30_000,
      },
    ]);
  });

  it('V2 the first rule that holds counts, in their order', () => {
    const rules: OverflowRule[] = [
      { when: 'noAgentsStaffed', forMs: 0, ...out('closed') },
      { when: 'maxLength', over: 0, ...out('full') },
    ];
    const floor = desk(rules);
    floor.call('a', 'v');
    assert.equal(floor.changesOf('call.left')[0]?.overflow?.exit, 'closed');
    floor.signIn('1');
    floor.call('b', 'v');
    assert.equal(floor.changesOf('call.left')[0]?.overflow?.exit, 'full');
  });

  it('V2 maxLength sends on who joins beyond it, unless somebody is free for them', () => {
    const floor = desk([{ when: 'maxLength', over: 1, ...to('w') }]);
    floor.call('a', 'v', 5, { catalan: 1 });
    floor.after(1).call('b', 'v');
    assert.deepEqual(floor.types, ['call.queued', 'call.overflowed']);
    floor.work('1');
    floor.after(1).call('c', 'v');
    assert.equal(floor.with('c'), '1');
    floor.after(1).call('d', 'v');
    assert.equal(queueOf(floor, 'd'), 'w');
    floor.pass(60_000);
    assert.equal(queueOf(floor, 'a'), 'v', 'who was here first stays');
  });

  it('V2 maxEwt sends on when the estimated wait is too long, at joining and later', () => {
    const rules: OverflowRule[] = [{ when: 'maxEwt', ms: 150_000, ...to('w') }];
    const floor = new Desk(
      [queue('v', { overflow: rules, handleTimeMs: 120_000 }), queue('w')],
      [agent('1', ['v']), agent('3', ['v'])],
    );
    floor.work('1', '3');
    for (const id of ['a', 'b']) {
      floor.after(1).call(id, 'v');
      floor.answer(id);
    }
    floor.after(1).call('c', 'v');
    floor.after(1).call('d', 'v');
    assert.equal(queueOf(floor, 'd'), 'v');
    floor.notReady('3');
    floor.end('b');
    floor.pass(10_000);
    assert.equal(queueOf(floor, 'd'), 'w', 'with one agent less the wait is too long');
    assert.equal(queueOf(floor, 'c'), 'v');
    floor.after(1).call('e', 'v');
    assert.equal(queueOf(floor, 'e'), 'w');
  });

  it('V2 maxEwt is looked at every five seconds from when the call joined', () => {
    const rules: OverflowRule[] = [{ when: 'maxEwt', ms: 150_000, ...to('w') }];
    const floor = new Desk(
      [
        queue('v', { overflow: rules, handleTimeMs: 120_000, announceFirstMs: 600_000 }),
        queue('w'),
      ],
      [agent('1', ['v']), agent('3', ['v'])],
    );
    floor.work('1', '3');
    for (const id of ['a', 'b']) {
      floor.call(id, 'v');
      floor.answer(id);
    }
    floor.call('c', 'v');
    floor.call('d', 'v');
    const joinedAt = floor.now;
    floor.pass(6_000);
    floor.notReady('3');
    floor.end('b');
    floor.pass(joinedAt + 10_000 - 1 - floor.now);
    floor.tick();
    assert.equal(queueOf(floor, 'd'), 'v');
    floor.pass(1);
    assert.equal(queueOf(floor, 'd'), 'w');
    const told = floor.history.filter(({ type }) => type === 'announcement.due');
    assert.deepEqual(told, [], 'who goes on is not told anything of the queue that they leave');
  });

  it('V2 maxEwt holds for nobody when there is no estimate', () => {
    const floor = desk([{ when: 'maxEwt', ms: 1, ...to('w') }]);
    floor.call('a', 'v');
    floor.pass(60_000);
    assert.equal(queueOf(floor, 'a'), 'v');
  });

  it('V2 noAgentsStaffed and noAgentsAvailable need their time without interruption', () => {
    for (const when of ['noAgentsStaffed', 'noAgentsAvailable'] as const) {
      const floor = desk([{ when, forMs: 60_000, ...to('w') }]).work('1');
      floor.notReady('1');
      floor.call('a', 'v');
      if (when === 'noAgentsStaffed') floor.signOut('1');
      floor.pass(50_000);
      if (when === 'noAgentsStaffed') floor.signIn('1');
      floor.ready('1');
      floor.fail('a', 'rejected');
      if (when === 'noAgentsStaffed') floor.signOut('1');
      else floor.phone('1', false);
      floor.pass(59_999);
      assert.equal(queueOf(floor, 'a'), 'v', when);
      floor.pass(1);
      assert.equal(queueOf(floor, 'a'), 'w', when);
      floor.call('b', 'v');
      assert.equal(queueOf(floor, 'b'), 'w', 'whoever comes later goes at once');
    }
  });

  it('V2 agents on a break are staff who are not available', () => {
    const floor = desk([
      { when: 'noAgentsStaffed', forMs: 0, ...out('closed') },
      { when: 'noAgentsAvailable', forMs: 10_000, ...out('busy') },
    ]);
    floor.signIn('1');
    floor.pass(20_000);
    floor.call('a', 'v');
    assert.equal(floor.changesOf('call.left')[0]?.overflow?.exit, 'busy');
  });

  it('V3 never under a ringing phone: an answer saves the call', () => {
    const floor = desk([{ when: 'maxWait', ms: 15_000, ...to('w') }]).work('1');
    floor.call('a', 'v');
    floor.pass(19_000);
    assert.equal(floor.stage('a'), 'offered');
    floor.answer('a');
    assert.deepEqual([floor.stage('a'), queueOf(floor, 'a')], ['talking', 'v']);
  });

  it('V3 and when the offer ends without, the rule takes effect at once', () => {
    const rules: OverflowRule[] = [{ when: 'maxWait', ms: 15_000, ...to('w') }];
    const floor = new Desk(
      [queue('v', { overflow: rules }), queue('w')],
      [agent('1', ['v']), agent('3', ['v']), agent('2', ['w'])],
    );
    floor.work('1', '3', '2');
    floor.call('a', 'v');
    floor.pass(16_000);
    floor.fail('a', 'rejected');
    assert.deepEqual([queueOf(floor, 'a'), floor.with('a')], ['w', '2']);
    const back = desk([{ when: 'maxWait', ms: 15_000, ...out('voicemail') }]).work('1');
    back.call('a', 'v');
    back.pass(16_000);
    back.fail('a', 'rejected');
    assert.equal(back.changesOf('call.left')[0]?.outcome, 'overflow');
  });

  it('V3 staff that left while the phone rang counts when the offer ends', () => {
    const rules: OverflowRule[] = [{ when: 'noAgentsAvailable', forMs: 0, ...to('w') }];
    const floor = desk(rules).work('1');
    floor.call('a', 'v');
    floor.notReady('1');
    assert.equal(queueOf(floor, 'a'), 'w');
  });

  it('V4 nobody is sent where there is no room, until there is', () => {
    const floor = desk([{ when: 'maxWait', ms: 30_000, ...to('w') }], { lengthMax: 1 });
    floor.call('a', 'v');
    floor.call('b', 'w');
    floor.pass(40_000);
    assert.equal(queueOf(floor, 'a'), 'v');
    floor.abandon('b');
    floor.pass(5_000);
    assert.equal(queueOf(floor, 'a'), 'w');
  });

  it('V4 a call goes on from queue to queue, and never back', () => {
    const chain = (id: string, next: string) =>
      queue(id, { overflow: [{ when: 'maxWait', ms: 10_000, ...to(next) }] });
    const floor = new Desk([chain('v', 'w'), chain('w', 'x'), queue('x')], []);
    floor.call('a', 'v');
    floor.pass(10_000);
    assert.equal(queueOf(floor, 'a'), 'w');
    // Turned round in the middle of the day.
    floor.configure([queue('v'), chain('w', 'v'), chain('x', 'w')], []);
    floor.pass(100_000);
    assert.equal(queueOf(floor, 'a'), 'w');
  });

  it('V4 several at once, in the order of the line, and at once on through a queue that is shut', () => {
    const rules = (id: string): OverflowRule[] => [
      { when: 'noAgentsStaffed', forMs: 0, ...to(id) },
    ];
    const floor = new Desk(
      [queue('v', { overflow: rules('w') }), queue('w', { overflow: rules('x') }), queue('x')],
      [agent('2', ['x'])],
    );
    floor.call('a', 'v');
    assert.deepEqual(floor.types, ['call.queued', 'call.overflowed', 'call.overflowed']);
    assert.equal(queueOf(floor, 'a'), 'x');
  });

  it('V5 rules that cannot work are refused, each with its sentence', () => {
    const floor = desk([]);
    const reply = floor.engine.apply(floor.now, {
      type: 'configure',
      agents: [],
      queues: [
        queue('a', { overflow: [{ when: 'maxWait', ms: 60_000, ...to('b') }] }),
        queue('b', { overflow: [{ when: 'noAgentsStaffed', forMs: 0, ...to('c') }] }),
        queue('c', { overflow: [{ when: 'maxEwt', ms: 60_000, ...to('a') }] }),
        queue('d', { overflow: [{ when: 'maxEwt', ms: 60_000, ...to('nowhere') }] }),
        queue('e', { waitMsMax: 60_000, overflow: [{ when: 'maxWait', ms: 60_000, ...out('x') }] }),
        queue('f', { lengthMax: 10, overflow: [{ when: 'maxLength', over: 10, ...out('x') }] }),
        queue('g', { overflow: [{ when: 'noAgentsStaffed', forMs: -1, ...out('') }] }),
        queue('h', { overflow: [{ when: 'full' as 'maxLength', over: 1, ...out('x') }] }),
        queue('i', { overflow: Array(9).fill({ when: 'maxWait', ms: 1, ...out('x') }) }),
      ],
    }).reply;
    assert.ok(!reply.ok && reply.code === 'CONFIG_INVALID');
    for (const sentence of [
      'Queue a: its overflow comes back: a → b → c → a.',
      'Queue d: overflow 1: queue nowhere is unknown.',
      'Queue e: overflow 1: maxWait 60000 never comes: the queue gives up at waitMsMax 60000.',
      'Queue f: overflow 1: over 10 never comes: the queue refuses callers beyond lengthMax 10.',
      'Queue g: overflow 1: forMs is -1, not 0 to 86400000.',
      'Queue g: overflow 1: the exit has no name, or a long one.',
      'Queue h: overflow 1: the condition full is unknown.',
      'Queue i: it has 9 rules of overflow, more than 8.',
    ]) {
      assert.ok(reply.detail.includes(sentence), `${sentence}\n${reply.detail}`);
    }
  });

  it('V6 a rule that is new counts for who waits already, and the same again changes nothing', () => {
    const floor = desk([]);
    floor.call('a', 'v');
    floor.pass(60_000);
    const rules: OverflowRule[] = [{ when: 'maxWait', ms: 30_000, ...to('w') }];
    const configured = () =>
      floor.configure(
        [queue('v', { overflow: rules }), queue('w')],
        [agent('1', ['v']), agent('2', ['w'])],
      );
    configured();
    assert.equal(queueOf(floor, 'a'), 'w');
    floor.call('b', 'v');
    const before = floor.engine.serialize();
    configured();
    assert.equal(floor.engine.serialize(), before);
  });

  it('V6 everything that rules wait for outlives a restart', () => {
    const floor = desk([
      { when: 'noAgentsStaffed', forMs: 60_000, ...out('closed') },
      { when: 'maxWait', ms: 90_000, ...to('w') },
    ]);
    floor.call('a', 'v');
    floor.pass(20_000);
    floor.engine = Engine.restore(floor.engine.serialize());
    floor.pass(39_999);
    assert.equal(floor.stage('a'), 'queued');
    floor.pass(1);
    assert.equal(floor.changesOf('call.left')[0]?.overflow?.exit, 'closed');
  });

  it('C8 after an overflow a caller who rings again has the place where they came in', () => {
    const floor = new Desk(
      [
        queue('v', { regainMs: 60_000, overflow: [{ when: 'maxWait', ms: 10_000, ...to('w') }] }),
        queue('w'),
      ],
      [],
    );
    floor.callFrom('+34600000001', 'a', 'v');
    floor.after(1_000).call('b', 'v');
    floor.pass(9_500);
    assert.equal(queueOf(floor, 'a'), 'w');
    floor.abandon('a');
    floor.callFrom('+34600000001', 'c', 'v');
    assert.equal(floor.position('c'), 1);
  });
});
