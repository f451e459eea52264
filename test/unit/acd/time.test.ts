import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Command } from '../../../src/acd/commands.ts';
import { Engine } from '../../../src/acd/engine.ts';
import { agentId, callId, offerId, queueId } from '../../../src/model/ids.ts';
import { agent, Desk, queue } from './desk.ts';

const configure: Command = {
  type: 'configure',
  queues: [queue('v', { ringTimeoutMs: 3_000, waitMsMax: 20_000 }), queue('s', { wrapUpMs: 0 })],
  agents: [agent('1', ['v', 's'], { x: 5 }), agent('2', ['v']), agent('3', ['s'])],
};

const agents = fc.constantFrom('1', '2', '3', '4').map(agentId);
const calls = fc.constantFrom('a', 'b', 'c', 'd').map(callId);
/** Offer numbers are small in short histories, so that many guesses meet an open offer. */
const offers = fc
  .tuple(calls, fc.integer({ min: 4, max: 20 }))
  .map(([id, n]) => offerId(`${id}#${n}`));

const commands: fc.Arbitrary<Command> = fc.oneof(
  agents.map((id): Command => ({ type: 'agent.signIn', agentId: id })),
  agents.map((id): Command => ({ type: 'agent.signOut', agentId: id })),
  agents.map((id): Command => ({ type: 'agent.ready', agentId: id })),
  agents.map((id): Command => ({ type: 'agent.notReady', agentId: id, reason: 'pausa' })),
  agents.map((id): Command => ({ type: 'agent.wrapUpDone', agentId: id })),
  fc
    .tuple(agents, fc.boolean())
    .map(([id, reachable]): Command => ({ type: 'agent.reachable', agentId: id, reachable })),
  fc.tuple(calls, fc.constantFrom('v', 's'), fc.integer({ min: 0, max: 10 }), fc.boolean()).map(
    ([id, queueName, priority, demanding]): Command => ({
      type: 'call.enqueue',
      callId: id,
      queueId: queueId(queueName),
      priority,
      requiredSkills: demanding ? { x: 3 } : {},
    }),
  ),
  calls.map((id): Command => ({ type: 'call.abandon', callId: id })),
  calls.map((id): Command => ({ type: 'call.ended', callId: id })),
  offers.map((id): Command => ({ type: 'offer.answered', offerId: id })),
  fc
    .tuple(offers, fc.constantFrom('rejected', 'busy', 'unreachable', 'noAnswer'))
    .map(([id, cause]): Command => ({ type: 'offer.failed', offerId: id, cause })),
);

const histories = fc.array(fc.tuple(fc.integer({ min: 0, max: 8_000 }), commands), {
  maxLength: 60,
});

/** Everybody at work, so that a history begins in the middle of a day. */
function opened(): Engine {
  const engine = Engine.create();
  engine.apply(0, configure);
  for (const id of ['1', '2', '3'].map(agentId)) {
    engine.apply(0, { type: 'agent.signIn', agentId: id });
    engine.apply(0, { type: 'agent.reachable', agentId: id, reachable: true });
    engine.apply(0, { type: 'agent.ready', agentId: id });
  }
  return engine;
}

describe('time', () => {
  it('T1 a clock that is set back does not take the engine with it', () => {
    const desk = new Desk([queue('v')], [agent('1', ['v'])]).work('1');
    desk.call('a', 'v');
    desk.now -= 500_000;
    desk.answer('a');
    assert.equal(desk.changesOf('call.connected')[0]?.waitMs, 0);
    desk.now = Number.NaN;
    desk.end('a');
    assert.equal(desk.state('1'), 'wrapUp');
  });

  it('T2 what is due happens before the command, even a refused one', () => {
    const desk = new Desk([queue('v')], [agent('1', ['v'])]).work('1');
    desk.call('a', 'v');
    assert.equal(desk.after(20_000).answer('a'), 'OFFER_UNKNOWN');
    assert.equal(desk.reason('1'), 'rna');
  });

  it('T2 a command is a tick and the command, whatever the history', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const [together, apart] = [opened(), opened()];
        let now = 0;
        for (const [laterMs, command] of history) {
          now += laterMs;
          const { reply, changes } = together.apply(now, command);
          const ticked = apart.apply(now, { type: 'tick' });
          const then = apart.apply(now, command);
          assert.deepEqual(reply, then.reply);
          assert.deepEqual(changes, [...ticked.changes, ...then.changes]);
          assert.deepEqual(together.brokenInvariants(), []);
        }
        assert.equal(together.serialize(), apart.serialize());
      }),
    );
  });

  it('T2 refused means that the command itself changed nothing', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const engine = opened();
        let now = 0;
        for (const [laterMs, command] of history) {
          now += laterMs;
          engine.apply(now, { type: 'tick' });
          const before = engine.serialize();
          const { reply, changes } = engine.apply(now, command);
          if (reply.ok) continue;
          assert.deepEqual(changes, []);
          assert.equal(engine.serialize(), before);
          assert.ok(reply.detail.length > 10);
        }
      }),
    );
  });

  it('T3 a tick that is hours late leaves nobody past a deadline, and makes one announcement', () => {
    const desk = new Desk([queue('v', { waitMsMax: 86_400_000 })], [agent('1', ['v'])]);
    desk.call('a', 'v');
    desk.after(7_200_000).tick();
    assert.deepEqual(desk.types, ['announcement.due']);
    assert.equal(desk.engine.nextDeadline(), desk.now + 45_000);
  });

  it('T3 nothing is due in an engine where nobody waits', () => {
    const desk = new Desk([queue('v')], [agent('1', ['v'])]).work('1');
    assert.equal(desk.engine.nextDeadline(), undefined);
  });

  it('T4 an engine restored at any moment goes on as if nothing had happened', () => {
    fc.assert(
      fc.property(histories, fc.nat({ max: 59 }), (history, when) => {
        const engine = opened();
        let other: Engine | undefined;
        let now = 0;
        for (const [index, [laterMs, command]] of history.entries()) {
          now += laterMs;
          if (index === when) other = Engine.restore(engine.serialize());
          const applied = engine.apply(now, command);
          if (other) assert.deepEqual(other.apply(now, command), applied);
        }
        if (other) assert.equal(other.serialize(), engine.serialize());
      }),
    );
  });

  it('T4 a state of another version is not read', () => {
    const text = opened()
      .serialize()
      .replace(/"version":\d+/, '"version":0');
    assert.throws(() => Engine.restore(text), /version 0/);
  });
});
