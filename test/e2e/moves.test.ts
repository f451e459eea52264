import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { sharedHouse } from '../support/house.ts';
import { music } from '../support/music.ts';
import { cdrOf, historyOf, liveCallFrom } from '../support/records.ts';
import { type Stage, scene } from '../support/stage.ts';
import { TONES } from '../support/tones.ts';

describe('callers who wait and are moved by an operator', () => {
  const house = sharedHouse('moves');

  /** Two queues, each with an agent at their phone; whoever is of the second is ready. */
  async function twoQueues(stage: Stage) {
    const { company } = house();
    const [from, to] = [await company.line(), await company.line()];
    const [carmen, luis] = [await company.person(from), await company.person(to)];
    const hers = await house().baresip(stage, carmen);
    const his = await house().baresip(stage, luis);
    await company.ready(luis);
    return { company, from, to, carmen, luis, hers, his };
  }

  /** The operator, and the caller who has come. */
  async function called(stage: Stage, dnis: string) {
    const { api } = house().system;
    const caller = await house().dial(stage, dnis);
    await music(caller);
    const live = await liveCallFrom(api, caller.ani);
    const callId = live?.id ?? '';
    const move = (to: object) => api.post(`/v1/calls/${callId}/transfer`, { to });
    return { api, caller, callId, move };
  }

  type Called = Awaited<ReturnType<typeof called>>;
  type Floor = Awaited<ReturnType<typeof twoQueues>>;

  /** His phone rings meanwhile; then the two hear each other, and the record says who has answered where. */
  async function answeredThere({ api, caller }: Called, { his, to, luis }: Floor): Promise<void> {
    await his.rings();
    await his.answer();
    const since = performance.now();
    await eventually('the caller to hear the agent', () =>
      caller.rtp?.heard.find(TONES.agent, 300, since),
    );
    const before = his.heard().totalMs(TONES.caller);
    await eventually('the agent to hear the caller', () => {
      return his.heard().totalMs(TONES.caller) > before + 200;
    });
    await caller.hangUp();
    const { outcome, queueId, agentId } = await cdrOf(api, caller.sipp.callId);
    assert.deepEqual([outcome, queueId, agentId], ['answered', to.queueId, luis.id]);
  }

  scene('to another queue, whose agent answers', async (stage) => {
    const floor = await twoQueues(stage);
    const call = await called(stage, floor.from.dnis);
    await call.api.patch(`/v1/calls/${call.callId}`, { priority: 9 });
    await call.move({ queue: floor.to.queueId });
    await music(call.caller);
    await answeredThere(call, floor);
    const steps = await historyOf(call.api, call.callId);
    const left = steps.find(({ type }) => type === 'call.left');
    assert.equal(left?.data.byHouse, true);
    const queued = steps.filter(({ type }) => type === 'call.queued');
    assert.deepEqual(
      queued.map(({ data }) => [data.queueId, data.priority]),
      [
        [floor.from.queueId, 5],
        [floor.to.queueId, 9],
      ],
    );
  });

  scene('while a phone rings for them: it stops, and its agent is ready again', async (stage) => {
    const floor = await twoQueues(stage);
    const { company, carmen, hers } = floor;
    await company.ready(carmen);
    const call = await called(stage, floor.from.dnis);
    await hers.rings();
    await call.move({ queue: floor.to.queueId });
    await hers.event('CALL_CLOSED');
    await company.state(carmen, 'ready');
    await answeredThere(call, floor);
  });

  scene('to an agent by name, who is on a break', async (stage) => {
    const floor = await twoQueues(stage);
    const call = await called(stage, floor.from.dnis);
    await call.api.post(`/v1/agents/${floor.luis.id}/state`, {
      state: 'notReady',
      reason: 'pausa',
    });
    await call.move({ agent: floor.luis.id });
    await music(call.caller);
    await answeredThere(call, { ...floor, to: floor.from });
  });
});
