import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AgentStateRecord } from '../../../src/model/agent.ts';
import { agentId, callId, queueId } from '../../../src/model/ids.ts';
import type { RecordedCall, RecordedDay, RecordedOffer } from '../../../src/model/recorded-day.ts';
import { play } from '../../../src/planning/playback.ts';
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
    assert.deepEqual(told(day([call('a', 0)], states)), [
      [0, 'signIn'],
      [0, 'reachable'],
      [0, 'ready'],
      [5, 'notReady'],
      [10, 'signOut'],
      [11, 'signIn'],
      [11, 'reachable'],
      [12, 'ready'],
    ]);
    assert.equal(missedBackMs(states), 2);
    const breaks = deedsOf(day([call('a', 0)], states), [agent('1', ['v'])]).flatMap(
      ({ lastsMs }) => lastsMs ?? [],
    );
    assert.deepEqual(breaks, [1]);
  });

  it('a break that begins after a conversation is as long as it was, and one from which they went home has no end', () => {
    const states = [
      state(-HOUR, 'ready'),
      state(10_000, 'notReady', { reason: 'comida' }),
      state(40_000, 'ready'),
      state(400_000, 'notReady', { reason: 'visita' }),
      state(410_000, 'notReady', { reason: 'comida' }),
      state(500_000, 'offline'),
      state(900_000, 'notReady', { reason: 'signedIn' }),
    ];
    const setting = { queues: [queue('v', { wrapUpMs: 0 })], agents: [agent('1', ['v'])] };
    const seen: string[] = [];
    const plan = replayPlan(day([call('a', 0)], states), setting, setting, 1);
    play({
      ...plan,
      observe: (now, change) => {
        if (change.type !== 'agent.changed') return;
        const { to } = change;
        seen.push(`${(now - FROM) / 1_000} ${'reason' in to ? to.reason : to.kind}`);
      },
    });
    assert.deepEqual(seen.slice(-7), [
      '5 talking',
      '65 comida',
      '95 ready',
      '400 visita',
      '410 comida',
      '500 offline',
      '900 signedIn',
    ]);
  });

  it('whoever missed a call and goes to lunch then is not back from it for that', () => {
    const states = [
      state(-HOUR, 'ready'),
      state(30_000, 'notReady', { reason: 'comida' }),
      state(HOUR, 'ready'),
    ];
    const setting = {
      queues: [queue('v', { ringTimeoutMs: 20_000 })],
      agents: [agent('1', ['v'])],
    };
    const missed = call('a', 0, {
      offers: [{ agentId: agentId('1'), afterMs: 20_000, outcome: 'noAnswer' }],
    });
    const seen: string[] = [];
    play({
      ...replayPlan(day([missed], states), setting, setting, 1),
      missedBackMs: 60_000,
      observe: (now, change) => {
        if (change.type !== 'agent.changed') return;
        const { to } = change;
        seen.push(`${(now - FROM) / 1_000} ${'reason' in to ? to.reason : to.kind}`);
      },
    });
    assert.deepEqual(seen.slice(-3), ['20 rna', '30 comida', '3600 ready']);
  });

  it('calls that stood in no line keep their agents from the others, and count as work', () => {
    const states = [
      state(-HOUR, 'notReady', { reason: 'signedIn' }),
      state(-HOUR + 1, 'ready'),
      state(0, 'offered', { callId: 'back' }),
      state(5_000, 'talking', { callId: 'back' }),
      state(95_000, 'wrapUp', { callId: 'back' }),
      state(100_000, 'ready'),
      state(100_000, 'offered', { callId: 'a' }),
      state(105_000, 'talking', { callId: 'a' }),
      state(165_000, 'ready'),
      state(200_000, 'offline'),
    ];
    const setting = { queues: [queue('v', { wrapUpMs: 0 })], agents: [agent('1', ['v'])] };
    const recorded = day([call('a', 10_000, { waitMs: 95_000 })], states);
    const { replayed, recorded: so } = whatIf(recorded, setting, setting);
    assert.equal(replayed.total.answerSpeedMs, 95_000);
    assert.equal(replayed.agents.staffedMs, so.agents.staffedMs);
    assert.equal(replayed.agents.occupancy, 160_000 / 200_000);
    const again = day([call('back+2', 0), call('a', 10_000)], states);
    assert.ok(
      deedsOf(again, setting.agents).every(({ command }) => command.type !== 'agent.notReady'),
    );
    const onBreak = [
      state(-HOUR, 'notReady', { reason: 'signedIn' }),
      state(0, 'offered', { callId: 'x' }),
      state(9, 'notReady', { reason: 'signedIn' }),
    ];
    const [, , asked] = deedsOf(day([], onBreak), setting.agents);
    assert.equal(asked?.command.type, 'agent.notReady');
    assert.equal(asked?.lastsMs, undefined, 'they have not said that they are ready');
  });

  it('offers that a caller ended do not make those rarer who let it ring', () => {
    const offer = (afterMs: number, outcome: RecordedOffer['outcome']) => ({
      agentId: agentId('1'),
      afterMs,
      outcome,
    });
    // Half of the offers that nobody would have answered were ended by their callers before.
    const offers = [
      ...Array.from({ length: 6 }, () => offer(3_000, 'answered')),
      ...Array.from({ length: 2 }, () => offer(20_000, 'noAnswer')),
      ...Array.from({ length: 2 }, () => offer(10_000, 'withdrawn')),
    ];
    const setting = { queues: [queue('v')], agents: [agent('1', ['v'])] };
    const { ring } = replayPlan(day([call('a', 0, { offers })], []), setting, setting, 1);
    const rung = Array.from(
      { length: 2_000 },
      (_, n) => ring(agentId('1'), callId('x'), n).outcome,
    );
    const missed = rung.filter((outcome) => outcome === 'noAnswer').length;
    assert.ok(Math.abs(missed - 800) < 80, `${missed} of 2,000, not 4 of 10`);
    assert.ok(rung.every((outcome) => outcome === 'noAnswer' || outcome === 'answered'));
    const cut = replayPlan(
      day([call('a', 0, { offers: [offer(5_000, 'withdrawn')] })], []),
      setting,
      setting,
      1,
    );
    assert.equal(
      cut.ring(agentId('1'), callId('x'), 1).outcome,
      'noAnswer',
      'longer than anybody saw',
    );
    const none = replayPlan(day([call('a', 0, { offers: [] })], []), setting, setting, 1);
    assert.equal(none.ring(agentId('1'), callId('x'), 1).outcome, 'answered');
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

  it('casual agents have their hours by the clocks of the house, as they had that day', () => {
    const hours = [{ days: ['fri' as const], from: '06:00', to: '07:00' }];
    const shop = { ...agent('1', ['v']), casual: { monthlyCap: 30, hours } };
    const states = [state(0, 'ready'), state(23 * HOUR, 'offline')];
    const recorded = day([call('a', 12.5 * HOUR, { waitMs: 2_000 })], states);
    const answered = (zone?: string) => {
      const setting = { queues: [queue('v')], agents: [shop], ...(zone ? { zone } : {}) };
      return whatIf(recorded, setting, setting).replayed.agents.answeredByCasual;
    };
    assert.deepEqual([answered('America/Mexico_City'), answered('UTC'), answered()], [1, 0, 0]);
  });

  it('plays days on which next to nothing happened', () => {
    const present = [state(-HOUR, 'ready'), state(HOUR, 'offline')];
    const nothing = whatIf(day([], present), today, today);
    assert.deepEqual([nothing.calls, nothing.replayed.total.offered], [0, 0]);
    assert.ok(Number.isNaN(nothing.replayed.total.serviceLevel));
    const alone = whatIf(day([call('a', 1)], present), today, today).replayed;
    assert.deepEqual([alone.total.answered, alone.total.serviceLevel], [1, 1]);
    const nobody = whatIf(day([call('a', 1)], []), today, { queues: today.queues, agents: [] });
    assert.deepEqual([nobody.changed.total.answered, nobody.changed.total.offered], [0, 1]);
    const hasty = call('a', 1, { outcome: 'abandoned', waitMs: 0, offers: [] });
    const gone = whatIf(day([hasty], []), today, { queues: today.queues, agents: [] }).changed;
    assert.deepEqual([gone.total.shortAbandons, gone.total.answered], [1, 0]);
  });
});
