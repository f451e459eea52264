import assert from 'node:assert/strict';
import type { CallCenterOptions } from '../../src/runtime/call-center.ts';
import type { Leg } from '../../src/runtime/ports/phones.ts';
import { FakeAgentLeg, type FakeCallerLeg } from './fake-telephony.ts';
import { settled, TestFloor } from './floor.ts';

/** A caller talks with 1001; 1002 is at their desk, on a break. */
export async function talking(overrides: Partial<CallCenterOptions> = {}) {
  const floor = await TestFloor.open(undefined, {
    outbound: { allowed: ['+52'], callsMax: 5, callsPerHourMax: 100 },
    ...overrides,
  });
  floor.ready('1001');
  const caller = await floor.queuedCall('c1', '+525555550001');
  const agent = await answers(floor);
  rest(floor, '1002');
  const { talk } = floor.center;
  return { floor, caller, agent, talk, id: caller.callId };
}

function rest(floor: TestFloor, id: string): void {
  const agentId = id as FakeAgentLeg['agentId'];
  floor.center.submit({ type: 'agent.reachable', agentId, reachable: true });
  floor.center.submit({ type: 'agent.signIn', agentId });
}

/** The phone that rang last is picked up. */
export async function answers(floor: TestFloor): Promise<FakeAgentLeg> {
  const request = floor.telephony.rings.at(-1);
  assert.ok(request, 'a phone rings');
  const leg = new FakeAgentLeg(request);
  floor.center.agentAnswered(request.offerId, leg);
  await settled();
  return leg;
}

export function lastOffer(floor: TestFloor) {
  const request = floor.telephony.rings.at(-1);
  assert.ok(request);
  return request.offerId;
}

export function hears(floor: TestFloor, ...legs: Leg[]): void {
  assert.deepEqual(new Set(floor.telephony.hearing), new Set(legs));
}

/** The call is over, and nothing of it is left. */
export async function over(floor: TestFloor, caller: FakeCallerLeg) {
  floor.center.callerGone(caller.callId, 'hungup');
  await settled();
  assert.deepEqual(floor.center.snapshot().calls, []);
  assert.deepEqual(floor.engine.calls(), []);
  assert.deepEqual(floor.engine.brokenInvariants(), []);
  assert.deepEqual(floor.broken, []);
  assert.equal(floor.cdrs.length, 1);
  return floor.cdrs[0];
}
