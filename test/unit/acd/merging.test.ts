import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import { callbackId, callId, queueId } from '../../../src/model/ids.ts';
import type { QueueConfig } from '../../../src/model/queue.ts';
import { agent, Desk, queue } from './desk.ts';

const MINUTE_MS = 60_000;

const promising = (id: string, more: Partial<QueueConfig> = {}): QueueConfig =>
  queue(id, { callbackEnabled: true, ...more });

const toB = [{ when: 'maxWait', ms: 10_000, to: { queue: queueId('b') } }] as const;

describe('call backs and the customer’s own calls', () => {
  it('K7 P9 a call back that was asked for after an overflow is merged by a call to the first queue', () => {
    const desk = new Desk([promising('a', { overflow: toB }), promising('b')], []);
    desk.callFrom('+34', 'c1', 'a');
    desk.pass(10_000);
    desk.askBack('c1');
    desk.after(MINUTE_MS).callFrom('+35', 'other', 'b');
    desk.callFrom('+34', 'c2', 'a');
    assert.equal(desk.ticket('c1!')?.stage, 'paused');
    desk.pass(10_000);
    assert.deepEqual(desk.engine.line(queueId('b'), 9), ['c2', 'other'], 'with the old place');
  });

  it('K7 P9 a call that is sent on to the queue of its customer’s call back has that place', () => {
    const desk = new Desk([promising('a', { overflow: toB }), promising('b')], []);
    desk.callFrom('+34', 'c1', 'b');
    desk.askBack('c1');
    desk.after(1_000).callFrom('+35', 'other', 'b');
    desk.callFrom('+34', 'c2', 'a');
    assert.equal(desk.endOf('c1!'), undefined, 'another matter');
    desk.pass(10_000);
    assert.equal(desk.ticket('c1!')?.stage, 'paused');
    assert.deepEqual(desk.engine.line(queueId('b'), 9), ['c2', 'other']);
  });

  it('K7 R3 whoever accepts has the live call only if they may have it', () => {
    const desk = new Desk([promising('v')], [agent('1', ['v'])]);
    desk.callFrom('+34', 'c1', 'v');
    desk.askBack('c1');
    desk.work('1');
    desk.give({
      type: 'call.enqueue',
      callId: callId('c2'),
      queueId: queueId('v'),
      priority: 5,
      requiredSkills: { catalan: 5 },
      callerKey: '+34',
    });
    desk.answer('c1!');
    assert.equal(desk.stage('c2'), 'queued');
    assert.equal(desk.state('1'), 'ready');
    assert.equal(desk.ticket('c1!')?.stage, 'paused', 'the customer waits by themselves');
  });

  it('K7 a live call that stands before its call back keeps the better place when the attempt fails', () => {
    const desk = new Desk([promising('v')], [agent('1', ['v'])]);
    desk.callFrom('+34', 'c1', 'v');
    desk.askBack('c1');
    desk.work('1');
    desk.after(1).call('middle', 'v', 7);
    desk.after(1).callFrom('+34', 'c2', 'v', 10);
    assert.deepEqual(desk.engine.line(queueId('v'), 9), ['c2', 'middle']);
    desk.fail('c1!', 'busy');
    assert.equal(desk.ticket('c1!')?.stage, 'paused');
    assert.deepEqual(desk.engine.line(queueId('v'), 9), ['c2', 'middle']);
  });

  it('K7 a live call that went on to another queue is not for an agent of the first', () => {
    const desk = new Desk([promising('a', { overflow: toB }), promising('b')], [agent('1', ['a'])]);
    desk.callFrom('+34', 'c1', 'a');
    desk.askBack('c1');
    desk.work('1');
    desk.callFrom('+34', 'c2', 'a');
    desk.pass(10_000);
    desk.answer('c1!');
    assert.equal(desk.stage('c2'), 'queued');
    assert.equal(desk.state('1'), 'ready');
  });

  it('K1 R13 a call back goes on softening from where the caller was, and from attempt to attempt', () => {
    const relaxation = [{ afterMs: MINUTE_MS, dropSkills: ['ingles'] }];
    const asks = promising('v', { requiredSkills: { ingles: 8 }, relaxation });
    const desk = new Desk([asks], [agent('1', ['v'])]);
    desk.callFrom('+34', 'c1', 'v');
    desk.pass(MINUTE_MS - 5_000);
    desk.askBack('c1');
    desk.pass(5_000);
    desk.work('1');
    assert.equal(desk.ticket('c1!')?.stage, 'offered', 'a minute after they came');
    desk.answer('c1!');
    desk.miss('c1!');
    desk.pass(asks.callbackRetryMs);
    assert.equal(desk.ticket('c1!')?.stage, 'offered', 'as soon as it stands in the line again');
  });

  it('K1 R13 one that was asked for a later time softens from when it stands in the line', () => {
    const relaxation = [{ afterMs: MINUTE_MS, dropSkills: ['ingles'] }];
    const asks = promising('v', { requiredSkills: { ingles: 8 }, relaxation });
    const desk = new Desk([asks], [agent('1', ['v'])]).work('1');
    desk.callFrom('+34', 'c1', 'v');
    desk.pass(30_000);
    desk.askBack('c1', { at: desk.now + 5 * MINUTE_MS });
    desk.pass(6 * MINUTE_MS - 1);
    assert.equal(desk.ticket('c1!')?.stage, 'waiting');
    desk.pass(1);
    assert.equal(desk.ticket('c1!')?.stage, 'offered');
  });

  it('C2 K1 K2 what stands in the line for a call back is told its place there', () => {
    const desk = new Desk([promising('v')], []);
    desk.call('a', 'v');
    desk.after(1).callFrom('+34', 'c1', 'v');
    desk.after(1).call('b', 'v');
    const positionOf = (id: string) =>
      desk.history.flatMap((change) =>
        change.type === 'callback.queued' && change.callbackId === id ? [change.position] : [],
      );
    desk.askBack('c1');
    assert.deepEqual(positionOf('c1!'), [2], 'where the caller was');
    desk.schedule('t', 'v', '+35', desk.now + MINUTE_MS);
    desk.pass(MINUTE_MS);
    assert.deepEqual(positionOf('t'), [4], 'behind who came before that time');
  });

  it('K2 nobody schedules themselves before those who wait', () => {
    const desk = new Desk([promising('v')], []);
    desk.callFrom('+34', 'c1', 'v');
    desk.after(1_000).schedule('t', 'v', '+35', desk.now - 500_000);
    assert.deepEqual(desk.engine.line(queueId('v'), 9), ['c1', 't']);
  });

  it('K4 a call back whose bridge fails takes nobody else out of the service level', () => {
    const desk = new Desk([promising('v')], [agent('1', ['v']), agent('2', ['v'])]).work('1', '2');
    desk.call('live', 'v');
    desk.answer('live');
    desk.schedule('t', 'v', '+35', desk.now);
    desk.answer('t');
    desk.reach('t');
    desk.give({ type: 'call.returned', callId: callId('t'), cause: 'media' });
    assert.equal(desk.engine.serviceLevel(queueId('v')), 1);
    desk.abandon('t');
    desk.after(30 * MINUTE_MS - MINUTE_MS).tick();
    assert.ok((desk.engine.serviceLevel(queueId('v')) ?? 0) <= 1);
  });

  it('K8 10,000 promises at most', () => {
    const engine = Engine.create();
    engine.apply(0, { type: 'configure', queues: [promising('v')], agents: [] });
    const promise = (n: number) =>
      engine.apply(0, {
        type: 'callback.schedule',
        callbackId: callbackId(`t${n}`),
        queueId: queueId('v'),
        callerKey: `+${n}`,
        at: MINUTE_MS,
        priority: 5,
        requiredSkills: {},
      }).reply;
    for (let n = 0; n < 10_000; n++) assert.ok(promise(n).ok);
    const refused = promise(10_000);
    assert.equal(refused.ok || refused.code, 'CALLBACK_FULL');
  });

  it('H1 O1 a colleague’s call cannot have the id of a call back', () => {
    const desk = new Desk([promising('v')], [agent('1', ['v'])]).work('1');
    desk.schedule('t', 'v', '+34', desk.now + MINUTE_MS);
    assert.equal(desk.direct('t', 'v', '1'), 'CALL_STATE');
    desk.pass(MINUTE_MS);
    assert.equal(desk.ticket('t')?.stage, 'offered');
  });
});

describe('the estimate beside call backs', () => {
  it('EW1 P8 who asks to be rung back has not given up: the line is as long as before', () => {
    const waitOfTheLast = (asking: boolean): number => {
      const desk = new Desk([promising('v')], [agent('1', ['v'])]).work('1');
      desk.call('busy', 'v');
      desk.answer('busy');
      for (let n = 0; n < 20; n++) desk.callFrom(`+${n}`, `c${n}`, 'v');
      desk.pass(MINUTE_MS);
      for (let n = 0; asking && n < 20; n++) desk.askBack(`c${n}`);
      desk.call('last', 'v');
      return desk.engine.estimate(callId('last'))?.lowMs ?? 0;
    };
    assert.equal(waitOfTheLast(true), waitOfTheLast(false));
  });

  it('EW1 call backs do not give up as callers do', () => {
    const waitOfTheLast = (asking: boolean): number => {
      const desk = new Desk([promising('v')], [agent('1', ['v'])]).work('1');
      desk.call('busy', 'v');
      desk.answer('busy');
      for (let n = 0; n < 9; n++) desk.callFrom(`+9${n}`, `gone${n}`, 'v');
      for (let n = 0; n < 20; n++) desk.callFrom(`+${n}`, `c${n}`, 'v');
      desk.pass(MINUTE_MS);
      for (let n = 0; n < 9; n++) desk.abandon(`gone${n}`);
      for (let n = 0; asking && n < 20; n++) desk.askBack(`c${n}`);
      desk.call('last', 'v');
      return desk.engine.estimate(callId('last'))?.lowMs ?? 0;
    };
    assert.ok(waitOfTheLast(true) > 1.5 * waitOfTheLast(false));
  });
});
