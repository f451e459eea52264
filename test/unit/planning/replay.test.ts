import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AgentStateRecord } from '../../../src/model/agent.ts';
import { agentId, callId, queueId } from '../../../src/model/ids.ts';
import type { RecordedCall, RecordedDay } from '../../../src/model/recorded-day.ts';
import { replayPlan } from '../../../src/planning/replay.ts';
import { deedsOf, missedBackMs } from '../../../src/planning/replay-agents.ts';
import { whatIf } from '../../../src/planning/whatif.ts';
import { agent, queue } from '../acd/desk.ts';

const FROM = Date.UTC(2026, 10, 20);
const HOUR = 3_600_000;

const state = (
  at: number,
  kind: AgentStateRecord['kind'],
  more: { reason?: string; callId?: string; agent?: string } = {},
): AgentStateRecord => ({
  agentId: agentId(more.agent ?? '1'),
  at: FROM + at,
  seq: at,
  kind,
  ...(more.reason ? { reason: more.reason } : {}),
  ...(more.callId ? { callId: callId(more.callId) } : {}),
});

const call = (id: string, at: number, more: Partial<RecordedCall> = {}): RecordedCall => ({
  callId: callId(id),
  queueId: queueId('v'),
  queuedAt: FROM + at,
  priority: 5,
  requiredSkills: {},
  waitMs: 5_000,
  outcome: 'answered',
  talkMs: 60_000,
  offers: [{ agentId: agentId('1'), afterMs: 5_000, outcome: 'answered' }],
  ...more,
});

const day = (
  calls: readonly RecordedCall[],
  agentStates: readonly AgentStateRecord[],
): RecordedDay => ({
  from: FROM,
  to: FROM + 24 * HOUR,
  calls,
  agentStates,
});

const told = (recorded: RecordedDay, agents = [agent('1', ['v'])]) =>
  deedsOf(recorded, agents).map(({ at, command }) => [at - FROM, command.type.split('.')[1]]);

describe('what agents did that day', () => {
  it('is what they did by themselves; the rest is the engine’s', () => {
    const states = [
      state(-HOUR, 'ready'),
      state(1, 'offered', { callId: 'a' }),
      state(2, 'talking', { callId: 'a' }),
      state(3, 'wrapUp', { callId: 'a' }),
      state(4, 'ready'),
      state(5, 'notReady', { reason: 'comida' }),
      state(6, 'ready'),
      state(7, 'notReady', { reason: 'rna' }),
      state(9, 'ready'),
      state(10, 'offline'),
      state(11, 'notReady', { reason: 'signedIn' }),
      state(12, 'ready'),
    ];
    assert.deepEqual(told(day([], states)), [
      [0, 'signIn'],
      [0, 'reachable'],
      [0, 'ready'],
      [5, 'notReady'],
      [6, 'ready'],
      [9, 'ready'],
      [10, 'signOut'],
      [11, 'signIn'],
      [11, 'reachable'],
      [12, 'ready'],
    ]);
    assert.equal(missedBackMs(states), 2);
  });

  it('who is new works from the first sign-in on, who is gone does nothing', () => {
    const states = [state(HOUR, 'notReady', { reason: 'signedIn' })];
    assert.deepEqual(told(day([], states), [agent('2', ['v'])]), [
      [HOUR, 'signIn'],
      [HOUR, 'reachable'],
      [HOUR, 'ready'],
    ]);
  });
});

describe('callers of the recorded day', () => {
  const today = { queues: [queue('v', { wrapUpMs: 10_000 })], agents: [agent('1', ['v'])] };

  it('who gave up has that patience, who was answered has more than they were seen to have', () => {
    const gone = call('b', 1, { outcome: 'abandoned', waitMs: 30_000, offers: [] });
    const { calls } = replayPlan(day([call('a', 0), gone], []), today, today, 1);
    assert.equal(calls[1]?.patienceMs, 30_000);
    assert.ok((calls[0]?.patienceMs ?? 0) > 5_000);
    assert.equal(calls[1]?.talkMs ?? 0, 60_000, 'drawn from those who talked');
  });

  it('after-call work that was cut short is as short again, what ran to its limit runs to the new one', () => {
    const states = [
      state(70_000, 'wrapUp', { callId: 'a' }),
      state(74_000, 'ready'),
      state(170_000, 'wrapUp', { callId: 'b' }),
      state(180_000, 'ready'),
    ];
    const { calls } = replayPlan(day([call('a', 0), call('b', 1)], states), today, today, 1);
    assert.equal(calls[0]?.wrapUpMs, 4_000);
    assert.equal(calls[1]?.wrapUpMs, undefined);
  });

  it('one more agent answers sooner; the record itself stays as it was', () => {
    const calls = Array.from({ length: 60 }, (_, n) =>
      call(`c${n}`, n * 60_000, {
        waitMs: 40_000,
        outcome: n % 3 === 0 ? 'abandoned' : 'answered',
      }),
    );
    const states = [state(-HOUR, 'ready'), state(2 * HOUR, 'offline')];
    const more = { ...today, agents: [...today.agents, agent('2', ['v'])] };
    const { recorded, replayed, changed } = whatIf(day(calls, states), today, more);
    assert.equal(recorded.total.offered, 60);
    assert.equal(recorded.total.serviceLevel, 0);
    assert.equal(replayed.total.offered, 60);
    assert.ok(changed.total.serviceLevel > replayed.total.serviceLevel + 0.2);
    assert.ok(changed.total.abandonment < replayed.total.abandonment);
    assert.ok(changed.agents.occupancy < replayed.agents.occupancy);
    assert.deepEqual(whatIf(day(calls, states), today, more).changed, changed, 'the same again');
  });

  it('says what the engine refuses, and counts calls whose queue is gone', () => {
    const recorded = day([call('a', 0)], [state(-HOUR, 'ready')]);
    const wrong = { ...today, queues: [queue('v', { ringTimeoutMs: -1 })] };
    assert.throws(() => whatIf(recorded, today, wrong), /ringTimeoutMs/);
    const gone = { queues: [queue('s')], agents: [agent('1', ['s'])] };
    assert.equal(whatIf(recorded, today, gone).changed.total.leftOtherwise, 1);
  });
});
