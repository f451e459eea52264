import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { lint } from '../../../src/acd/lint.ts';
import type { AgentConfig } from '../../../src/model/agent.ts';
import type { LintFigures } from '../../../src/model/finding.ts';
import { QUEUE_DEFAULTS, type QueueConfig } from '../../../src/model/queue.ts';
import { agent, queue } from './desk.ts';

const found = (
  queues: readonly QueueConfig[],
  agents: readonly AgentConfig[],
  figures?: LintFigures,
): readonly string[] => lint(queues, agents, figures).map(({ code, place }) => `${code} ${place}`);

const casual = (id: string, monthlyCap: number, more: object = {}): AgentConfig => ({
  ...agent(id, ['v']),
  casual: { monthlyCap, ...more },
});

describe('the linter', () => {
  it('goes through agents and queues a few times, not through all agents for each queue', () => {
    let looks = 0;
    const queues = Array.from({ length: 200 }, (_, n) =>
      queue(`q${n}`, {
        requiredSkills: { s: 2 },
        relaxation: [{ afterMs: 1_000, addGroups: ['g'] }],
      }),
    );
    const agents = Array.from({ length: 400 }, (_, n) => {
      const { queueIds, ...rest } = agent(`${n}`, [`q${n % 200}`], { s: 3 });
      return Object.defineProperty(rest, 'queueIds', {
        get() {
          looks += 1;
          return queueIds;
        },
      }) as AgentConfig;
    });
    const wanted = queues.map(({ id }) => `GROUP_EMPTY queues/${id}/relaxation/0`);
    assert.deepEqual(found(queues, agents), wanted);
    assert.ok(looks <= 10 * agents.length, `${looks} looks at 400 agents of 200 queues`);
  });

  it('L1 a queue without agents, and one whose agents all lack something', () => {
    assert.deepEqual(found([queue('v')], []), ['QUEUE_WITHOUT_AGENTS queues/v']);
    const skilled = queue('v', { requiredSkills: { ventas: 7 } });
    assert.deepEqual(
      found(
        [skilled, queue('s')],
        [agent('1', ['v', 's'], { ventas: 6 }), agent('2', [], { ventas: 9 })],
      ),
      ['QUEUE_UNSERVABLE queues/v', 'AGENT_WITHOUT_CALLS agents/2'],
    );
    assert.deepEqual(found([skilled], [agent('1', ['v'], { ventas: 7 })]), []);
  });

  it('L1 each step of relaxation is looked at: served late, by others, or never', () => {
    const relaxed = (more: object) =>
      queue('v', { requiredSkills: { ventas: 9 }, relaxation: [{ afterMs: 60_000, ...more }] });
    const agents = [agent('1', ['v'], { ventas: 7 }), agent('9', ['s'], { ventas: 9 })];
    const codes = (more: object, people = agents) =>
      found([relaxed(more), queue('s')], people).filter((line) => line.includes('queues/v'));
    assert.deepEqual(codes({ lowerLevels: 1 }), ['QUEUE_UNSERVABLE queues/v']);
    assert.deepEqual(codes({ lowerLevels: 2 }), ['QUEUE_SERVED_LATE queues/v']);
    assert.deepEqual(codes({ dropSkills: ['ventas'] }), ['QUEUE_SERVED_LATE queues/v']);
    const expert = { ...agent('9', ['s'], { ventas: 9 }), groupIds: ['expertos'] };
    assert.deepEqual(codes({ addGroups: ['expertos'] }, [expert]), ['QUEUE_SERVED_LATE queues/v']);
    assert.deepEqual(codes({ addGroups: ['nadie'] }), [
      'QUEUE_UNSERVABLE queues/v',
      'GROUP_EMPTY queues/v/relaxation/0',
    ]);
  });

  it('L3 who is reached through a group alone is not without calls', () => {
    const wide = queue('v', { relaxation: [{ afterMs: 1_000, addGroups: ['todos'] }] });
    assert.deepEqual(
      found([wide], [agent('1', ['v']), { ...agent('2', []), groupIds: ['todos'] }]),
      [],
    );
  });

  it('L2 a skill that nobody has, or not at that level; names of the language are skills like others', () => {
    const queues = [queue('v', { requiredSkills: { constructor: 1, ventas: 9 } })];
    assert.deepEqual(found(queues, [agent('1', ['v'], { ventas: 8 })]), [
      'QUEUE_UNSERVABLE queues/v',
      'SKILL_UNHELD queues/v/requiredSkills/constructor',
      'SKILL_UNHELD queues/v/requiredSkills/ventas',
      'AGENT_WITHOUT_CALLS agents/1',
    ]);
  });

  it('L3 an agent who can be offered nothing: no queue, no skill, no budget, no hours', () => {
    const agents = [
      agent('ok', ['v']),
      agent('none', []),
      { ...agent('spent', ['v']), dailyCallsMax: 0 },
      casual('capped', 0),
      casual('shut', 30, { hours: [] }),
    ];
    assert.deepEqual(found([queue('v')], agents), [
      'AGENT_WITHOUT_CALLS agents/none',
      'AGENT_WITHOUT_CALLS agents/spent',
      'AGENT_WITHOUT_CALLS agents/capped',
      'CASUAL_NEVER_OPEN agents/shut/casual/hours',
    ]);
  });

  it('L4 casual agents alone, and a budget of less than a call a day', () => {
    assert.deepEqual(found([queue('v')], [casual('1', 30)]), ['QUEUE_CASUAL_ONLY queues/v']);
    assert.deepEqual(found([queue('v')], [casual('1', 20)]), [
      'QUEUE_CASUAL_ONLY queues/v',
      'CASUAL_BUDGET_SHORT queues/v',
    ]);
  });

  it('L4 a budget against the calls of a month, beyond what agents by trade take', () => {
    // One agent takes 160 h × 85 % / 240 s = 2,040 calls a month.
    const agents = [agent('1', ['v']), casual('2', 30), casual('3', 30)];
    assert.deepEqual(found([queue('v')], agents, { callsPerMonth: { v: 2_100 } }), []);
    const [finding] = lint([queue('v')], agents, { callsPerMonth: { v: 2_160 } });
    assert.equal(finding?.code, 'CASUAL_BUDGET_SHORT');
    assert.match(finding.message, /60 calls a month, for about 120 .* some 15 days/);
  });

  it('L5 L1 a step of relaxation for callers who have been sent on or away by then', () => {
    const late = (afterMs: number, to: object, more: object = {}) =>
      queue('v', {
        overflow: [{ when: 'maxWait', ms: 60_000, to }] as never,
        relaxation: [{ afterMs, dropSkills: ['ventas'] }],
        ...more,
      });
    const agents = [agent('1', ['v', 's'])];
    const said = (own: QueueConfig) =>
      lint([own, queue('s')], agents).map(({ code, message }) => `${code} ${message}`);
    assert.deepEqual(said(late(59_999, { exit: 'x' })), []);
    assert.deepEqual(said(late(60_000, { exit: 'x' })), [
      'STEP_TOO_LATE Queue v: step 1 is after 60 s, but its overflow has sent every caller away after 60 s: nobody comes to it.',
    ]);
    assert.deepEqual(said(late(59_999, { queue: 's' })), []);
    assert.deepEqual(said(late(60_000, { queue: 's' })), [
      'STEP_TOO_LATE Queue v: step 1 is after 60 s, but its overflow has sent callers on after 60 s: only who finds that queue full comes to it.',
    ]);
    const asking = { requiredSkills: { ventas: 5 } };
    const codes = (own: QueueConfig) =>
      found([own, queue('s')], agents).filter((line) => line.includes('queues/v'));
    assert.deepEqual(codes(late(60_000, { exit: 'x' }, asking)), [
      'QUEUE_UNSERVABLE queues/v',
      'SKILL_UNHELD queues/v/requiredSkills/ventas',
      'STEP_TOO_LATE queues/v/relaxation/0',
    ]);
    assert.ok(codes(late(60_000, { queue: 's' }, asking)).includes('QUEUE_SERVED_LATE queues/v'));
    const length = [{ when: 'maxLength', over: 5, to: { exit: 'x' } }] as never;
    assert.deepEqual(said(late(60_000, {}, { overflow: length })), [], 'the clock alone is sure');
  });

  it('L5 a phone that rings as long as callers wait', () => {
    const short = queue('v', { ringTimeoutMs: 20_000, waitMsMax: 20_000 });
    assert.deepEqual(found([short], [agent('1', ['v'])]), [
      'RING_LONGER_THAN_WAIT queues/v/ringTimeoutMs',
    ]);
  });

  it('L6 an overflow to a queue that nobody serves; one that comes back is an error', () => {
    const to = (id: string) => [{ when: 'maxWait', ms: 60_000, to: { queue: id } }] as never;
    const v = queue('v', { overflow: to('s') });
    assert.deepEqual(found([v, queue('s')], [agent('1', ['v'])]), [
      'QUEUE_WITHOUT_AGENTS queues/s',
      'OVERFLOW_UNSERVED queues/v/overflow/0',
    ]);
    assert.deepEqual(found([v, queue('s')], [agent('1', ['v', 's'])]), []);
    const [error] = lint([v, queue('s', { overflow: to('v') })], [agent('1', ['v', 's'])]);
    assert.deepEqual([error?.severity, error?.place], ['error', 'queues/v']);
  });

  it('L7 errors alone while there are any, each with its place', () => {
    const agents = [agent('1', ['none']), { ...agent('2', []), extension: '1' }];
    const findings = lint([queue('v', { waitMsMax: 0 })], agents);
    assert.deepEqual(
      findings.map(({ severity, place }) => `${severity} ${place}`),
      ['error ', 'error queues/v', 'error agents/1'],
    );
    assert.match(findings[0]?.message ?? '', /Extension 1 has two agents/);
  });

  it('the example company works', () => {
    const path = new URL('../../../config/example/company.yaml', import.meta.url);
    const { queues, agents } = parse(readFileSync(path, 'utf8'));
    const whole = queues.map((own: QueueConfig) => ({ ...QUEUE_DEFAULTS, ...own }));
    assert.deepEqual(lint(whole, agents), []);
  });
});
