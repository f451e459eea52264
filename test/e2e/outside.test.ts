import assert from 'node:assert/strict';
import { after, describe } from 'node:test';
import type { PhoneCall } from '../../demo/phone/phone-call.ts';
import { OtherSystem } from '../contract/presence/support/other-system.ts';
import type { Caller } from '../support/caller.ts';
import type { Line } from '../support/company.ts';
import { eventually } from '../support/eventually.ts';
import { sharedHouse } from '../support/house.ts';
import { cdrOf, historyOf, liveCallFrom } from '../support/records.ts';
import { scene } from '../support/stage.ts';
import { TestTrunk } from '../support/test-trunk.ts';
import { TONES } from '../support/tones.ts';

const ACCOUNT = { user: 'centralita', password: 'secreto-del-trunk' };

interface Entry {
  readonly agentId: string;
  readonly reachable: boolean;
  readonly why?: string;
  readonly presence?: { readonly status: string; readonly by: string };
}

interface TrunkSeen {
  readonly id: string;
  readonly callsOut: number;
  readonly counts: { readonly failed: number };
}

let versions = 0;
const dialogInfo = (state: string) =>
  `<dialog-info version="${versions++}" state="full"><dialog id="a"><state>${state}</state></dialog></dialog-info>`;

let people = 0;

describe('people outside the house', () => {
  let trunk: TestTrunk;
  const house = sharedHouse('outside', async () => {
    trunk = await TestTrunk.open(ACCOUNT);
    return {
      env: {
        TRUNK_URI: trunk.uri,
        TRUNK_USER: ACCOUNT.user,
        TRUNK_PASSWORD: ACCOUNT.password,
        TRUNK_CALLER_ID: '+525550000000',
        TRUNK_RESPONSE_SECONDS: '2',
        ALLOWED_DESTINATIONS: '+52,sip:127.0.0.1',
        SIP_QUALIFY_SECONDS: '1',
      },
    };
  });
  after(() => trunk.close());

  /** Somebody with a mobile and nothing else, always on, with a budget. */
  const mobile = async (line: Line, more: object = {}) => {
    const id = `fuera-${++people}`;
    const number = `+5255555${80_000 + people}`;
    await house().company.api.post('/v1/agents', {
      id,
      name: `Fuera ${people}`,
      extension: `77${people}`,
      queueIds: [line.queueId],
      device: { kind: 'number', number },
      casual: { monthlyCap: 5, alwaysOn: true },
      ...more,
    });
    return { id, number };
  };
  const spentBy = async (id: string) =>
    (await house().company.api.get<{ spent: number }>(`/v1/agents/${id}/ledger`)).spent;
  const isSpokenTo = (call: PhoneCall) =>
    eventually('a sentence in their ear', () =>
      call.rtp.heard.stretches.some(({ what }) => what === 'other'),
    );
  const hearsMusic = (caller: Caller) =>
    eventually('music', () => caller.rtp?.heard.stretches.some(({ what }) => what === 'other'));

  scene('one presses 1: both hear each other, and only now is the budget spent', async (stage) => {
    const { company, system } = house();
    const line = await company.line({ waitMsMax: 60_000 });
    const ana = await mobile(line);
    const caller = await house().dial(stage, line.dnis);
    const call = await trunk.call(ana.number);
    assert.match(call.header('from'), /525550000000/);
    call.ringing(183);
    const phone = await call.answer(TONES.agent);
    await isSpokenTo(phone);
    await hearsMusic(caller);
    assert.equal(caller.rtp?.heard.totalMs(TONES.agent), 0, 'nobody is joined before the key');
    assert.equal(phone.rtp.heard.totalMs(TONES.caller), 0);
    assert.equal(await spentBy(ana.id), 0);
    phone.rtp.press('1');
    await eventually('the caller to hear the agent', () =>
      caller.rtp?.heard.find(TONES.agent, 400),
    );
    await eventually('the agent to hear the caller', () => phone.rtp.heard.find(TONES.caller, 400));
    assert.equal(await spentBy(ana.id), 1);
    await caller.hangUp();
    await eventually('the mobile to be hung up', () => phone.over);
    assert.equal((await cdrOf(system.api, caller.sipp.callId)).agentId, ana.id);
  });

  scene(
    'a voicemail picks up and nobody presses: music without a gap, and the next agent has the call',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line();
      const ana = await mobile(line, { arrival: { acceptMs: 5_000 } });
      const caller = await house().dial(stage, line.dnis);
      const call = await trunk.call(ana.number);
      const machine = await call.answer(TONES.agent);
      await isSpokenTo(machine);
      await company.agent(ana.id, ({ state }) => state === 'offered');
      await eventually('the machine to be hung up', () => machine.over);
      await company.waiting(line, 1);
      const carmen = await company.person(line);
      const phone = await house().baresip(stage, carmen);
      await company.ready(carmen);
      await phone.rings();
      await phone.answer();
      await eventually('the caller to hear the next agent', () =>
        caller.rtp?.heard.find(TONES.agent, 300),
      );
      const silences = caller.rtp?.heard.stretches.filter(({ what }) => what === 'silence') ?? [];
      const longest = Math.max(0, ...silences.slice(1).map(({ toMs, fromMs }) => toMs - fromMs));
      assert.ok(longest < 1_500, `the caller heard nothing for ${longest} ms`);
      await caller.hangUp();
      const cdr = await cdrOf(system.api, caller.sipp.callId);
      assert.equal(cdr.agentId, carmen.id);
      const steps = await historyOf(system.api, cdr.callId);
      const failed = steps.filter(({ type }) => type === 'offer.failed');
      assert.deepEqual(
        failed.map(({ data }) => [data.agentId, data.cause]),
        [[ana.id, 'noAnswer']],
      );
      assert.equal(await spentBy(ana.id), 0);
    },
  );

  scene(
    'passed on to a mobile that is nobody’s here: its voicemail gets nobody, and who presses 1 has the caller',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line();
      const carmen = await company.person(line);
      const desk = await house().baresip(stage, carmen);
      await company.ready(carmen);
      const caller = await house().dial(stage, line.dnis);
      await desk.rings();
      await desk.answer();
      await eventually('the caller to hear the agent', () =>
        caller.rtp?.heard.find(TONES.agent, 300),
      );
      const live = await liveCallFrom(system.api, caller.ani);
      const number = '+525555589999';
      const passOn = () => system.api.post(`/v1/calls/${live?.id}/transfer`, { to: { number } });
      await passOn();
      const machine = await (await trunk.call(number)).answer(TONES.otherAgent);
      await isSpokenTo(machine);
      await hearsMusic(caller);
      machine.hangUp();
      const since = performance.now();
      await eventually('the caller to hear the agent again', () =>
        caller.rtp?.heard.find(TONES.agent, 300, since),
      );
      await passOn();
      const mobile = await (await trunk.call(number, 2)).answer(TONES.otherAgent);
      await isSpokenTo(mobile);
      mobile.rtp.press('1');
      await eventually('the two to hear each other', () =>
        [
          caller.rtp?.heard.find(TONES.otherAgent, 300),
          mobile.rtp.heard.find(TONES.caller, 300),
        ].every(Boolean),
      );
      assert.equal(machine.rtp.heard.totalMs(TONES.caller), 0, 'the machine has heard nobody');
      await caller.hangUp();
      await eventually('the mobile to be hung up', () => mobile.over);
    },
  );

  scene(
    'their own system says busy: nobody dials them, the directory says why, and available brings them back',
    async (stage) => {
      const { company } = house();
      const other = await OtherSystem.open();
      stage.atTheEnd(async () => other.close());
      const line = await company.line();
      const presence = { uri: other.uri('ana'), event: 'dialog' };
      const ana = await mobile(line, { presence });
      const reachable = (isReachable: boolean) =>
        eventually(`${ana.id} reachable: ${isReachable}`, async () => {
          const { items } = await company.api.get<{ items: Entry[] }>('/v1/directory?limit=500');
          const entry = items.find(({ agentId }) => agentId === ana.id);
          return entry?.reachable === isReachable ? entry : undefined;
        });
      const subscription = await other.subscribe();
      await other.notify(subscription, dialogInfo('confirmed'));
      const { why, presence: said } = await reachable(false);
      assert.deepEqual([why, said?.status, said?.by], ['presence', 'busy', 'subscription']);
      const caller = await house().dial(stage, line.dnis);
      await company.waiting(line, 1);
      assert.equal(trunk.callsTo(ana.number).length, 0);
      await other.notify(subscription, dialogInfo('terminated'));
      await reachable(true);
      const call = await trunk.call(ana.number);
      call.refuse(486);
      await company.api.post(`/v1/presence/${ana.id}`, { status: 'away' });
      assert.equal((await reachable(false)).presence?.by, 'webhook');
      await caller.hangUp();
    },
  );

  scene(
    'a trunk of the API that is broken: the next one has the call, with its own number, and the states say so',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line({ waitMsMax: 60_000 });
      const ana = await mobile(line, { arrival: { acceptMs: 20_000 } });
      const broken = await TestTrunk.open(ACCOUNT);
      const good = await TestTrunk.open(ACCOUNT);
      stage.atTheEnd(() => broken.close());
      stage.atTheEnd(() => good.close());
      const auth = { username: ACCOUNT.user, password: ACCOUNT.password, serves: [ana.number] };
      const add = (id: string, uri: string, priority: number, show: string) =>
        system.api.post('/v1/trunks', {
          ...{ id, name: id, uri, ...auth, priority, callerId: { show } },
        });
      await add('roto', broken.uri, 0, '+525550000001');
      await add('bueno', good.uri, 1, '+525550000002');
      const caller = await house().dial(stage, line.dnis);
      (await broken.call(ana.number)).refuse(503);
      const call = await good.call(ana.number);
      assert.match(call.header('from'), /525550000002/);
      const phone = await call.answer(TONES.agent);
      await isSpokenTo(phone);
      phone.rtp.press('1');
      await eventually('both to hear', () =>
        [caller.rtp?.heard.find(TONES.agent, 300), phone.rtp.heard.find(TONES.caller, 300)].every(
          Boolean,
        ),
      );
      assert.equal(trunk.callsTo(ana.number).length, 0);
      const { items } = await system.api.get<{ items: TrunkSeen[] }>('/v1/trunks/states');
      const seen = (id: string) => items.find((one) => one.id === id);
      assert.deepEqual([seen('bueno')?.callsOut, seen('roto')?.counts.failed], [1, 1]);
      await caller.hangUp();
      await eventually('the mobile to be hung up', () => phone.over);
      for (const id of ['roto', 'bueno']) await system.api.delete(`/v1/trunks/${id}`);
    },
  );

  scene(
    'a phone dies in the middle of a call: its agent is free and out of reach, the caller waits, and has the first who is there',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line();
      const carmen = await company.person(line);
      const phone = await house().baresip(stage, carmen);
      await company.ready(carmen);
      const caller = await house().dial(stage, line.dnis);
      await phone.rings();
      await phone.answer();
      await eventually('the caller to hear the agent', () =>
        caller.rtp?.heard.find(TONES.agent, 300),
      );
      await phone.die();
      await company.agent(carmen.id, (live) => live.state !== 'talking' && !live.reachable);
      await hearsMusic(caller);
      const back = await house().baresip(stage, carmen, { sipPort: phone.sipPort });
      await back.rings();
      await back.answer();
      const since = performance.now();
      await eventually('the caller to hear the agent again', () =>
        caller.rtp?.heard.find(TONES.agent, 300, since),
      );
      await caller.hangUp();
      await back.event('CALL_CLOSED');
      const { agents = [] } = await cdrOf(system.api, caller.sipp.callId);
      assert.deepEqual(
        agents.map(({ agentId }) => agentId),
        [carmen.id, carmen.id],
      );
    },
  );
});
