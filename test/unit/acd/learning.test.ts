import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  noteArrival,
  noteOvertaker,
  overtakersExpected,
  wasOvertaken,
} from '../../../src/acd/arrivals.ts';
import { admitCall } from '../../../src/acd/calls.ts';
import { createCall } from '../../../src/acd/create-call.ts';
import { createFloor, createQueue } from '../../../src/acd/create-floor.ts';
import { giveUpRateOf, observePatience } from '../../../src/acd/patience.ts';
import type { Call, Floor, Queue } from '../../../src/acd/state.ts';
import { callId } from '../../../src/model/ids.ts';
import { queue as config } from './desk.ts';

const START = 1_700_000_000_000;
const MINUTE_MS = 60_000;
const SHORT_MS = 5_000;

/** A queue by itself, whose levels of priority are a minute each. */
function learner(): { floor: Floor; queue: Queue } {
  const floor = createFloor();
  floor.now = START;
  const terms = config('v', { shortAbandonMs: SHORT_MS, priorityLevelMs: MINUTE_MS });
  const watch = { seq: 1, unstaffedSince: undefined, unavailableSince: undefined };
  return { floor, queue: createQueue(terms, watch, 2) };
}

let calls = 0;
const someCall = (floor: Floor, queue: Queue, priority = 5, effectiveStart = floor.now): Call =>
  createCall(floor, queue, {
    id: callId(`c${++calls}`),
    priority,
    requiredSkills: {},
    preferredAgentId: undefined,
    callerKey: undefined,
    regained: false,
    effectiveStart,
  });

const near = (actual: number, expected: number, within = 0.02): void =>
  assert.ok(Math.abs(actual - expected) <= within * expected, `${actual}, not ${expected}`);

describe('patience', () => {
  /** So many calls wait so long, and leave, or are answered. */
  const wait = (
    { floor, queue }: ReturnType<typeof learner>,
    count: number,
    waitMs: number,
    left: boolean,
  ): void => {
    for (let n = 0; n < count; n++) {
      const call = someCall(floor, queue);
      floor.now += waitMs;
      observePatience(floor, call, left);
    }
  };

  it('EW1 losses over all the time waited, the answered ones’ included, beyond a short abandon', () => {
    const line = learner();
    assert.equal(giveUpRateOf(line.queue), 0, 'nothing is known');
    wait(line, 1, SHORT_MS + MINUTE_MS, true);
    near(giveUpRateOf(line.queue), 1 / MINUTE_MS, 1e-9);
    wait(line, 3, SHORT_MS + MINUTE_MS, false);
    near(giveUpRateOf(line.queue), 1 / (4 * MINUTE_MS), 0.01);
  });

  it('EW1 who leaves before a short abandon is over says nothing', () => {
    const line = learner();
    wait(line, 4, SHORT_MS + MINUTE_MS, true);
    const before = structuredClone(line.queue.statistics);
    wait(line, 20, SHORT_MS, true);
    wait(line, 20, SHORT_MS - 1, false);
    assert.deepEqual(line.queue.statistics, before);
    wait(line, 1, SHORT_MS + 1, true);
    assert.notDeepEqual(line.queue.statistics, before);
  });

  it('EW1 calls fade: 300 later what was learnt counts for a third', () => {
    const line = learner();
    wait(line, 3_000, SHORT_MS + MINUTE_MS, true);
    near(giveUpRateOf(line.queue), 1 / MINUTE_MS, 1e-6);
    wait(line, 300, SHORT_MS + MINUTE_MS, false);
    near(giveUpRateOf(line.queue), Math.exp(-1) / MINUTE_MS);
  });

  it('EW1 of those who stand in the line, call backs give nothing up', () => {
    const line = learner();
    wait(line, 1, SHORT_MS + MINUTE_MS, true);
    Object.assign(line.queue, { waiting: 3, callbacks: 1 });
    near(giveUpRateOf(line.queue), 3 / 4 / MINUTE_MS, 1e-9);
  });
});

describe('arrivals', () => {
  /** One call of the priority every minute, for three hours. */
  const stream = (priority: number) => {
    const line = learner();
    for (let n = 0; n < 180; n++) {
      line.floor.now += MINUTE_MS;
      noteArrival(line.floor, someCall(line.floor, line.queue, priority), 1);
    }
    return line;
  };
  const expected = (
    { floor, queue }: ReturnType<typeof learner>,
    startedAgoMs: number,
    waitMs: number,
  ) => overtakersExpected(floor, queue, floor.now - startedAgoMs, waitMs);

  it('EW1 who comes with two levels more stands first for two minutes, at the rate of their like', () => {
    const line = stream(7);
    near(expected(line, 0, 10 * MINUTE_MS), 2, 0.05);
    near(expected(line, 0, MINUTE_MS), 1, 0.05);
    near(expected(line, MINUTE_MS, 10 * MINUTE_MS), 1, 0.05);
    assert.equal(expected(line, 2 * MINUTE_MS, 10 * MINUTE_MS), 0, 'whoever comes is too late');
  });

  it('EW1 nobody of the same priority or a lower one comes before', () => {
    for (const priority of [0, 3, 5]) {
      assert.equal(expected(stream(priority), 0, 10 * MINUTE_MS), 0);
    }
  });

  it('EW1 a rate fades by a factor of e in a quarter of an hour, by silence and by others alike', () => {
    const line = stream(7);
    const before = expected(line, 0, MINUTE_MS);
    line.floor.now += 15 * MINUTE_MS;
    near(expected(line, 0, MINUTE_MS), before / Math.E, 1e-6);
    noteArrival(line.floor, someCall(line.floor, line.queue, 0), 1);
    near(expected(line, 0, MINUTE_MS), before / Math.E, 1e-6);
  });

  /** So many stand in the line, in the order of their coming. */
  const standing = (line: ReturnType<typeof learner>, count: number): readonly Call[] =>
    Array.from({ length: count }, () => {
      const call = someCall(line.floor, line.queue, 5, line.floor.now++);
      admitCall(line.floor, call);
      return call;
    });

  it('EW4 who is placed before somebody is remembered, and who comes last is not', () => {
    const line = learner();
    const [first, second, third] = standing(line, 3) as [Call, Call, Call];
    noteArrival(line.floor, third, 3);
    noteOvertaker(line.floor, third, 3);
    assert.deepEqual(line.queue.statistics.overtakers, []);
    const told = line.floor.now++;
    noteArrival(line.floor, second, 2);
    assert.equal(wasOvertaken(third, line.queue, told), true);
    assert.equal(wasOvertaken(third, line.queue, line.floor.now), false, 'before they were told');
    assert.equal(wasOvertaken(second, line.queue, told), false, 'by nobody but themselves');
    assert.equal(wasOvertaken(first, line.queue, told), false, 'behind them');
  });

  it('EW4 the last 32 are remembered', () => {
    const line = learner();
    const [first] = standing(line, 2) as [Call, Call];
    for (let n = 0; n < 40; n++) {
      line.floor.now++;
      noteOvertaker(line.floor, first, 1);
    }
    const { overtakers } = line.queue.statistics;
    assert.equal(overtakers.length, 32);
    assert.equal(overtakers[0]?.at, line.floor.now - 31, 'the oldest are forgotten');
  });
});
