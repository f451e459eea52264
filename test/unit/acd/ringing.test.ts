import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import type { AgentId, OfferId } from '../../../src/model/ids.ts';
import type { QueueConfig } from '../../../src/model/queue.ts';
import { agent, casual, Desk, queue } from './desk.ts';

const IDS = ['1', '2', '3', '4'];

const team = (more: Partial<QueueConfig>): Desk =>
  new Desk(
    [queue('v', { strategy: 'ring-all', ringAgentsMax: 3, wrapUpMs: 0, missesMax: 3, ...more })],
    IDS.map((id) => agent(id, ['v'])),
  );

const offers = (desk: Desk): ReadonlyMap<string, OfferId> =>
  new Map(
    desk.history.flatMap((change) =>
      change.type === 'offer.made' ? [[change.agentId as string, change.offerId]] : [],
    ),
  );

const answer = (desk: Desk, id: string) =>
  desk.give({ type: 'offer.answered', offerId: offers(desk).get(id) as OfferId });

const ringing = (desk: Desk): readonly string[] => IDS.filter((id) => desk.state(id) === 'offered');

describe('several phones for one call', () => {
  it('M1 M3 rings as many as it may; the first who answers has the call, the others are free', () => {
    const desk = team({}).work(...IDS);
    desk.call('a', 'v');
    assert.deepEqual(ringing(desk), ['1', '2', '3']);
    assert.equal(answer(desk, '2'), 'ok');
    assert.deepEqual(
      desk.changesOf('offer.withdrawn').map(({ agentId, why }) => [agentId, why]),
      [
        ['1', 'answeredElsewhere'],
        ['3', 'answeredElsewhere'],
      ],
    );
    assert.equal(desk.with('a'), '2');
    assert.equal(answer(desk, '1'), 'OFFER_UNKNOWN');
    assert.deepEqual(
      IDS.map((id) => desk.state(id)),
      ['ready', 'talking', 'ready', 'ready'],
    );
    desk.call('b', 'v');
    assert.deepEqual(ringing(desk), ['1', '3', '4'], 'as idle as they were');
  });

  it('M1 B5 casual agents are rung besides when every other phone rings, and only where they are needed', () => {
    const needed = {
      casualIn: { ewtMs: 0, serviceLevel: 0 },
      casualOut: { ewtMs: 0, serviceLevel: 0 },
    };
    const several = { strategy: 'ring-all', ringAgentsMax: 3, wrapUpMs: 0 } as const;
    const people = [casual('c', ['v']), agent('1', ['v']), agent('2', ['v'])];
    const rung = (more: Partial<QueueConfig>) => {
      const desk = new Desk([queue('v', { ...several, ...more })], people).work('c', '1', '2');
      desk.call('a', 'v');
      return desk;
    };
    const desk = rung(needed);
    const order = desk.history.flatMap((change) =>
      change.type === 'offer.made' ? [change.agentId as string] : [],
    );
    assert.deepEqual(order, ['1', '2', 'c']);
    assert.equal(answer(desk, '2'), 'ok');
    assert.equal(desk.state('c'), 'ready');
    assert.equal(desk.engine.ledger(people[0]?.id as AgentId)?.spent, 0);
    assert.equal(rung({}).state('c'), 'ready', 'there is no need');
  });

  it('M3 a call back rings one phone', () => {
    const desk = team({ callbackEnabled: true });
    desk.callFrom('+34600000001', 'a', 'v');
    desk.askBack('a');
    desk.work(...IDS);
    assert.deepEqual(ringing(desk), ['1']);
    desk.pass(1_000);
    assert.deepEqual(ringing(desk), ['1']);
  });

  it('M3 B1 a casual agent who rejects, or is too late, has spent nothing', () => {
    const ids = ['1', '2', '3'];
    const desk = new Desk(
      [queue('v', { strategy: 'ring-all', wrapUpMs: 0 })],
      ids.map((id) => casual(id, ['v'], { monthlyCap: 1 })),
    ).work(...ids);
    desk.call('a', 'v');
    const rejected = offers(desk).get('1') as OfferId;
    desk.give({ type: 'offer.failed', offerId: rejected, cause: 'rejected' });
    answer(desk, '2');
    const spent = ids.map((id) => desk.engine.ledger(id as AgentId)?.spent);
    assert.deepEqual(spent, [0, 1, 0]);
  });

  it('M3 G2 G3 phones go on ringing when their queue is removed, or rings one phone from now on', () => {
    for (const then of [[], [queue('v')]]) {
      const desk = team({}).work(...IDS);
      desk.call('a', 'v');
      desk.configure(
        then,
        IDS.map((id) => agent(id, then.length > 0 ? ['v'] : [])),
      );
      assert.deepEqual(ringing(desk), ['1', '2', '3']);
      desk.engine = Engine.restore(desk.engine.serialize());
      desk.pass(19_999);
      assert.deepEqual(ringing(desk), ['1', '2', '3']);
      answer(desk, '2');
      assert.deepEqual([ringing(desk), desk.stage('a')], [[], 'talking']);
      desk.end('a');
      assert.equal(desk.engine.queues().length, then.length);
    }
  });

  it('M1 a caller without a phone ringing comes before another phone', () => {
    const desk = team({}).work('1');
    desk.call('a', 'v');
    desk.after(1).call('b', 'v');
    desk.work('2');
    assert.equal(desk.with('b'), '2');
    desk.work('3');
    assert.equal(desk.with('a'), '1');
    assert.deepEqual(ringing(desk), ['1', '2', '3']);
    desk.abandon('a');
    assert.deepEqual(ringing(desk), ['1', '2', '3'], 'all of them for b now');
    assert.equal(desk.changesOf('offer.withdrawn').length, 2);
  });

  it('M2 progressively: one more after each time, up to the limit', () => {
    const desk = team({ strategy: 'ring-progressively', ringNextMs: 4_000 }).work(...IDS);
    desk.call('a', 'v');
    assert.deepEqual(ringing(desk), ['1']);
    desk.pass(3_999);
    assert.deepEqual(ringing(desk), ['1']);
    desk.pass(1);
    assert.deepEqual(ringing(desk), ['1', '2']);
    desk.engine = Engine.restore(desk.engine.serialize());
    desk.pass(4_000);
    assert.deepEqual(ringing(desk), ['1', '2', '3']);
    desk.pass(8_000);
    assert.deepEqual(ringing(desk), ['1', '2', '3']);
  });

  it('C4 when the time of the call is up, what rings goes on ringing and no other phone begins', () => {
    const desk = team({ waitMsMax: 10_000 }).work('1');
    desk.call('a', 'v');
    desk.pass(10_000);
    desk.work('2');
    assert.deepEqual(ringing(desk), ['1']);
    desk.give({ type: 'offer.failed', offerId: offers(desk).get('1') as OfferId, cause: 'busy' });
    assert.equal(desk.stage('a'), 'gone');
  });

  it('M3 a phone that refuses is one less, and another takes its turn', () => {
    const desk = team({}).work(...IDS);
    desk.call('a', 'v');
    desk.give({ type: 'offer.failed', offerId: offers(desk).get('2') as OfferId, cause: 'busy' });
    assert.deepEqual(ringing(desk), ['1', '3', '4']);
    desk.signOut('1');
    desk.signOut('3');
    assert.equal(desk.stage('a'), 'offered');
    desk.phone('4', false);
    assert.equal(desk.stage('a'), 'queued');
    assert.equal(desk.position('a'), 1);
  });

  it('T2 C4 a phone that has rung out is silent before another rings at the same moment', () => {
    const times = { ringTimeoutMs: 5_000, ringNextMs: 5_000, waitMsMax: 5_000 };
    const desk = team({ strategy: 'ring-progressively', ...times }).work('1', '2');
    desk.call('a', 'v');
    desk.after(5_000).tick();
    assert.deepEqual(desk.changesOf('offer.made'), [], 'their time is up: nobody else is rung');
    assert.deepEqual(
      desk.changesOf('call.left').map(({ outcome }) => outcome),
      ['queueTimeout'],
    );
  });

  it('M3 phones that all ring out are missed calls, and the call is back in its place', () => {
    const desk = team({ ringTimeoutMs: 20_000, ringAgentsMax: 4 }).work(...IDS);
    desk.call('a', 'v');
    desk.pass(19_999);
    assert.equal(ringing(desk).length, 4);
    desk.pass(1);
    assert.equal(desk.stage('a'), 'queued');
    assert.deepEqual(
      desk.changesOf('offer.withdrawn').map(({ why }) => why),
      ['noAnswer', 'noAnswer', 'noAnswer', 'noAnswer'],
    );
  });

  it('M3 the caller leaves: every phone stops', () => {
    const desk = team({}).work(...IDS);
    desk.call('a', 'v');
    desk.abandon('a');
    assert.deepEqual(
      IDS.map((id) => desk.state(id)),
      ['ready', 'ready', 'ready', 'ready'],
    );
  });
});
