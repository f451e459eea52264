import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Ewt } from '../../../src/acd/tellings.ts';
import { callId, queueId } from '../../../src/model/ids.ts';
import type { QueueConfig } from '../../../src/model/queue.ts';
import { agent, Desk, queue } from './desk.ts';

const HANDLE_MS = 100_000;

/** Agents with a past: their queue has learnt that a call takes 100 s. All are busy. */
function experienced(agents: number, more = {}, ...others: readonly QueueConfig[]): Desk {
  const ids = Array.from({ length: agents }, (_, n) => `${n}`);
  const desk = new Desk(
    [queue('v', { wrapUpMs: 0, handleTimeMs: HANDLE_MS, ...more }), ...others],
    ids.map((id) => agent(id, ['v'])),
  ).work(...ids);
  for (let round = 0; round < 3; round++) {
    const calls = ids.map((id) => `${round} ${id}`);
    for (const id of calls) {
      desk.call(id, 'v');
      desk.answer(id);
    }
    desk.pass(HANDLE_MS);
    for (const id of calls) desk.end(id);
  }
  for (const id of ids) {
    desk.call(`with ${id}`, 'v');
    desk.answer(`with ${id}`);
  }
  return desk;
}

/** What each call was told last. */
function told(desk: Desk): Record<string, Ewt | undefined> {
  const said = desk.history.flatMap((change) =>
    change.type === 'announcement.due' ? [[change.callId, change.ewt] as const] : [],
  );
  return Object.fromEntries(said);
}

function line(desk: Desk, length: number): Desk {
  for (let n = 0; n < length; n++) desk.after(1).call(`c${n}`, 'v');
  return desk;
}

describe('promises of a wait', () => {
  it('EW4 P8 is never longer than what the caller was told, but for a reason', () => {
    const desk = line(experienced(4), 8);
    desk.pass(10_000);
    const first = told(desk).c7;
    assert.ok(first);
    const [saidAt, promised] = [desk.now, desk.now + first.highMs];
    // Nobody hangs up: the conversations last longer than usual, which nobody could know.
    for (let elapsed = 0; elapsed < 2 * HANDLE_MS; elapsed += 45_000) {
      desk.pass(45_000);
      const ewt = told(desk).c7;
      if (ewt) assert.ok(desk.now + ewt.highMs <= promised, `${desk.now - saidAt}`);
      assert.equal(ewt?.reason, undefined);
    }
  });

  it('EW4 P8 what cannot be kept and has no reason is not said again', () => {
    const desk = line(experienced(4), 8);
    desk.pass(10_000);
    assert.ok(told(desk).c7);
    desk.pass(600_000);
    assert.equal(told(desk).c7, undefined);
    assert.equal(desk.stage('c7'), 'queued');
  });

  it('EW4 P8 names the staffing when agents leave', () => {
    const desk = line(experienced(4), 8);
    desk.pass(10_000);
    const before = told(desk).c7;
    desk.notReady('0');
    desk.notReady('1');
    desk.pass(45_000);
    const after = told(desk).c7;
    assert.equal(after?.reason, 'staffing');
    assert.ok(before && after && after.highMs > before.highMs);
  });

  it('EW4 P8 names the priority of callers who came before', () => {
    const desk = line(experienced(4), 8);
    desk.pass(10_000);
    for (let n = 0; n < 8; n++) desk.after(1).call(`vip${n}`, 'v', 8);
    desk.pass(45_000);
    assert.equal(told(desk).c7?.reason, 'priority');
  });

  it('EW4 R19 what was told is not held against who was put behind others since', () => {
    const desk = line(experienced(4), 8);
    desk.pass(10_000);
    const before = told(desk).c0;
    assert.ok(before);
    const call = callId('c0');
    desk.give({ type: 'call.prioritise', callId: call, priority: 0 });
    assert.equal(desk.position('c0'), 8);
    desk.pass(45_000);
    const after = told(desk).c0;
    assert.ok(after && after.lowMs > before.highMs, 'the truth, and no reason is needed');
    assert.equal(after.reason, undefined);
  });

  it('EW4 V1 nor against who has gone on to another queue; they count as lost where they were', () => {
    const overflow = [{ when: 'maxWait', ms: 60_000, to: { queue: queueId('w') } }] as const;
    const desk = experienced(4, { overflow }, queue('w'));
    const learnt = () => {
      const { queues } = JSON.parse(desk.engine.serialize()) as {
        queues: { statistics: { losses: number } }[];
      };
      return queues[0]?.statistics.losses ?? 0;
    };
    desk.call('x', 'v');
    desk.pass(10_000);
    assert.ok(told(desk).x, 'they were told a wait');
    assert.equal(desk.engine.serviceLevel(queueId('v')), 1);
    assert.equal(learnt(), 0);
    desk.pass(50_000);
    assert.equal(desk.engine.call(callId('x'))?.queueId, 'w');
    assert.equal(desk.engine.serviceLevel(queueId('v')), 16 / 17);
    assert.equal(learnt(), 1, 'one more who has left');
    const { first } = desk.engine.queue(queueId('v'))?.ewtAccuracy ?? {};
    assert.equal(first?.calls, 1, 'what they were told had come to nothing by then');
  });

  it('EW4 P8 R19 and of callers who are given a higher one', () => {
    const desk = line(experienced(4), 16);
    desk.pass(10_000);
    assert.ok(told(desk).c7);
    for (let n = 8; n < 16; n++)
      desk.give({ type: 'call.prioritise', callId: callId(`c${n}`), priority: 8 });
    desk.pass(45_000);
    assert.equal(told(desk).c7?.reason, 'priority');
  });

  it('EW4 R19 another priority that is no other place takes no promise back', () => {
    const promised = (priority: number) => {
      const desk = line(experienced(4, { priorityLevelMs: 0 }), 8);
      desk.pass(10_000);
      assert.ok(told(desk).c7);
      desk.give({ type: 'call.prioritise', callId: callId('c7'), priority });
      desk.notReady('0');
      desk.notReady('1');
      desk.pass(45_000);
      return told(desk).c7;
    };
    assert.equal(promised(5)?.reason, 'staffing');
    for (const priority of [4, 6]) assert.deepEqual(promised(priority), promised(5));
  });

  it('EW4 P8 K7 and of a caller who has the better place of their ticket', () => {
    const desk = line(experienced(4, { callbackEnabled: true }), 8);
    desk.pass(10_000);
    assert.ok(told(desk).c7);
    const at = desk.now + 20_000;
    for (let n = 0; n < 8; n++) {
      desk.callFrom(`+3460000000${n}`, `late${n}`, 'v', 3);
      desk.schedule(`vip${n}`, 'v', `+3460000000${n}`, at, 10);
    }
    desk.pass(45_000);
    assert.equal(told(desk).c7?.reason, 'priority');
  });

  it('EW4 P8 K3 names the priority of call backs that came before, too', () => {
    const desk = line(experienced(4, { callbackEnabled: true }), 8);
    const at = desk.now + 20_000;
    for (let n = 0; n < 8; n++) desk.schedule(`vip${n}`, 'v', `+3460000000${n}`, at, 8);
    desk.pass(10_000);
    assert.ok(told(desk).c7);
    desk.pass(45_000);
    assert.equal(told(desk).c7?.reason, 'priority');
  });

  it('EW4 P8 names the handle times when they have grown', () => {
    const desk = line(experienced(4, { waitMsMax: 80_000_000 }), 60);
    desk.pass(10_000);
    const before = told(desk).c59;
    assert.ok(before);
    for (let round = 0; round < 10; round++) {
      desk.pass(HANDLE_MS * 4);
      const talking = desk.engine.calls().filter(({ stage }) => stage === 'talking');
      for (const { id } of talking) desk.end(id);
      const offered = desk.engine.calls().filter(({ stage }) => stage === 'offered');
      for (const { id } of offered) desk.answer(id);
    }
    const reasons = desk.history.flatMap((change) =>
      change.type === 'announcement.due' && change.callId === 'c59' ? [change.ewt?.reason] : [],
    );
    assert.ok(reasons.includes('handleTime'));
  });

  it('EW5 says nothing before it has experience, about what is too wide, or beyond the limit', () => {
    const green = new Desk([queue('v')], [agent('0', ['v'])]).work('0');
    green.call('x', 'v');
    green.answer('x');
    line(green, 3).pass(10_000);
    assert.equal(told(green).c2, undefined);

    // One conversation that may end at any moment: between half a minute and three.
    const wide = line(experienced(1), 1);
    wide.pass(10_000);
    assert.equal(told(wide).c0, undefined);

    const limited = line(experienced(4, { announceWaitMsMax: 200_000 }), 30);
    limited.pass(10_000);
    assert.ok(told(limited).c3);
    assert.equal(told(limited).c29, undefined);

    const short = line(experienced(4, { waitMsMax: 200_000 }), 30);
    short.pass(10_000);
    assert.equal(told(short).c29, undefined);
  });

  it('EW7 P8 measures what callers were told against what came of it', () => {
    const desk = line(experienced(4), 8);
    desk.pass(10_000);
    const [c4, c5] = [told(desk).c4, told(desk).c5];
    assert.ok(c4 && c5);
    // Everybody before leaves: c4 is answered at once, far too early; c5 in the middle of its range.
    for (const id of ['c0', 'c1', 'c2', 'c3']) desk.abandon(id);
    desk.end('with 0');
    desk.answer('c4');
    const middle = (c5.lowMs + c5.highMs) / 2;
    desk.after(Math.round(middle)).end('with 1');
    desk.answer('c5');
    const view = desk.engine.queue(queueId('v'))?.ewtAccuracy.first;
    assert.equal(view?.calls, 2);
    assert.equal(view.coverage, 1 / 2);
    assert.ok(Math.abs(view.absoluteErrorMs - (c4.lowMs + c4.highMs) / 4) < 10);
    assert.ok(Math.abs(view.biasMs + (c4.lowMs + c4.highMs) / 4) < 10);
  });

  it('EW7 who leaves too late was told too little, who leaves in time proves nothing', () => {
    const desk = line(experienced(4), 8);
    desk.pass(10_000);
    desk.abandon('c5');
    assert.equal(desk.engine.queue(queueId('v'))?.ewtAccuracy.first.calls, 0);
    desk.pass(1_000_000);
    desk.abandon('c6');
    const view = desk.engine.queue(queueId('v'))?.ewtAccuracy.first;
    assert.deepEqual([view?.calls, view?.coverage], [1, 0]);
    assert.ok((view?.biasMs ?? 0) > 0);
  });

  it('EW6 P10 says the position with every announcement, unless the queue is set not to', () => {
    const says = (announcePositionMax?: number) => {
      const more = announcePositionMax === undefined ? {} : { announcePositionMax };
      const desk = line(new Desk([queue('v', more)], []), 3);
      desk.pass(200_000);
      const due = desk.history.flatMap((change) =>
        change.type === 'announcement.due' ? [change] : [],
      );
      // At 10 s, and every 45 s after: each caller is told five times.
      assert.equal(due.length, 3 * 5);
      return due.filter(({ saysPosition }) => saysPosition).map(({ position }) => position);
    };
    assert.deepEqual(says().slice(0, 3), [1, 2, 3]);
    assert.equal(says().length, 15);
    assert.deepEqual([...new Set(says(2))], [1, 2]);
    assert.deepEqual(says(0), []);
  });
});
