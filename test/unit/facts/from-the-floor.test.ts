import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callFacts } from '../../../src/facts/call-facts.ts';
import { addTo, type Facts } from '../../../src/facts/names.ts';
import { Mirror } from '../../../src/feed/mirror.ts';
import { ownView } from '../../../src/feed/own-view.ts';
import { agentId } from '../../../src/model/ids.ts';
import { settled, type TestFloor } from '../../support/floor.ts';
import { answers, lastOffer, over, talking } from '../../support/talking.ts';

// What reports make of histories as the house itself writes them: not of what somebody thinks that it writes.

/** After everybody has put their notes away: each one's figures, and those of nobody in particular. */
function figuresOf(floor: TestFloor): Readonly<Record<string, Facts>> {
  floor.clock.advance(60_000);
  const { callId } = floor.cdrs[0] ?? assert.fail('there is no record');
  const wrapUps = floor.agentStates.flatMap((state, index) => {
    const next = floor.agentStates.slice(index + 1).find((one) => one.agentId === state.agentId);
    const isIts = state.kind === 'wrapUp' && state.callId === callId;
    return isIts && next ? [{ agentId: state.agentId, from: state.at, to: next.at }] : [];
  });
  const events = floor.events.filter((event) => event.callId === callId);
  const sums: Record<string, Facts> = {};
  for (const { agentId = '-', facts } of callFacts({ callId, events, wrapUps })) {
    sums[agentId] ??= {};
    addTo(sums[agentId], facts);
  }
  return sums;
}

const told = ({
  handled = 0,
  talkMs = 0,
  holdMs = 0,
  acwMs = 0,
  transferredOut = 0,
}: Facts = {}) => [handled, talkMs, holdMs, acwMs, transferredOut];

/** By the call's record: each one's time, hold included. */
function chargedTo(floor: TestFloor): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { agentId, talkMs } of floor.cdrs[0]?.agents ?? [])
    sums[agentId] = (sums[agentId] ?? 0) + talkMs;
  return sums;
}

test('Transferred: the colleague has their own after-call work, on the call that everybody knows', async () => {
  const { floor, caller, talk, id } = await talking();
  floor.clock.advance(10_000);
  talk.consult(id, { agent: '1002' });
  await settled();
  floor.clock.advance(5_000);
  await answers(floor);
  floor.clock.advance(5_000);
  talk.complete(id);
  await settled();
  floor.clock.advance(30_000);
  await over(floor, caller);
  const figures = figuresOf(floor);
  assert.deepEqual(told(figures['1001']), [1, 10_000, 10_000, 10_000, 1]);
  assert.deepEqual(told(figures['1002']), [1, 35_000, 0, 10_000, 0]);
  assert.deepEqual(chargedTo(floor), { '1001': 20_000, '1002': 35_000 });
  const calls = floor.agentStates.flatMap(({ callId }) => callId ?? []);
  assert.deepEqual(new Set(calls), new Set([id]));
});

test('The desk of who is asked, or given the call, shows who it is; and so does their state', async () => {
  const { floor, caller, talk, id } = await talking();
  const desk = () => ownView(new Mirror(floor.center.snapshot()), agentId('1002'));
  talk.consult(id, { agent: '1002' });
  await settled();
  assert.equal(desk()?.call?.id, id, 'while the phone rings');
  await answers(floor);
  assert.equal(desk()?.call?.caller.name, 'Ana García');
  talk.complete(id);
  await settled();
  assert.equal(desk()?.call?.id, id);
  const { state } = floor.center.agent(agentId('1002')) ?? {};
  assert.ok(state?.kind === 'talking' && state.callId === id);
  await over(floor, caller);
});

test('Nobody answers a transfer, and the call comes back: two conversations, no transfer, a phone that was missed', async () => {
  const { floor, caller, talk, id } = await talking();
  const first = lastOffer(floor);
  floor.clock.advance(10_000);
  talk.transfer(id, { agent: '1002' });
  await settled();
  floor.center.agentGone(first);
  await settled();
  floor.clock.advance(25_000);
  await settled();
  await answers(floor);
  floor.clock.advance(30_000);
  await over(floor, caller);
  const figures = figuresOf(floor);
  assert.deepEqual(told(figures['1001']), [2, 40_000, 0, 20_000, 0]);
  assert.deepEqual(chargedTo(floor), { '1001': 40_000 });
  assert.deepEqual(figures['1002'], { rung: 1, ringMs: 25_000, missed: 1 });
  const types = floor.typesOf(id);
  assert.ok(types.includes('call.cameBack') && !types.includes('call.transferred'));
});

test('Parked too long, or fetched by who parked it: another conversation of theirs; a transfer later is one', async () => {
  for (const isFetched of [false, true]) {
    const { floor, caller, talk, id } = await talking();
    floor.clock.advance(10_000);
    talk.park(id);
    await settled();
    floor.clock.advance(isFetched ? 15_000 : 120_000);
    if (isFetched) assert.equal(talk.pickUp('1001', agentId('1001')), undefined);
    await settled();
    floor.clock.advance(2_000);
    await answers(floor);
    floor.clock.advance(30_000);
    talk.transfer(id, { queue: 'soporte' });
    await settled();
    await over(floor, caller);
    assert.deepEqual(told(figuresOf(floor)['1001']), [2, 40_000, 0, 20_000, 1]);
  }
});

test('Who was only asked has handled nothing', async () => {
  const { floor, caller, talk, id } = await talking();
  floor.clock.advance(10_000);
  talk.consult(id, { agent: '1002' });
  await settled();
  floor.clock.advance(3_000);
  await answers(floor);
  floor.clock.advance(20_000);
  talk.cancel(id);
  await settled();
  floor.clock.advance(10_000);
  await over(floor, caller);
  const figures = figuresOf(floor);
  assert.deepEqual(told(figures['1001']), [1, 20_000, 23_000, 10_000, 0]);
  assert.deepEqual(figures['1002'], { rung: 1, ringMs: 3_000 });
});

test('Asked, then joined: a conversation from when they answered', async () => {
  const { floor, caller, talk, id } = await talking();
  talk.consult(id, { agent: '1002' });
  await settled();
  await answers(floor);
  floor.clock.advance(20_000);
  talk.conference(id);
  await settled();
  floor.clock.advance(30_000);
  floor.center.agentGone(lastOffer(floor));
  await settled();
  await over(floor, caller);
  const figures = figuresOf(floor);
  assert.deepEqual(told(figures['1001']), [1, 30_000, 20_000, 10_000, 0]);
  assert.deepEqual(told(figures['1002']), [1, 50_000, 0, 10_000, 0]);
});
