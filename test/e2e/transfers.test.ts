import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { PhoneBox, type Ringing } from '../../demo/phone/phone-box.ts';
import { BROUGHT_MAX } from '../../src/runtime/talk/talks.ts';
import type { Baresip } from '../support/baresip.ts';
import type { Caller } from '../support/caller.ts';
import type { Company, Line, Person } from '../support/company.ts';
import { eventually } from '../support/eventually.ts';
import { type House, sharedHouse } from '../support/house.ts';
import { LampKey } from '../support/lamp-key.ts';
import { music } from '../support/music.ts';
import { cdrOf, historyOf, liveCallFrom } from '../support/records.ts';
import { type Stage, scene } from '../support/stage.ts';
import { ALL_TONES, TONES } from '../support/tones.ts';

const { agent: FIRST, otherAgent: SECOND, caller: CALLER } = TONES;

interface OnTheDesk {
  readonly toneHz?: number;
  readonly transport?: 'udp' | 'tcp';
}

interface Scene {
  readonly company: Company;
  readonly line: Line;
  readonly carmen: Person;
  readonly luis: Person;
  readonly hers: Baresip;
  readonly his: Baresip;
  readonly caller: Caller;
  readonly callId: string;
  post(action: string, body?: object): Promise<unknown>;
}

/** A caller talks with Carmen; Luis is on a break, with his phone on his desk. */
async function talking(house: House, stage: Stage, phones: OnTheDesk = {}): Promise<Scene> {
  const { company, system } = house;
  const line = await company.line();
  const carmen = await company.person(line);
  const luis = await company.person(line);
  const hers = await house.baresip(stage, carmen, phones);
  const his = await house.baresip(stage, luis, { toneHz: SECOND, ...phones });
  await company.ready(carmen);
  await company.agent(luis.id, ({ reachable }) => reachable);
  await system.api.post(`/v1/agents/${luis.id}/sign-in`);
  const caller = await house.dial(stage, line.dnis);
  await hers.rings();
  await hers.answer();
  await heard(caller, FIRST);
  await heardBy(hers, CALLER);
  const live = await liveCallFrom(system.api, caller.ani);
  const callId = live?.id ?? '';
  const post = (action: string, body: object = {}) =>
    system.api.post(`/v1/calls/${callId}/${action}`, body);
  return { company, line, carmen, luis, hers, his, caller, callId, post };
}

/** The caller hears the tone, from now on. */
async function heard(caller: Caller, tone: number, lastingMs = 300): Promise<void> {
  const since = performance.now();
  await eventually(`the caller to hear ${tone} Hz`, () =>
    caller.rtp?.heard.find(tone, lastingMs, since),
  );
}

/** The phone hears the tone: in its latest call, from now on. */
async function heardBy(phone: Baresip, tone: number): Promise<void> {
  const before = phone.heard().totalMs(tone);
  await eventually(
    `${phone.user} to hear ${tone} Hz`,
    () => phone.heard().totalMs(tone) > before + 200,
  );
}

describe('hold, transfer, consultation, conference', () => {
  const house = sharedHouse('transfers');

  scene(
    'hold and retrieve by the API: music, then the agent again; hold is counted',
    async (stage) => {
      const { caller, hers, carmen, company, post, callId } = await talking(house(), stage);
      await post('hold');
      await music(caller);
      await post('retrieve');
      await heard(caller, FIRST);
      await heardBy(hers, CALLER);
      await caller.hangUp();
      await hers.event('CALL_CLOSED');
      await company.state(carmen, 'ready');
      const { api } = house().system;
      const cdr = await cdrOf(api, caller.sipp.callId);
      const [share] = cdr.agents ?? [];
      assert.equal(share?.agentId, carmen.id);
      assert.ok((share?.holdMs ?? 0) > 300 && (share?.holdMs ?? 0) < (share?.talkMs ?? 0));
      const types = (await historyOf(api, callId)).map(({ type }) => type);
      assert.ok(types.includes('call.held') && types.includes('call.retrieved'), types.join(' '));
    },
  );

  scene('hold and retrieve from the phone: music, then the agent again', async (stage) => {
    const { caller, hers } = await talking(house(), stage);
    await hers.hold();
    await music(caller);
    await hers.resume();
    // What baresip hears afterwards it does not record; the contract tests listen there.
    await heard(caller, FIRST);
    await caller.hangUp();
    await hers.event('CALL_CLOSED');
  });

  scene('REFER: music, the colleague rings with the context, and has the caller', async (stage) => {
    const { caller, hers, his, carmen, luis, company } = await talking(house(), stage);
    // A third phone shows by a lamp what his does.
    const lamp = await LampKey.press(house().system.sip, carmen, luis.user);
    stage.atTheEnd(async () => lamp.close());
    await hers.command('transfer', `sip:${luis.user}@${house().system.sip.host}`);
    const incoming = await his.rings();
    assert.match(incoming.peerdisplayname ?? '', /\+?52|Cola/);
    await music(caller);
    await his.answer();
    await heard(caller, SECOND);
    await heardBy(his, CALLER);
    await hers.event('CALL_CLOSED');
    await company.state(carmen, 'ready');
    await company.state(luis, 'talking');
    await his.hangUp();
    await caller.wasHungUp();
    const { api } = house().system;
    const { agents = [] } = await cdrOf(api, caller.sipp.callId);
    assert.deepEqual(
      agents.map(({ agentId }) => agentId),
      [carmen.id, luis.id],
    );
    await company.state(luis, 'notReady');
    const seen = ['terminated', 'early', 'confirmed', 'terminated'];
    await eventually('the lamp to be dark again', () => lamp.told.length >= seen.length);
    assert.deepEqual(lamp.told, seen);
  });

  scene('REFER to somebody who declines: the caller is not lost', async (stage) => {
    const { caller, hers, his, luis, company, callId } = await talking(house(), stage);
    await hers.command('transfer', `sip:${luis.user}@${house().system.sip.host}`);
    await his.rings();
    await his.hangUp();
    await company.state(luis, 'notReady');
    // baresip 1.0 sends no more sound once it has sent REFER: what was told is judged, and the unit tests say who hears.
    const { api } = house().system;
    await eventually('the caller to be taken back', async () => {
      const types = (await historyOf(api, callId)).map(({ type }) => type);
      return types.lastIndexOf('call.retrieved') > types.lastIndexOf('transfer.dialled');
    });
    assert.equal(caller.hungUp, false);
    await caller.hangUp();
  });

  scene('consultation by the API, conference, and leaving it', async (stage) => {
    const { caller, hers, his, carmen, luis, company, post } = await talking(house(), stage);
    await post('consult', { to: { agent: luis.id } });
    await his.rings();
    await music(caller);
    await his.answer();
    await heardBy(hers, SECOND);
    await heardBy(his, FIRST);
    await company.state(luis, 'talking');
    await post('conference');
    await heard(caller, FIRST + SECOND, 100);
    await heardBy(hers, CALLER + SECOND);
    await heardBy(his, CALLER + FIRST);
    await post('leave');
    await hers.event('CALL_CLOSED');
    await heard(caller, SECOND);
    await heardBy(his, CALLER);
    await company.state(carmen, 'ready');
    await caller.hangUp();
    await his.event('CALL_CLOSED');
    await company.state(luis, 'notReady');
  });

  scene(
    'attended transfer from the phone: a second call, all three by *3, and *4 leaves the others to it',
    async (stage) => {
      const { caller, hers, his, carmen, luis, company } = await talking(house(), stage);
      await hers.hold();
      await music(caller);
      await hers.dial(`sip:${luis.user}@${house().system.sip.host}:${house().system.sip.port}`);
      await his.rings();
      await his.answer();
      await heardBy(his, FIRST);
      await hers.press('*3');
      await heard(caller, FIRST + SECOND, 100);
      await hers.press('*4');
      await heard(caller, SECOND);
      await heardBy(his, CALLER);
      await company.state(carmen, 'ready');
      await caller.hangUp();
      await his.event('CALL_CLOSED');
      await company.state(luis, 'notReady');
    },
  );

  scene(
    'the caller hangs up while the agent asks a colleague by a second call: the two go on, and neither is left alone',
    async (stage) => {
      const at = await talking(house(), stage);
      const { caller, hers, his, carmen, luis, company, post } = at;
      const { api, sip } = house().system;
      await hers.hold();
      await hers.dial(`sip:${luis.user}@${sip.host}:${sip.port}`);
      await his.rings();
      await his.answer();
      await heardBy(his, FIRST);
      await caller.hangUp();
      // Her first call: there she sees that the customer has gone.
      await hers.event('CALL_CLOSED');
      await heardBy(his, FIRST);
      await heardBy(hers, SECOND);
      await assert.rejects(post('complete'), /409/);
      await company.state(luis, 'talking');
      await hers.hangUp();
      await his.event('CALL_CLOSED');
      await company.state(carmen, 'ready');
      await company.state(luis, 'notReady');
      const cdr = await cdrOf(api, caller.sipp.callId);
      assert.deepEqual([cdr.outcome, cdr.endedBy], ['answered', 'caller']);
      assert.deepEqual(
        cdr.agents?.map(({ agentId }) => agentId).toSorted(),
        [carmen.id, luis.id].toSorted(),
      );
    },
  );

  scene('park by REFER, pick up by the code', async (stage) => {
    const { caller, hers, his, carmen, luis, company } = await talking(house(), stage);
    const { host, port } = house().system.sip;
    await hers.command('transfer', `sip:*80@${host}`);
    await hers.event('CALL_CLOSED');
    await music(caller);
    await his.dial(`sip:*81${carmen.user}@${host}:${port}`);
    await heard(caller, SECOND);
    await heardBy(his, CALLER);
    await company.state(luis, 'talking');
    await his.hangUp();
    await caller.wasHungUp();
  });

  for (const transport of ['udp', 'tcp'] as const)
    scene(
      `a phone that reboots (${transport}): in a consultation whoever was asked has the caller, in a conference the other one`,
      async (stage) => {
        const at = await talking(house(), stage, { transport });
        const { caller, hers, his, carmen, luis, company, post } = at;
        await post('consult', { to: { agent: luis.id } });
        await his.rings();
        await his.answer();
        await heardBy(hers, SECOND);
        const back = await reboots(house(), stage, hers, carmen, { transport });
        await heard(caller, SECOND);
        await heardBy(his, CALLER);
        await company.state(carmen, 'ready');
        await company.state(luis, 'talking');
        await post('conference', { to: { agent: carmen.id } });
        await back.rings();
        await back.answer();
        await heard(caller, FIRST + SECOND, 100);
        await reboots(house(), stage, his, luis, { toneHz: SECOND, transport });
        await heard(caller, FIRST);
        await heardBy(back, CALLER);
        await company.state(luis, 'notReady');
        await company.state(carmen, 'talking');
        await caller.hangUp();
        await back.event('CALL_CLOSED');
      },
    );

  scene(
    'REFER to oneself, to nobody, to whom nobody may call, for another’s call: the two go on; Replaces joins the others',
    async (stage) => {
      const { company, system } = house();
      const { host } = system.sip;
      const line = await company.line();
      const [carmen, luis] = [await company.person(line), await company.person(line)];
      const his = await house().baresip(stage, luis, { toneHz: SECOND });
      const box = await PhoneBox.open(system.sip);
      stage.atTheEnd(() => box.close());
      const ringing = new Promise<Ringing>((ring) => void box.register(carmen, ring));
      await company.ready(carmen);
      await company.agent(luis.id, ({ reachable }) => reachable);
      await system.api.post(`/v1/agents/${luis.id}/sign-in`);
      const caller = await house().dial(stage, line.dnis);
      const hers = await (await ringing).answer({ listenFor: ALL_TONES });
      assert.ok(hers);
      hers.rtp.play(FIRST);
      await heard(caller, FIRST);
      const stranger = `sip:${luis.user}@${host}?Replaces=${encodeURIComponent('none@of;to-tag=a;from-tag=b')}`;
      const refused: [string, number][] = [
        [`sip:${carmen.user}@${host}`, 603],
        [`sip:999@${host}`, 603],
        ['sip:+19005550123@elsewhere.example', 403],
        [stranger, 403],
      ];
      for (const [to, status] of refused) assert.equal(await hers.refer(to), status, to);
      await heard(caller, FIRST);
      // Hold from both sides, and each lets go.
      assert.equal(await hers.reoffer('sendonly'), 200);
      await caller.hold();
      assert.equal(await hers.reoffer('sendrecv'), 200);
      await caller.resume();
      await heard(caller, FIRST);
      assert.equal(await hers.reoffer('sendonly'), 200);
      await music(caller);
      const asking = await box.dial(luis.user, { credentials: carmen, listenFor: ALL_TONES });
      asking.rtp.play(FIRST);
      await his.rings();
      await his.answer();
      await heardBy(his, FIRST);
      assert.equal(await hers.refer(`sip:${luis.user}@${host}`, asking), 202);
      await heard(caller, SECOND);
      await heardBy(his, CALLER);
      await Promise.all([hers.ended, asking.ended]);
      await company.state(carmen, 'ready');
      await caller.hangUp();
      await his.event('CALL_CLOSED');
    },
  );

  scene(
    'two who pass a caller to and fro: twelve times, then no more, and whoever has them keeps them',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line();
      const [carmen, luis] = [await company.person(line), await company.person(line)];
      const box = await PhoneBox.open(system.sip);
      stage.atTheEnd(() => box.close());
      const rung = new Map<Person, (ringing: Ringing) => void>();
      const nextRing = (at: Person) =>
        new Promise<Ringing>((resolve) => void rung.set(at, resolve));
      for (const each of [carmen, luis])
        await box.register(each, (ringing) => rung.get(each)?.(ringing));
      let ringing = nextRing(carmen);
      await company.ready(carmen);
      await company.agent(luis.id, ({ reachable }) => reachable);
      await system.api.post(`/v1/agents/${luis.id}/sign-in`);
      const caller = await house().dial(stage, line.dnis);
      let has = await (await ringing).answer();
      let [here, there] = [carmen, luis];
      const passOn = () => has?.refer(`sip:${there.user}@${system.sip.host}`);
      // A phone that has been answered is joined with the caller a moment later, and has nobody to pass on before.
      has?.rtp.play(SECOND);
      await heard(caller, SECOND);
      for (let times = 1; times <= BROUGHT_MAX; times++) {
        ringing = nextRing(there);
        assert.equal(await passOn(), 202, `transfer ${times}`);
        const next = await (await ringing).answer();
        // Who passes on is let go when the other two hear each other.
        await has?.ended;
        [has, here, there] = [next, there, here];
        // Both pick up at once, while the music for the caller is on its way.
        const voice = times % 2 === 0 ? SECOND : FIRST;
        has?.rtp.play(voice);
        await heard(caller, voice);
      }
      assert.equal(await passOn(), 603);
      has?.rtp.play(FIRST);
      await heard(caller, FIRST);
      await company.state(here, 'talking');
      await caller.hangUp();
      await has?.ended;
    },
  );
});

/** The phone loses its power, and is there again in a moment, at the same address. */
async function reboots(
  house: House,
  stage: Stage,
  phone: Baresip,
  person: Person,
  options: OnTheDesk = {},
): Promise<Baresip> {
  await phone.die();
  return house.baresip(stage, person, { sipPort: phone.sipPort, ...options });
}
