import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeAgentLeg } from '../../support/fake-telephony.ts';
import { TestFloor } from '../../support/floor.ts';

test('What agents did and what calls asked for is recorded, so that the day can be played again', async () => {
  const floor = await TestFloor.open();
  floor.ready('1001');
  const caller = await floor.queuedCall('c1');
  const request = floor.telephony.rings.at(-1);
  assert.ok(request);
  floor.center.agentAnswered(request.offerId, new FakeAgentLeg(request));
  floor.clock.advance(30_000);
  floor.center.callerGone(caller.callId, 'hungup');

  const own = floor.agentStates.filter(({ agentId }) => agentId === '1001');
  assert.deepEqual(
    own.map(({ kind, reason, callId }) => [kind, reason ?? callId]),
    [
      ['notReady', 'signedIn'],
      ['ready', undefined],
      ['offered', caller.callId],
      ['talking', caller.callId],
      ['wrapUp', caller.callId],
    ],
  );
  assert.ok(own.every(({ seq }, index) => seq > (own[index - 1]?.seq ?? 0)));
  const queued = floor.events.find(({ type }) => type === 'call.queued');
  assert.equal(queued?.data.priority, 5);
  assert.deepEqual(queued?.data.requiredSkills, {});
  assert.deepEqual(queued?.data.skills, ['ventas'], 'the queue asks for it');
});
