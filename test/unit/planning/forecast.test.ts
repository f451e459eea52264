import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AgentStateRecord } from '../../../src/model/agent.ts';
import { agentId, callId, queueId } from '../../../src/model/ids.ts';
import type { RecordedCall } from '../../../src/model/recorded-day.ts';
import { forecast } from '../../../src/planning/forecast.ts';
import { forecastRequest, type Typed } from '../../../src/planning/forecast-request.ts';
import { intervalsOf, patienceOf, wrapUpTimes } from '../../../src/planning/own-history.ts';

const errorsOf = (typed: Typed): readonly string[] => {
  const request = forecastRequest(typed);
  return request.ok ? [] : request.error;
};

describe('what is typed', () => {
  it('reads figures with their defaults', () => {
    const request = forecastRequest({ calls: '120', aht: '180', interval: '1h', shrinkage: '0.3' });
    assert.ok(request.ok && request.value.kind === 'given');
    assert.deepEqual(request.value.interval, {
      label: '60 min',
      seconds: 3_600,
      calls: 120,
      handleTime: 180,
    });
    const { goal, shrinkage } = request.value.options;
    assert.deepEqual(goal, { serviceLevel: 0.8, answerWithin: 20, shortAbandon: 5 });
    assert.equal(shrinkage, 0.3);
  });

  it('names everything that is wrong at once', () => {
    const errors = errorsOf({ calls: '-5', sl: '120/20', interval: 'soon', shrinkage: '1' });
    assert.equal(errors.length, 5, errors.join('\n'));
    for (const name of ['--calls', '--aht', '--sl', '--interval', '--shrinkage']) {
      assert.ok(
        errors.some((error) => error.startsWith(name)),
        `${name} in ${errors.join('\n')}`,
      );
    }
    assert.match(errorsOf({ calls: '1e9', aht: '10' }).join(), /--calls/);
    assert.match(errorsOf({ calls: '9999999', aht: '86400' }).join(), /erlangs/);
  });

  it('a history has days in order, in a zone that exists, and no figures beside it', () => {
    const ok = forecastRequest({
      from: '2026-11-01',
      to: '2026-11-08',
      zone: 'America/Mexico_City',
    });
    assert.ok(ok.ok && ok.value.kind === 'history');
    assert.equal(ok.value.from, Date.UTC(2026, 10, 1, 6));
    assert.match(errorsOf({ from: '2026-11-08', to: '2026-11-01' }).join(), /after --from/);
    assert.match(errorsOf({ from: 'x', to: '2026-11-01' }).join(), /--from takes a day/);
    assert.deepEqual(errorsOf({ from: '2026-11-31', to: '2026-12-02' }), [
      '--from takes a day as 2026-11-20, not "2026-11-31".',
    ]);
    assert.deepEqual(errorsOf({ from: '2026-11-01' }), [
      '--to is needed beside --from: a day as 2026-11-20.',
    ]);
    assert.match(errorsOf({ to: '2026-11-01' }).join(), /^--from is needed beside --to/);
    assert.match(errorsOf({ from: '2026-11-01', to: '2026-11-02', zone: 'Utopia' }).join(), /zone/);
    assert.match(
      errorsOf({ from: '2026-11-01', to: '2026-11-02', weekday: 'lun' }).join(),
      /--weekday takes sun/,
    );
    assert.match(errorsOf({ from: '2026-11-01', to: '2026-11-02', aht: '5' }).join(), /--aht/);
  });
});

describe('forecast', () => {
  const options = {
    goal: { serviceLevel: 0.8, answerWithin: 20, shortAbandon: 5 },
    shrinkage: 0.3,
    simulatedCalls: 3_000,
    seed: 1,
  };
  const interval = { label: '30 min', seconds: 1_800, calls: 120, handleTime: 180 };

  it('puts Erlang C, Erlang A and the engine side by side', () => {
    const [row] = forecast([{ ...interval, patience: 90 }], options);
    assert.ok(row?.erlangA && row.simulated);
    assert.equal(row.erlangs, 12);
    for (const { agents, scheduled, serviceLevel } of [row.erlangC, row.erlangA, row.simulated]) {
      assert.ok(serviceLevel >= 0.8, `${serviceLevel}`);
      assert.equal(scheduled, Math.ceil(agents / 0.7));
    }
    assert.ok(row.erlangA.agents < row.erlangC.agents);
    assert.ok(Math.abs(row.simulated.agents - row.erlangA.agents) <= 1);
  });

  it('without a patience there is no Erlang A, and without calls nobody is needed', () => {
    const [row] = forecast([{ ...interval, calls: 0 }], { ...options, simulatedCalls: 0 });
    assert.equal(row?.erlangA, undefined);
    assert.equal(row?.simulated, undefined);
    const [none] = forecast([{ ...interval, calls: 0, patience: 60 }], options);
    assert.deepEqual(none?.erlangC, row?.erlangC);
    assert.deepEqual(none?.erlangA, none?.erlangC, 'all ways of reckoning say the same of nothing');
    assert.deepEqual(none?.simulated, none?.erlangC);
    assert.equal(none?.erlangC.agents, 0);
    assert.ok(Number.isNaN(none?.erlangC.serviceLevel));
  });
});

describe('own history', () => {
  const FROM = Date.UTC(2026, 10, 15, 23);
  const call = (n: number, at: number, more: Partial<RecordedCall> = {}): RecordedCall => ({
    callId: callId(`c${n}`),
    queueId: queueId('ventas'),
    queuedAt: at,
    priority: 5,
    requiredSkills: {},
    waitMs: 10_000,
    outcome: 'answered',
    talkMs: 100_000,
    offers: [],
    ...more,
  });
  const nine = Date.UTC(2026, 10, 16, 8, 10);
  const state = (seq: number, at: number, kind: AgentStateRecord['kind'], of?: string) => ({
    agentId: agentId('1'),
    seq,
    at,
    kind,
    ...(of ? { callId: callId(of) } : {}),
  });

  it('averages the days, interval by interval of the local clock', () => {
    const calls = Array.from({ length: 24 }, (_, n) => call(n, nine + (n % 2) * 86_400_000));
    const late = call(99, nine + 40 * 60_000, { queueId: queueId('soporte') });
    const states = [state(1, nine, 'wrapUp', 'c0'), state(2, nine + 24_000, 'ready')];
    const day = {
      from: FROM,
      to: FROM + 2 * 86_400_000,
      calls: [...calls, late],
      agentStates: states,
    };
    const of = { queueId: 'ventas', intervalSeconds: 1_800, zone: 'Europe/Madrid' };
    const [only, ...others] = intervalsOf(day, of);
    assert.deepEqual(others, []);
    assert.equal(only?.label, '09:00');
    assert.equal(only?.calls, 12);
    assert.equal(only?.handleTime, 101, 'a second of after-call work on average');
    assert.equal(intervalsOf(day, { ...of, weekdays: [1] })[0]?.calls, 12, 'one Monday');
    assert.deepEqual(intervalsOf(day, { ...of, weekdays: [0] }), []);
    assert.equal(intervalsOf(day, { intervalSeconds: 1_800, zone: 'Europe/Madrid' }).length, 2);
  });

  it('calls of which nobody was answered are no demand of no work', () => {
    const gone = call(1, nine, { outcome: 'abandoned', waitMs: 30_000 });
    const { talkMs: _, ...unanswered } = gone;
    const day = { from: FROM, to: FROM + 86_400_000, calls: [unanswered], agentStates: [] };
    const of = { intervalSeconds: 1_800, zone: 'Europe/Madrid' };
    assert.throws(() => intervalsOf(day, of), /No call of that history was answered/);
    assert.deepEqual(intervalsOf({ ...day, calls: [] }, of), []);
    const [mixed] = intervalsOf({ ...day, calls: [unanswered, call(2, nine)] }, of);
    assert.deepEqual([mixed?.calls, mixed?.handleTime], [2, 100]);
  });

  it('patience allows for those who were answered before they gave up', () => {
    const abandoned = { outcome: 'abandoned', waitMs: 30_000 } as const;
    const calls = [call(1, 0), call(2, 0, { waitMs: 20_000 }), call(3, 0, abandoned)];
    assert.equal(patienceOf(calls), 60);
    assert.equal(patienceOf([call(1, 0)]), undefined);
  });

  it('after-call work lasts until the next state', () => {
    const states = [
      state(1, 5, 'talking', 'a'),
      state(2, 10, 'wrapUp', 'a'),
      state(3, 25, 'ready'),
    ];
    assert.deepEqual([...wrapUpTimes(states)], [['a', 15]]);
  });
});
