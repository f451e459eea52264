import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { PhoneBox, type Ringing } from '../../demo/phone/phone-box.ts';
import type { PhoneCall } from '../../demo/phone/phone-call.ts';
import type { Person } from '../support/company.ts';
import { eventually } from '../support/eventually.ts';
import { sharedHouse } from '../support/house.ts';
import { type Stage, scene } from '../support/stage.ts';
import { ALL_TONES, TONES } from '../support/tones.ts';

/** Nothing that is said is shorter. */
const SPOKEN_MS = 400;

interface Live {
  readonly state: string;
  readonly reason?: string;
  readonly phone?: string;
}

describe('what agents dial', () => {
  const house = sharedHouse('sign-in');

  /** A phone that is registered as the person's own; what it dials, and the calls that it picks up. */
  const phoneOf = async (stage: Stage, person: Person) => {
    const box = await PhoneBox.open(house().system.sip);
    stage.atTheEnd(() => box.close());
    const answered: (PhoneCall | undefined)[] = [];
    const picksUp = async (ring: Ringing) => {
      answered.push(await ring.answer({ listenFor: ALL_TONES }));
    };
    assert.equal(await box.register(person, (ring) => void picksUp(ring)), 200);
    await house().company.agent(person.id, ({ reachable }) => reachable);
    const dial = (code: string) => box.dial(code, { credentials: person, listenFor: ALL_TONES });
    /** How much is said from then on, in milliseconds. */
    const saidMs = (call: PhoneCall) => call.rtp.heard.totalMs('other');
    const isSaid = async (call: PhoneCall, what: string, beforeMs = 0) =>
      eventually(what, () => saidMs(call) - beforeMs >= SPOKEN_MS);
    const says = async (code: string) => {
      const call = await dial(code);
      await isSaid(call, `what came of ${code}`);
      await call.ended;
    };
    const types = async (call: PhoneCall, keys: string) => {
      const before = saidMs(call);
      call.rtp.press(keys);
      await isSaid(call, `what came of ${keys}`, before);
    };
    return { dial, isSaid, says, types, answered };
  };

  const liveOf = async (id: string) =>
    (await house().company.api.get<{ live: Live }>(`/v1/agents/${id}`)).live;

  scene(
    'three wrong PINs end the call and sign nobody in; the right one does, and a colleague sits down at the same phone',
    async (stage) => {
      const { company, system } = house();
      const [carmen, luis] = [await company.person(), await company.person()];
      for (const [person, pin] of [
        [carmen, '6093'],
        [luis, '4711'],
      ] as const)
        await system.api.patch(`/v1/agents/${person.id}`, { pin });
      const phone = await phoneOf(stage, carmen);
      const wrong = await phone.dial('*71');
      await phone.isSaid(wrong, 'the question');
      for (const pin of ['1111#', '2222#', '3333#']) await phone.types(wrong, pin);
      await wrong.ended;
      await company.state(carmen, 'offline');
      const right = await phone.dial('*71');
      await phone.isSaid(right, 'the question');
      await phone.types(right, '6093#');
      await right.ended;
      await company.state(carmen, 'notReady');
      await phone.says('*73');
      await company.state(carmen, 'ready');

      const another = await phone.dial(`*71${luis.user}`);
      await phone.isSaid(another, 'the question');
      await phone.types(another, '4711#');
      await another.ended;
      await company.state(luis, 'notReady');
      await company.state(carmen, 'offline');
      assert.equal((await liveOf(luis.id)).phone, carmen.user);
      await phone.says('*72');
      await company.state(luis, 'offline');
      const nobody = await phone.dial('*718888');
      await phone.isSaid(nobody, 'that it cannot be done');
      await nobody.ended;
      const written = JSON.stringify(system.logs);
      for (const pin of ['6093', '4711', '1111']) assert.ok(!written.includes(`"${pin}`), 'no PIN');
    },
  );

  scene(
    'a break with its reason, after-call work done, what came of it: by code, and said',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line({ wrapUpMs: 600_000 });
      const carmen = await company.person(line);
      await system.api.post('/v1/not-ready-reasons', {
        ...{ id: 'comida-47', label: { 'es-MX': 'Comida' }, code: '47' },
      });
      await system.api.post('/v1/dispositions', {
        ...{ id: 'vendido-48', label: { 'es-MX': 'Vendido' }, code: '48' },
      });
      const phone = await phoneOf(stage, carmen);
      await phone.says('*73');
      await company.state(carmen, 'offline');
      await phone.says('*71');
      await phone.says('*7447');
      await company.state(carmen, 'notReady');
      assert.equal((await liveOf(carmen.id)).reason, 'comida-47');
      await phone.says('*7499');
      assert.equal(
        (await liveOf(carmen.id)).reason,
        'comida-47',
        'no such reason: nothing changes',
      );
      await phone.says('*73');
      const caller = await house().dial(stage, line.dnis);
      await company.state(carmen, 'talking');
      await eventually('the agent to hear the caller', () =>
        phone.answered[0]?.rtp.heard.find(TONES.caller, 300),
      );
      await caller.hangUp();
      await company.state(carmen, 'wrapUp');
      await phone.says('*7748');
      await phone.says('*7749');
      await phone.says('*76');
      await company.state(carmen, 'ready');
      await phone.says('*76');
      await company.state(carmen, 'ready');
      await phone.says('*72');
      await company.state(carmen, 'offline');
      const { items } = await system.api.get<{
        items: { agentId?: string; dispositions?: Readonly<Record<string, string>> }[];
      }>(`/v1/cdrs?agentId=${carmen.id}`);
      assert.deepEqual(
        items.map(({ agentId }) => agentId),
        [carmen.id],
      );
    },
  );
});
