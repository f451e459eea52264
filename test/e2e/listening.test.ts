import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { type House, sharedHouse } from '../support/house.ts';
import { music } from '../support/music.ts';
import { liveCallFrom } from '../support/records.ts';
import { type Stage, scene } from '../support/stage.ts';
import { deskTalk, eachOther, whoHears } from '../support/voices.ts';

/** A supervisor listens to the agent. */
async function overheard(stage: Stage, house: House, mode = 'listen') {
  const at = await deskTalk(stage, house);
  const { agent, caller, supervisor, customer, post, id } = at;
  const { api } = house.system;
  const { id: watch } = await post('supervision', {
    supervisorExtension: supervisor.person.user,
    mode,
  });
  await supervisor.answered();
  const watching = async () => (await liveCallFrom(api, customer.ani))?.supervisions ?? [];
  await eventually('they listen', async () => (await watching())[0]?.state === 'on');
  const turn = (to: string, which = watch) =>
    api.patch(`/v1/calls/${id}/supervision/${which}`, { mode: to });
  return { ...at, watch, watching, turn, two: { agent, caller, supervisor } };
}

describe('a supervisor listens to the agent, whoever that speaks with', () => {
  const house = sharedHouse('listening', async () => ({ env: { SIP_QUALIFY_SECONDS: '1' } }));

  scene('on hold, in a consultation, in a conference, and after it', async (stage) => {
    const { agent, supervisor, colleague, post, luis, turn, two, customer } = await overheard(
      stage,
      house(),
    );
    const both = { agent: ['caller', 'supervisor'], caller: ['agent', 'supervisor'] };
    await whoHears(two, { ...both, supervisor: [] });
    assert.equal(await agent.call?.reoffer('sendonly'), 200);
    await whoHears(two, { caller: [], supervisor: [] });
    assert.equal(await agent.call?.reoffer('sendrecv'), 200);
    await whoHears(two, both);
    await post('hold');
    await whoHears(two, { caller: [], agent: ['supervisor'] });
    await post('retrieve');
    await whoHears(two, both);
    await post('consult', { to: { agent: luis.id } });
    await colleague.answered();
    const all = { ...two, colleague };
    await whoHears(all, {
      agent: ['colleague', 'supervisor'],
      colleague: ['agent', 'supervisor'],
      caller: [],
      supervisor: [],
    });
    await post('conference');
    const three = {
      agent: ['caller', 'colleague', 'supervisor'],
      colleague: ['agent', 'caller', 'supervisor'],
      caller: ['agent', 'colleague', 'supervisor'],
    };
    await whoHears(all, { ...three, supervisor: [] });
    await turn('whisper');
    await whoHears(all, { ...three, supervisor: ['agent'] });
    await turn('barge');
    await whoHears(all, { supervisor: ['agent', 'caller', 'colleague'] });
    colleague.call?.hangUp();
    await whoHears(two, { ...both, supervisor: ['agent', 'caller'] });
    await customer.hangUp();
    await eventually('the supervisor is let go', () => supervisor.call?.over);
  });

  scene(
    'who has barged in is not heard by a caller on hold, nor when the agent passes them on; and goes with the agent',
    async (stage) => {
      const at = await overheard(stage, house(), 'barge');
      const { agent, caller, supervisor, colleague, post, luis, two, customer } = at;
      await whoHears(two, { supervisor: ['agent', 'caller'] });
      await post('hold');
      await music(customer);
      await whoHears(two, { supervisor: ['agent'], agent: ['supervisor'], caller: [] });
      await post('retrieve');
      await whoHears(two, {
        supervisor: ['agent', 'caller'],
        agent: ['caller', 'supervisor'],
        caller: ['agent', 'supervisor'],
      });
      colleague.picksUp = false;
      await post('transfer', { to: { agent: luis.id } });
      await colleague.rung();
      await music(customer);
      await whoHears(two, { supervisor: ['agent'], caller: [] });
      await colleague.pickUp();
      await eventually('the agent is let go', () => agent.call?.over);
      await eventually('and the supervisor', () => supervisor.call?.over);
      await whoHears({ caller, colleague }, eachOther('caller', 'colleague'));
      assert.deepEqual(await at.watching(), []);
      await customer.hangUp();
    },
  );

  scene(
    'two barge in at once by the API: one is refused; taken over on hold, the caller has the supervisor and nobody else',
    async (stage) => {
      const at = await overheard(stage, house());
      const { agent, caller, supervisor, colleague: other, post, turn, two, customer } = at;
      const { id: second } = await post('supervision', {
        supervisorExtension: other.person.user,
        mode: 'listen',
      });
      await other.answered();
      await eventually('both listen', async () => (await at.watching())[1]?.state === 'on');
      const said = await Promise.allSettled([turn('barge'), turn('barge', second)]);
      assert.deepEqual(said.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      const [loud, quiet] =
        said[0]?.status === 'fulfilled' ? ['supervisor', 'other'] : ['other', 'supervisor'];
      const all = { ...two, other };
      const heard = { [loud ?? '']: ['agent', 'caller', quiet ?? ''], [quiet ?? '']: [] };
      await whoHears(all, { ...heard, agent: ['caller', 'other', 'supervisor'] });
      assert.equal(await agent.call?.reoffer('sendonly'), 200);
      await music(customer);
      await house().system.api.post(`/v1/calls/${at.id}/supervision/${at.watch}/take-over`);
      await eventually('the agent is let go', () => agent.call?.over);
      await eventually('and who listened to them', () => other.call?.over);
      await whoHears({ caller, supervisor }, eachOther('caller', 'supervisor'));
      await customer.hangUp();
      await eventually('the supervisor is let go', () => supervisor.call?.over);
    },
  );

  scene(
    'the agent parks: whoever listens is let go, and who picks up has the caller',
    async (stage) => {
      const { agent, caller, supervisor, colleague, post, luis, customer } = await overheard(
        stage,
        house(),
        'barge',
      );
      await post('park');
      await eventually('the agent is let go', () => agent.call?.over);
      await eventually('and the supervisor', () => supervisor.call?.over);
      await music(customer);
      await house().system.api.post(`/v1/parked/${agent.person.user}/pick-up`, {
        agentId: luis.id,
      });
      await colleague.answered();
      await whoHears({ caller, colleague }, eachOther('caller', 'colleague'));
      await customer.hangUp();
    },
  );

  scene(
    'the phone of the supervisor dies: nobody listens any more, and the two go on',
    async (stage) => {
      const { two, supervisor, watching, customer } = await overheard(stage, house(), 'whisper');
      await whoHears(two, { supervisor: ['agent'] });
      await supervisor.box.close();
      await eventually('nobody listens', async () => (await watching()).length === 0, 60_000);
      const { agent, caller } = two;
      await whoHears({ agent, caller }, eachOther('agent', 'caller'));
      await customer.hangUp();
    },
  );
});
