import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import type { Skills } from '../../../src/model/agent.ts';
import { agentId, callId, queueId } from '../../../src/model/ids.ts';
import type { RelaxationStep } from '../../../src/model/queue.ts';
import { agent, Desk, queue } from './desk.ts';

const member = (id: string, groupIds: readonly string[], queues: readonly string[] = []) => ({
  ...agent(id, queues, { ventas: 5 }),
  groupIds,
});

const call = (desk: Desk, id: string, preferred: string, skills: Skills = {}) =>
  desk.give({
    type: 'call.enqueue',
    callId: callId(id),
    queueId: queueId('v'),
    priority: 5,
    requiredSkills: skills,
    preferredAgentId: agentId(preferred),
  });

describe('relaxation', () => {
  it('R13 lowers the levels step by step, and the call keeps its place', () => {
    const relaxation = [
      { afterMs: 10_000, lowerLevels: 2 },
      { afterMs: 20_000, lowerLevels: 2 },
    ];
    const desk = new Desk([queue('v', { relaxation })], [agent('1', ['v'], { ingles: 4 })]);
    desk.call('a', 'v', 5, { ingles: 8 });
    desk.after(5_000).call('b', 'v', 5, { ingles: 7 });
    desk.work('1');
    desk.pass(14_990);
    assert.equal(desk.stage('a'), 'queued', 'level 6 is asked for');
    desk.pass(10);
    assert.equal(desk.with('a'), '1', 'level 4 now, and a came first');
    assert.equal(desk.position('b'), 1);
  });

  it('R13 drops a skill of the queue itself', () => {
    const relaxation = [{ afterMs: 5_000, dropSkills: ['ventas'] }];
    const desk = new Desk(
      [queue('v', { requiredSkills: { ventas: 5 }, relaxation })],
      [agent('1', ['v'])],
    );
    desk.work('1');
    desk.call('a', 'v');
    desk.pass(4_999);
    assert.equal(desk.stage('a'), 'queued');
    desk.pass(1);
    assert.equal(desk.with('a'), '1');
  });

  it('R13 a call softens under an offer too, and is looked at so when it comes back', () => {
    const relaxation = [{ afterMs: 5_000, lowerLevels: 5 }];
    const desk = new Desk(
      [queue('v', { relaxation })],
      [agent('1', ['v'], { ingles: 8 }), agent('2', ['v'], { ingles: 3 })],
    );
    desk.work('1', '2');
    desk.call('a', 'v', 5, { ingles: 8 });
    desk.pass(6_000);
    desk.fail('a', 'rejected');
    assert.equal(desk.with('a'), '2');
  });

  it('R14 widens a call to a group, whose agents are of no queue', () => {
    const relaxation = [{ afterMs: 5_000, addGroups: ['refuerzo'] }];
    const desk = new Desk(
      [queue('v', { relaxation, requiredSkills: { ventas: 3 } })],
      [member('1', ['refuerzo']), member('2', ['otros'])],
    );
    desk.work('1', '2');
    desk.call('a', 'v');
    desk.after(1_000).call('b', 'v', 10);
    assert.equal(desk.engine.queue(queueId('v'))?.agentsReady, 0, 'they count nowhere');
    desk.pass(4_000);
    assert.equal(desk.with('a'), '1', 'b is first, but not open to the group yet');
    desk.answer('a');
    desk.end('a');
    desk.pass(10_000);
    assert.equal(desk.with('b'), '1');
    assert.equal(desk.state('2'), 'ready');
  });

  it('R15 a relaxation that never ends, goes back or does nothing is an error', () => {
    const desk = new Desk([queue('v')], []);
    const refused = (relaxation: readonly RelaxationStep[]) =>
      assert.equal(desk.configure([queue('v', { relaxation })], []), 'CONFIG_INVALID');
    refused([{ afterMs: -1, lowerLevels: 1 }]);
    refused([{ afterMs: 10 }]);
    refused([
      { afterMs: 10, lowerLevels: 1 },
      { afterMs: 10, lowerLevels: 1 },
    ]);
    refused([{ afterMs: 3_600_000, lowerLevels: 1 }]);
    refused([{ afterMs: 10, lowerLevels: 10 }]);
    refused(Array.from({ length: 11 }, (_, n) => ({ afterMs: n, lowerLevels: 1 })));
  });

  it('R13 T4 a restart in the middle of a step changes nothing', () => {
    const relaxation = [
      { afterMs: 5_000, lowerLevels: 2 },
      { afterMs: 9_000, lowerLevels: 3 },
    ];
    const desk = new Desk([queue('v', { relaxation })], [agent('1', ['v'], { ingles: 4 })]);
    desk.work('1');
    desk.call('a', 'v', 5, { ingles: 9 });
    desk.pass(6_000);
    desk.engine = Engine.restore(desk.engine.serialize());
    desk.pass(2_999);
    assert.equal(desk.stage('a'), 'queued');
    desk.pass(1);
    assert.equal(desk.with('a'), '1');
  });
});

describe('preferred agent', () => {
  const shop = () =>
    new Desk(
      [queue('v', { preferredWaitMs: 15_000, wrapUpMs: 0 })],
      [agent('1', ['v']), agent('2', ['v'])],
    ).work('1', '2');

  it('R16 has the call at once when they are free, whoever was idle longer', () => {
    const desk = shop();
    call(desk, 'a', '2');
    assert.equal(desk.with('a'), '2');
  });

  it('R16 is waited for in a conversation, while others who come later are served', () => {
    const desk = shop();
    call(desk, 'a', '2');
    desk.answer('a');
    desk.after(1).abandon('nobody');
    call(desk, 'b', '2');
    desk.call('c', 'v');
    assert.equal(desk.with('c'), '1');
    desk.after(5_000).end('a');
    assert.equal(desk.with('b'), '2');
  });

  it('R16 is waited for no longer than the queue says, and the call stands where it stood', () => {
    const desk = shop();
    desk.notReady('2');
    desk.call('x', 'v');
    call(desk, 'a', '2');
    desk.after(1).call('b', 'v');
    assert.equal(desk.position('a'), 1);
    desk.pass(14_998);
    desk.abandon('x');
    assert.equal(desk.with('b'), '1');
    desk.abandon('b');
    assert.equal(desk.state('1'), 'ready');
    desk.pass(1);
    assert.equal(desk.with('a'), '1');
  });

  it('R16 is not waited for when signed out, without a phone, or gone meanwhile', () => {
    const desk = shop();
    desk.signOut('2');
    call(desk, 'a', '2');
    assert.equal(desk.with('a'), '1');
    desk.work('2');
    desk.notReady('2');
    desk.answer('a');
    call(desk, 'b', '2');
    assert.equal(desk.stage('b'), 'queued');
    desk.end('a');
    assert.equal(desk.state('1'), 'ready', 'b waits for 2');
    desk.phone('2', false);
    assert.equal(desk.with('b'), '1');
    desk.abandon('b');
    call(desk, 'c', '2');
    assert.equal(desk.with('c'), '1', 'no phone');
  });

  it('R16 is asked once: a refusal frees the call for others', () => {
    const desk = shop();
    call(desk, 'a', '2');
    desk.fail('a', 'rejected');
    assert.equal(desk.with('a'), '1');
  });

  it('R16 must be able to serve the call, and must be known', () => {
    const desk = shop();
    call(desk, 'a', '2', { ruso: 5 });
    desk.configure(
      [queue('v', { preferredWaitMs: 15_000 })],
      [agent('1', ['v'], { ruso: 5 }), agent('2', ['v'])],
    );
    assert.equal(desk.with('a'), '1');
    call(desk, 'b', 'nobody');
    assert.equal(desk.with('b'), '2');
  });

  it('R16 T4 is still waited for after a restart', () => {
    const desk = shop();
    desk.notReady('2');
    call(desk, 'a', '2');
    desk.engine = Engine.restore(desk.engine.serialize());
    desk.pass(14_999);
    assert.equal(desk.stage('a'), 'queued');
    desk.pass(1);
    assert.equal(desk.with('a'), '1');
  });
});

describe('one order for all of that', () => {
  it('R17 whoever came first is first: relaxed, waiting for one agent, of another queue, or plain', () => {
    const relaxation = [{ afterMs: 10_000, lowerLevels: 5 }];
    const desk = new Desk(
      [
        queue('v', { relaxation, preferredWaitMs: 60_000, wrapUpMs: 0 }),
        queue('w', { wrapUpMs: 0 }),
      ],
      [agent('1', ['v', 'w'], { ingles: 4 })],
    );
    desk.work('1').notReady('1');
    desk.call('relaxed', 'v', 5, { ingles: 9 });
    desk.after(1);
    call(desk, 'preferring', '1');
    desk.after(1).call('elsewhere', 'w');
    desk.after(1).call('plain', 'v');
    desk.pass(10_000);
    desk.ready('1');
    const served: string[] = [];
    for (let left = 4; left > 0; left--) {
      const next = desk.changesOf('offer.made')[0]?.callId ?? 'nobody';
      served.push(next);
      desk.answer(next);
      desk.end(next);
    }
    assert.deepEqual(served, ['relaxed', 'preferring', 'elsewhere', 'plain']);
  });
});

describe('limits of a queue', () => {
  it('R18 rings and talks to no more at once, and goes on when there is room', () => {
    const desk = new Desk(
      [queue('v', { activeMax: 2, wrapUpMs: 0 }), queue('w', { wrapUpMs: 0 })],
      [agent('1', ['v', 'w']), agent('2', ['v', 'w']), agent('3', ['v', 'w'])],
    ).work('1', '2', '3');
    for (const id of ['a', 'b', 'c']) desk.after(1).call(id, 'v');
    assert.equal(desk.stage('c'), 'queued');
    desk.call('d', 'w');
    assert.equal(desk.with('d'), '3', 'c blocks nobody');
    desk.abandon('d');
    desk.answer('a');
    assert.equal(desk.stage('c'), 'queued');
    desk.end('a');
    assert.equal(desk.with('c'), '3');
    desk.configure(
      [queue('v', { activeMax: 5, wrapUpMs: 0 })],
      ['1', '2', '3'].map((id) => agent(id, ['v'])),
    );
    desk.call('e', 'v');
    assert.equal(desk.with('e'), '1');
  });
});
