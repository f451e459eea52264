import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Command } from '../../../src/acd/commands.ts';
import type { AgentConfig } from '../../../src/model/agent.ts';
import { agentId, callId, queueId } from '../../../src/model/ids.ts';
import type { QueueConfig } from '../../../src/model/queue.ts';
import { agent, Desk, queue } from './desk.ts';

const ana = agent('1', ['v']);

describe('configuration', () => {
  it('G1 what cannot be had is refused with every reason, and changes nothing', () => {
    const desk = new Desk([queue('v')], [ana]);
    const before = desk.engine.serialize();
    const { reply } = desk.engine.apply(desk.now, {
      type: 'configure',
      queues: [
        queue('v', { ringTimeoutMs: -1, requiredSkills: { x: 11 } }),
        queue('v', { wrapUpMs: Number.NaN }),
        queue('w', { announceEveryMs: 0 }),
      ],
      agents: [agent('1', ['z'], { y: 0 }), { ...agent('2', []), extension: '1' }],
    });
    assert.equal(reply.ok, false);
    const detail = reply.ok ? '' : reply.detail;
    for (const part of [
      'Queue v is there twice',
      'ringTimeoutMs is -1',
      'skill x',
      'wrapUpMs is NaN',
      'announceEveryMs is 0',
      'Agent 1: queue z is unknown',
      'skill y',
      'Extension 1 has two agents',
    ]) {
      assert.ok(detail.includes(part), `${part} is missing in: ${detail}`);
    }
    assert.equal(desk.engine.serialize(), before);
  });

  it('G1 limits, zones, hours and thresholds that cannot be had are refused by name', () => {
    const desk = new Desk([], []);
    const { reply } = desk.engine.apply(desk.now, {
      type: 'configure',
      queues: [
        queue('v', {
          casualIn: { ewtMs: 60_000, serviceLevel: 0.8 },
          casualOut: { ewtMs: 90_000, serviceLevel: 75 },
        }),
        queue('w', { casualOut: { ewtMs: 1_000, serviceLevel: 0.5 } }),
      ],
      agents: [
        {
          ...agent('1', []),
          zone: 'Europa/Madrid',
          dailyCallsMax: -1,
          casual: { monthlyCap: 1.5, hours: [{ days: ['mon'], from: '9', to: '14:00' }] },
        },
      ],
    });
    const detail = reply.ok ? '' : reply.detail;
    for (const part of [
      'Queue v: casualOut.serviceLevel is 75, not 0 to 1.',
      'Queue v: casualOut.ewtMs 90000 is above casualIn.ewtMs 60000.',
      'Queue w: casualOut.serviceLevel is below casualIn.serviceLevel 0.6.',
      'Agent 1: zone Europa/Madrid is unknown.',
      'Agent 1: dailyCallsMax is -1, not 0 to 10000.',
      'Agent 1: casual.monthlyCap is 1.5, not 0 to 1000.',
      'Agent 1: casual.hours: 9 is no time to open.',
    ]) {
      assert.ok(detail.includes(part), `${part} is missing in: ${detail}`);
    }
  });

  it('G1 the same configuration again changes nothing, in whatever order its keys stand', () => {
    const desk = new Desk(
      [queue('v', { requiredSkills: { a: 1, b: 2 } })],
      [agent('1', ['v'], { b: 2, a: 1 })],
    );
    desk.work('1');
    desk.call('a', 'v');
    const before = desk.engine.serialize();
    desk.configure(
      [queue('v', { requiredSkills: { b: 2, a: 1 } })],
      [agent('1', ['v'], { a: 1, b: 2 })],
    );
    assert.deepEqual(desk.changes, []);
    assert.equal(desk.engine.serialize(), before);
  });

  it('G1 all that can be configured is kept as it was given', () => {
    const everything: AgentConfig = {
      ...agent('1', ['v'], { ingles: 5 }),
      team: 'norte',
      groupIds: ['refuerzo'],
      queueRanks: { v: 2 },
      zone: 'Europe/Madrid',
      casual: {
        monthlyCap: 30,
        hours: [{ days: ['mon', 'tue'], from: '09:00', to: '14:00' }],
        alwaysOn: true,
      },
      dailyCallsMax: 5,
      notReadyMsMax: 3_600_000,
      unreachableSignOutMs: 900_000,
    };
    const rules = queue('v', {
      requiredSkills: { ingles: 3 },
      relaxation: [
        { afterMs: 10_000, lowerLevels: 1, dropSkills: ['ingles'], addGroups: ['refuerzo'] },
      ],
      overflow: [
        { when: 'maxWait', ms: 60_000, to: { exit: 'lleno' } },
        { when: 'maxLength', over: 5, to: { queue: queueId('w') } },
        { when: 'noAgentsStaffed', forMs: 5_000, to: { exit: 'nadie' } },
      ],
    });
    const desk = new Desk([], []);
    const { reply } = desk.engine.apply(desk.now, {
      type: 'configure',
      queues: [rules, queue('w')],
      agents: [everything],
    });
    assert.deepEqual(reply, { ok: true });
    const saved = JSON.parse(desk.engine.serialize()) as {
      readonly queues: readonly { readonly config: Partial<QueueConfig> }[];
      readonly agents: readonly { readonly config: object }[];
    };
    assert.deepEqual(saved.agents[0]?.config, everything);
    const { requiredSkills, relaxation, overflow } = saved.queues[0]?.config ?? {};
    assert.deepEqual(
      [requiredSkills, relaxation, overflow],
      [rules.requiredSkills, rules.relaxation, rules.overflow],
    );
  });

  it('G1 A3 it cuts no wish short: who asked for a break during a call has it afterwards', () => {
    const desk = new Desk([queue('v')], [ana]).work('1');
    desk.call('a', 'v');
    desk.answer('a');
    desk.notReady('1', 'comida');
    desk.configure([queue('v', { wrapUpMs: 0 })], [ana]);
    desk.end('a');
    desk.wrapUpDone('1');
    assert.deepEqual([desk.state('1'), desk.reason('1')], ['notReady', 'comida']);
  });

  it('G2 EW1 a skill that an agent has learnt shortens the wait of who asks for it at once', () => {
    const agents = (level: number) => [
      agent('1', ['v'], { ingles: 5 }),
      agent('2', ['v'], level === 0 ? {} : { ingles: level }),
    ];
    const desk = new Desk([queue('v')], agents(0)).work('1', '2');
    for (const id of ['x', 'y']) {
      desk.call(id, 'v');
      desk.answer(id);
    }
    desk.call('a', 'v', 5, { ingles: 5 });
    const before = desk.engine.estimate(callId('a'));
    desk.configure([queue('v')], agents(5));
    const after = desk.engine.estimate(callId('a'));
    assert.ok(before && after && after.highMs < 0.8 * before.highMs);
  });

  it('G3 K6 promises of queues that stay stand; of one that goes, what was decided before counts', () => {
    const promising = (id: string) => queue(id, { callbackEnabled: true });
    const desk = new Desk([promising('v'), promising('w')], [ana]).work('1');
    desk.schedule('stays', 'v', '+341', desk.now + 60_000);
    desk.schedule('cancelled', 'w', '+342', desk.now + 60_000);
    desk.callFrom('+343', 'c', 'v');
    desk.answer('c');
    desk.end('c');
    desk.wrapUpDone('1');
    desk.configure([promising('v'), promising('w')], [agent('1', ['w'])]);
    assert.equal(desk.ticket('stays')?.stage, 'scheduled');
    desk.pass(60_000);
    assert.equal(desk.ticket('cancelled')?.stage, 'offered');
    desk.cancel('cancelled');
    desk.configure([promising('v')], [agent('1', ['v'])]);
    desk.fail('cancelled', 'busy');
    assert.equal(desk.endOf('cancelled'), 'cancelled');
    assert.equal(desk.ticket('stays') !== undefined, true);
  });

  it('G3 the same configuration again, while a queue closes, changes nothing', () => {
    const desk = new Desk([queue('v'), queue('w')], [agent('1', ['v', 'w'])]).work('1');
    desk.call('a', 'v');
    desk.answer('a');
    desk.configure([queue('w')], [agent('1', ['w'])]);
    const before = desk.engine.serialize();
    desk.configure([queue('w')], [agent('1', ['w'])]);
    assert.equal(desk.engine.serialize(), before);
  });

  it('G3 who served a queue that closed is no member when it comes back without them', () => {
    const agents = [agent('1', ['v', 'w']), agent('2', ['w'])];
    const desk = new Desk([queue('v'), queue('w')], agents).work('1', '2');
    desk.call('a', 'w');
    desk.answer('a');
    desk.configure([queue('v')], [agent('1', ['v']), agent('2', ['v'])]);
    desk.configure([queue('v'), queue('w')], [agent('1', ['v']), agent('2', ['w'])]);
    desk.end('a');
    desk.wrapUpDone('1');
    desk.configure([queue('v')], [agent('1', ['v']), agent('2', ['v'])]);
    const { agents: saved } = JSON.parse(desk.engine.serialize()) as {
      readonly agents: readonly { readonly lingersIn: readonly string[] }[];
    };
    assert.deepEqual(saved[0]?.lingersIn, [], 'they had left it before it closed again');
  });

  it('G2 a new agent, a new skill or a new membership counts at once for who waits', () => {
    const desk = new Desk([queue('v', { requiredSkills: { ventas: 3 } })], [ana]).work('1');
    desk.call('a', 'v');
    assert.equal(desk.stage('a'), 'queued');
    desk.configure(
      [queue('v', { requiredSkills: { ventas: 3 } })],
      [agent('1', ['v'], { ventas: 3 })],
    );
    assert.equal(desk.with('a'), '1');
  });

  it('G2 places and deadlines that exist stay as they were given', () => {
    const desk = new Desk([queue('v', { waitMsMax: 30_000 })], [ana]);
    desk.call('a', 'v', 5);
    desk.after(1).call('b', 'v', 6);
    desk.configure([queue('v', { waitMsMax: 10_000, priorityLevelMs: 0 })], [ana]);
    assert.equal(desk.position('b'), 1);
    desk.pass(20_000);
    assert.equal(desk.stage('a'), 'queued');
  });

  it('G3 a removed queue takes no new calls and is served until its last one is over', () => {
    const desk = new Desk([queue('v'), queue('s')], [agent('1', ['v', 's'])]);
    desk.call('a', 'v');
    desk.configure([queue('s')], [agent('1', ['s'])]);
    assert.equal(desk.call('b', 'v'), 'QUEUE_UNKNOWN');
    desk.work('1');
    assert.equal(desk.with('a'), '1');
    desk.answer('a');
    desk.end('a');
    assert.equal(desk.engine.queue(queueId('v')), undefined);
    assert.equal(desk.state('1'), 'wrapUp');
  });

  it('G3 nobody is left for a removed queue: its callers leave at once', () => {
    const desk = new Desk([queue('v'), queue('s')], [ana]);
    desk.call('a', 'v');
    desk.after(10).configure([queue('s')], []);
    assert.equal(desk.changesOf('call.left')[0]?.outcome, 'queueTimeout');
    assert.equal(desk.engine.queue(queueId('v')), undefined);
  });

  it('G3 a queue that comes back while it closes is as if it had never gone', () => {
    const desk = new Desk([queue('v')], [ana]);
    desk.call('a', 'v');
    desk.configure([queue('s')], [agent('1', ['s'])]);
    desk.configure([queue('v')], [ana]);
    assert.equal(desk.call('b', 'v'), 'ok');
    desk.work('1');
    assert.equal(desk.with('a'), '1');
  });

  it('G3 a queue that is new under an old id has none of the agents of the old one', () => {
    const desk = new Desk([queue('v'), queue('s')], [agent('1', ['v', 's'])]).work('1');
    desk.call('a', 'v');
    desk.answer('a');
    desk.configure([], []);
    desk.configure([queue('v'), queue('s')], [agent('1', ['v'])]);
    desk.end('a');
    desk.pass(10_000);
    assert.equal(desk.state('1'), 'ready');
    desk.call('b', 's');
    assert.equal(desk.stage('b'), 'queued');
  });

  it('G4 a removed agent finishes the conversation and the after-call work, and is gone', () => {
    const desk = new Desk([queue('v')], [ana]).work('1');
    desk.call('a', 'v');
    desk.answer('a');
    desk.configure([queue('v')], []);
    assert.equal(desk.state('1'), 'talking');
    assert.equal(desk.ready('1'), 'AGENT_STATE');
    desk.end('a');
    assert.equal(desk.state('1'), 'wrapUp');
    desk.pass(10_000);
    assert.equal(desk.state('1'), 'gone');
    assert.equal(desk.changesOf('agent.changed')[0]?.to.kind, 'offline');
  });

  it('G4 A6 after-call work is not cut short by the removal of the agent', () => {
    const desk = new Desk([queue('v')], [ana]).work('1');
    desk.call('a', 'v');
    desk.answer('a');
    desk.end('a');
    desk.after(4_000).configure([queue('v')], []);
    assert.equal(desk.state('1'), 'wrapUp');
    desk.pass(5_999);
    assert.equal(desk.state('1'), 'wrapUp');
    desk.pass(1);
    assert.equal(desk.state('1'), 'gone');
  });

  it('G4 a removed agent whose phone rings loses the offer to the next', () => {
    const desk = new Desk([queue('v')], [ana, agent('2', ['v'])]).work('1', '2');
    desk.call('a', 'v');
    desk.configure([queue('v')], [agent('2', ['v'])]);
    assert.equal(desk.state('1'), 'gone');
    assert.equal(desk.with('a'), '2');
  });

  const part = (more: Partial<Extract<Command, { type: 'reconfigure' }>>): Command => ({
    type: 'reconfigure',
    queues: [],
    agents: [],
    goneQueueIds: [],
    goneAgentIds: [],
    ...more,
  });

  it('G5 what is not named stays as it is', () => {
    const desk = new Desk([queue('v'), queue('s')], [ana, agent('2', ['s'])]).work('1', '2');
    desk.give(part({ agents: [agent('2', ['v', 's']), agent('3', ['v'])] }));
    desk.give(part({ queues: [queue('w')], goneAgentIds: [agentId('3')] }));
    assert.deepEqual(
      desk.engine.agents().map(({ id, queueIds }) => [id, queueIds]),
      [
        ['1', ['v']],
        ['2', ['v', 's']],
      ],
    );
    assert.deepEqual(
      desk.engine.queues().map(({ id }) => id),
      ['v', 's', 'w'],
    );
    desk.call('a', 'v');
    desk.call('b', 'v');
    assert.deepEqual([desk.with('a'), desk.with('b')], ['1', '2']);
  });

  it('G5 G3 a queue that is gone keeps its agents for its last calls', () => {
    const desk = new Desk([queue('v'), queue('s')], [agent('1', ['v', 's'])]).work('1');
    desk.call('a', 'v');
    desk.answer('a');
    desk.call('b', 'v');
    desk.give(part({ agents: [agent('1', ['s'])], goneQueueIds: [queueId('v')] }));
    assert.equal(desk.call('c', 'v'), 'QUEUE_UNKNOWN');
    desk.end('a');
    desk.pass(10_000);
    assert.equal(desk.with('b'), '1');
  });

  it('G5 the caller who waits for an agent that leaves the queue goes to whoever is idle', () => {
    const desk = new Desk([queue('v', { preferredWaitMs: 60_000 })], [ana, agent('2', ['v'])]);
    desk.work('1', '2').notReady('1');
    desk.give({
      type: 'call.enqueue',
      callId: callId('a'),
      queueId: queueId('v'),
      priority: 5,
      requiredSkills: {},
      preferredAgentId: agentId('1'),
    });
    assert.equal(desk.stage('a'), 'queued');
    desk.give(part({ agents: [agent('1', [])] }));
    assert.equal(desk.with('a'), '2');
  });

  it('G5 what does not go with the rest is refused with every reason, and changes nothing', () => {
    const overflow = [{ when: 'maxLength', over: 1, to: { queue: queueId('s') } }] as const;
    const desk = new Desk([queue('v', { overflow }), queue('s')], [ana]);
    const before = desk.engine.serialize();
    const { reply } = desk.engine.apply(
      desk.now,
      part({
        agents: [{ ...agent('2', ['z']), extension: '1' }],
        goneQueueIds: [queueId('v'), queueId('s')],
      }),
    );
    const detail = reply.ok ? '' : reply.detail;
    for (const reason of [
      'Extension 1 has two agents',
      'Agent 1: queue v is unknown',
      'Agent 2: queue z is unknown',
    ])
      assert.ok(detail.includes(reason), `${reason} is missing in: ${detail}`);
    const left = desk.give(part({ goneQueueIds: [queueId('s')] }));
    assert.equal(left, 'CONFIG_INVALID', 'queue v has callers go there');
    assert.equal(desk.engine.serialize(), before);
  });

  it('G5 the same again, and nothing at all, change nothing', () => {
    const desk = new Desk([queue('v')], [ana]).work('1');
    const change = part({ agents: [agent('2', ['v'])], goneAgentIds: [agentId('9')] });
    desk.give(change);
    const before = desk.engine.serialize();
    for (const again of [change, part({})]) {
      desk.give(again);
      assert.deepEqual(desk.changes, []);
      assert.equal(desk.engine.serialize(), before);
    }
  });

  it('G5 agents who change hands at once: each takes the other’s extension', () => {
    const desk = new Desk([queue('v')], [agent('1', ['v']), agent('2', ['v'])]);
    const code = desk.give(
      part({
        agents: [
          { ...agent('1', ['v']), extension: '2' },
          { ...agent('2', ['v']), extension: '1' },
        ],
      }),
    );
    assert.equal(code, 'ok');
  });
});
