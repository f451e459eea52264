import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Baresip } from '../support/baresip.ts';
import { eventually, pause } from '../support/eventually.ts';
import { sharedHouse } from '../support/house.ts';
import { type Floor, msOf, SUPERVISOR, silence, talking } from '../support/overheard.ts';
import { cdrOf, historyOf, liveCallFrom } from '../support/records.ts';
import { scene } from '../support/stage.ts';
import { TONES } from '../support/tones.ts';

/** Somebody else's tone is found within this; or not at all. */
const LISTENED_MS = 700;

const callerMs = ({ caller }: Floor, tone: number) => caller.rtp?.heard.totalMs(tone) ?? 0;

/** Who hears the supervisor from now on: measured for a while, both in the positive and the negative. */
async function hearsSupervisor(floor: Floor, who: { agent: boolean; caller: boolean }) {
  // What is under way when the mode changes still arrives.
  await pause(300);
  const before = [msOf(floor.agent, SUPERVISOR), callerMs(floor, SUPERVISOR)] as const;
  await pause(LISTENED_MS);
  const agentMs = msOf(floor.agent, SUPERVISOR) - before[0];
  const heardMs = callerMs(floor, SUPERVISOR) - before[1];
  if (who.agent) assert.ok(agentMs > 200, `the agent hears ${agentMs} ms of the supervisor`);
  else assert.ok(agentMs <= 40, `the agent hears ${agentMs} ms of the supervisor, and must not`);
  if (who.caller) assert.ok(heardMs > 200, `the caller hears ${heardMs} ms of the supervisor`);
  else assert.ok(heardMs <= 40, `the caller hears ${heardMs} ms of the supervisor, and must not`);
}

describe('supervision', () => {
  const house = sharedHouse('supervision');

  scene(
    'listen, whisper, barge by the API and by keys; who hears whom is measured',
    async (stage) => {
      const floor = await talking(stage, house());
      const { supervisor, path } = floor;
      const { api } = house().system;
      const made = await api.post<{ id: string; state: string }>(path, {
        supervisorExtension: supervisor.user,
        mode: 'listen',
      });
      assert.equal(made.state, 'ringing');
      await supervisor.rings();
      await supervisor.answer();
      // One after the other: of two tones at once neither is told apart.
      floor.caller.rtp?.play(undefined);
      await eventually('the supervisor hears the agent', () => msOf(supervisor, TONES.agent) > 300);
      await floor.agent.speaks(silence(stage));
      floor.caller.rtp?.play(TONES.caller);
      await eventually('and the caller', () => msOf(supervisor, TONES.caller) > 300);
      floor.caller.rtp?.play(undefined);
      await hearsSupervisor(floor, { agent: false, caller: false });
      const shown = await liveCallFrom(api, floor.caller.ani);
      assert.deepEqual(
        shown?.supervisions?.map(({ mode, state }) => [mode, state]),
        [['listen', 'on']],
      );

      await api.patch(`${path}/${made.id}`, { mode: 'whisper' });
      await hearsSupervisor(floor, { agent: true, caller: false });
      await api.patch(`${path}/${made.id}`, { mode: 'barge' });
      await hearsSupervisor(floor, { agent: true, caller: true });
      await supervisor.press('0');
      await eventually('the key is obeyed', async () => {
        const call = await liveCallFrom(api, floor.caller.ani);
        return call?.supervisions?.[0]?.mode === 'listen';
      });
      await hearsSupervisor(floor, { agent: false, caller: false });
      await supervisor.press('1');
      await hearsSupervisor(floor, { agent: false, caller: false });

      await supervisor.hangUp();
      await eventually('nobody listens any more', async () => {
        const call = await liveCallFrom(api, floor.caller.ani);
        return call && !call.supervisions;
      });
      floor.caller.rtp?.play(TONES.caller);
      const before = msOf(floor.agent, TONES.caller);
      await eventually('the two go on', () => msOf(floor.agent, TONES.caller) > before + 300);
      await floor.caller.hangUp();
      const cdr = await cdrOf(api, floor.caller.sipp.callId);
      const types = (await historyOf(api, cdr.callId)).map(({ type }) => type);
      assert.deepEqual(
        types.filter((type) => type.startsWith('supervision.')),
        [
          'supervision.started',
          'supervision.changed',
          'supervision.changed',
          'supervision.changed',
          'supervision.ended',
        ],
      );
      const { items } = await api.get<{ items: { action: string }[] }>(
        `/v1/audit?objectKind=call&objectId=${cdr.callId}`,
      );
      assert.equal(items.filter(({ action }) => action.startsWith('supervision.')).length, 5);
    },
  );

  scene(
    'two supervisors barge in at once, one by *78: one of them is heard, and when they go the other can be, and takes over by key',
    async (stage) => {
      const floor = await talking(stage, house());
      const { supervisor, path, caller } = floor;
      const { company, system } = house();
      const { api } = system;
      const chief = await company.person();
      await api.post('/v1/users', {
        ...{ id: `jefa-${chief.id}`, name: 'Jefa', role: 'supervisor', agentId: chief.id },
        password: 'tres tristes tigres',
      });
      const other = await house().baresip(stage, chief, { toneHz: TONES.otherCaller });
      await api.post(path, { supervisorExtension: supervisor.user, mode: 'listen' });
      await supervisor.rings();
      await supervisor.answer();
      await other.dial(`sip:*78${floor.agentId}@${system.sip.host}:${system.sip.port}`);
      const modes = async () => {
        const call = await liveCallFrom(api, caller.ani);
        const on = (call?.supervisions ?? []).filter(({ state }) => state === 'on');
        return on.map(({ supervisor: who, mode }) => ({ who, mode }));
      };
      await eventually('both listen', async () => (await modes()).length === 2);
      // One after the other: of two tones at once neither is told apart.
      await floor.agent.speaks(silence(stage));
      caller.rtp?.play(undefined);
      await Promise.all([supervisor.press('3'), other.press('3')]);
      const heard = await eventually('one is heard', async () => {
        const all = await modes();
        return all.find(({ mode }) => mode === 'barge');
      });
      const isFirst = heard.who === supervisor.user;
      const [winner, loser] = isFirst ? [supervisor, other] : [other, supervisor];
      const toneOf = (phone: Baresip) => (phone === supervisor ? SUPERVISOR : TONES.otherCaller);
      const onlyHears = async (one: Baresip) => {
        // What is under way when somebody is silenced still arrives.
        await pause(300);
        const since = performance.now();
        await eventually('the caller hears one of them', () =>
          caller.rtp?.heard.find(toneOf(one), 400, since),
        );
        const log = caller.rtp?.heard.stretches ?? [];
        const others = log.filter(({ what, fromMs }) => fromMs > since && what !== toneOf(one));
        assert.deepEqual(
          others.filter(({ what }) => what !== 'silence'),
          [],
          'nobody else is heard',
        );
      };
      await onlyHears(winner);
      assert.deepEqual((await modes()).map(({ mode }) => mode).sort(), ['barge', 'listen']);
      await winner.hangUp();
      await eventually('one is left', async () => (await modes()).length === 1);
      await loser.press('3');
      await onlyHears(loser);
      await loser.press('9');
      await floor.agent.event('CALL_CLOSED');
      await onlyHears(loser);
      await caller.hangUp();
      await loser.event('CALL_CLOSED');
    },
  );
});
