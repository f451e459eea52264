import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Baresip } from '../support/baresip.ts';
import { eventually } from '../support/eventually.ts';
import { type House, sharedHouse } from '../support/house.ts';
import { music } from '../support/music.ts';
import { type Floor, msOf, SUPERVISOR, silence, talking } from '../support/overheard.ts';
import { cdrOf, historyOf } from '../support/records.ts';
import { type Stage, scene } from '../support/stage.ts';
import { TONES } from '../support/tones.ts';

const { agent: AGENT, caller: CALLER, otherCaller: COLLEAGUE } = TONES;

/** A supervisor listens; a colleague of the agent is on a break, with their phone on their desk. */
async function overheard(stage: Stage, house: House) {
  const { company, system } = house;
  const floor = await talking(stage, house);
  const luis = await company.person(floor.line);
  const his = await house.baresip(stage, luis, { toneHz: COLLEAGUE });
  await company.agent(luis.id, ({ reachable }) => reachable);
  await system.api.post(`/v1/agents/${luis.id}/sign-in`);
  await system.api.post(floor.path, { supervisorExtension: floor.boss.user, mode: 'listen' });
  await floor.supervisor.rings();
  await floor.supervisor.answer();
  await hearsMore(floor.supervisor, AGENT, CALLER, AGENT + CALLER);
  const call = `/v1/calls/${floor.call.id}`;
  return {
    ...floor,
    luis,
    his,
    post: (what: string, body = {}) => system.api.post(`${call}/${what}`, body),
  };
}

/** One of these is heard in the phone's latest call, from now on: a tone, or two at once. */
async function hearsMore(phone: Baresip, ...tones: readonly number[]): Promise<void> {
  const heardMs = () => tones.reduce((sum, tone) => sum + msOf(phone, tone), 0);
  const before = heardMs();
  await eventually(`${phone.user} to hear ${tones}`, () => heardMs() > before + 200);
}

async function callerHears({ caller }: Floor, what: number, lastingMs = 300) {
  const since = performance.now();
  await eventually(`the caller to hear ${what}`, () =>
    caller.rtp?.heard.find(what, lastingMs, since),
  );
}

describe('take-over', () => {
  const house = sharedHouse('take-over');

  scene(
    'while a transfer rings: the colleague is not rung any more, and the supervisor has the call as an agent has',
    async (stage) => {
      const floor = await overheard(stage, house());
      const { supervisor, boss, his, luis, caller, post } = floor;
      const { company, system } = house();
      await post('transfer', { to: { agent: luis.id } });
      await his.rings();
      await system.api.post(`${floor.path}/s1/take-over`);
      await his.event('CALL_CLOSED');
      await floor.agent.event('CALL_CLOSED');
      await callerHears(floor, SUPERVISOR);
      await hearsMore(supervisor, CALLER);
      await company.state(boss, 'talking');
      await company.state(luis, 'notReady');
      await company.state(floor.agentId, 'ready');
      await post('hold');
      await music(caller);
      await post('retrieve');
      await callerHears(floor, SUPERVISOR);
      await supervisor.hangUp();
      await caller.wasHungUp();
      const cdr = await cdrOf(system.api, caller.sipp.callId);
      assert.deepEqual(
        cdr.agents?.map(({ agentId }) => agentId),
        [floor.agentId, boss.id],
      );
      assert.ok(cdr.agents?.every(({ talkMs }) => talkMs > 300));
      assert.equal(cdr.agentId, boss.id);
      const types = (await historyOf(system.api, cdr.callId)).map(({ type }) => type);
      assert.ok(types.includes('supervision.tookOver') && !types.includes('call.transferred'));
    },
  );

  scene(
    'the agent asks by a second call, which the supervisor hears; in the conference they take over by key, and the colleague stays',
    async (stage) => {
      const floor = await overheard(stage, house());
      const { supervisor, boss, agent, his, luis, caller } = floor;
      const { company, system } = house();
      await agent.hold();
      await agent.dial(`sip:${luis.user}@${system.sip.host}:${system.sip.port}`);
      await his.rings();
      await his.answer();
      await hearsMore(supervisor, COLLEAGUE, AGENT + COLLEAGUE);
      await agent.press('*3');
      await callerHears(floor, AGENT + COLLEAGUE, 100);
      await supervisor.press('9');
      await agent.event('CALL_CLOSED', 2);
      await callerHears(floor, SUPERVISOR + COLLEAGUE, 100);
      await his.speaks(silence(stage));
      await hearsMore(his, CALLER, SUPERVISOR, CALLER + SUPERVISOR);
      await company.state(boss, 'talking');
      await his.hangUp();
      await callerHears(floor, SUPERVISOR);
      await hearsMore(supervisor, CALLER);
      await company.state(luis, 'notReady');
      await caller.hangUp();
      await supervisor.event('CALL_CLOSED');
      await company.state(boss, 'offline');
    },
  );
});
