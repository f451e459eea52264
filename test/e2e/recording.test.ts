import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Baresip } from '../support/baresip.ts';
import { eventually, pause } from '../support/eventually.ts';
import { sharedHouse } from '../support/house.ts';
import { cdrOf, historyOf, liveCallFrom } from '../support/records.ts';
import { scene } from '../support/stage.ts';
import { keptOf, ofKind, sidesOf, silencesIn, tonesIn } from '../support/taped.ts';
import { TONES } from '../support/tones.ts';

/** Of the example's flows: what they say is spoken before the house is ready, and so no scene waits for a voice. */
const SPOKEN = { es: 'Bienvenido a Muebles Alameda.' };

/** Whoever changes hands, or joins, is heard again by then: two bridges, of 20 ms frames. */
const GAP_MS_MAX = 120;

describe('recorded conversations', () => {
  const house = sharedHouse('recording');

  scene(
    'told, recorded in stereo, paused for a card number, found and heard, with an audit',
    async (stage) => {
      const { company, system } = house();
      const message = SPOKEN;
      const notice = { version: '2026-1', message, refuseKey: '9' };
      const line = await company.line({
        recording: { mode: 'all', percent: 100, stereo: true, notice },
      });
      const carmen = await company.person(line);
      const phone = await house().baresip(stage, carmen);
      await company.ready(carmen);
      const caller = await house().dial(stage, line.dnis);
      await phone.rings();
      await phone.answer();
      await eventually('the caller hears', () => caller.rtp?.heard.find(TONES.agent, 400));
      const live = await eventually('the call is shown as recorded', async () => {
        const call = await liveCallFrom(system.api, caller.ani);
        return call?.recording ? call : undefined;
      });
      await pause(500);
      await phone.press('*5');
      await eventually('the agent is told that it is paused', () =>
        phone.heard().stretches.some(({ what }) => what === 'other'),
      );
      await pause(800);
      await system.api.post(`/v1/calls/${live.id}/recording`, { action: 'resume' });
      const since = performance.now();
      const before = phone.heard().totalMs(TONES.caller);
      await eventually('both still hear each other', () =>
        [
          caller.rtp?.heard.find(TONES.agent, 400, since),
          phone.heard().totalMs(TONES.caller) > before + 400,
        ].every(Boolean),
      );
      await caller.hangUp();

      const facts = await keptOf(system.api, caller.sipp.callId);
      assert.deepEqual([facts.state, facts.end], ['kept', 'ended']);
      assert.deepEqual(facts.agentIds, [carmen.id]);
      assert.equal(facts.notice?.result, 'heard');
      assert.equal(facts.notice?.said, message.es);
      assert.equal(facts.notice?.language, 'es-MX');
      assert.equal(facts.pauses.length, 1);
      const [left, right] = await sidesOf(stage, system.api, facts.id);
      assert.ok(left.totalMs(TONES.caller) > 700, `${left.totalMs(TONES.caller)}`);
      assert.ok(right.totalMs(TONES.agent) > 700, `${right.totalMs(TONES.agent)}`);
      assert.equal(left.totalMs(TONES.agent), 0, 'the agent on the left');
      assert.equal(right.totalMs(TONES.caller), 0, 'the caller on the right');
      const silences = left.stretches.filter(({ what }) => what === 'silence');
      const longest = Math.max(...silences.map(({ fromMs, toMs }) => toMs - fromMs));
      assert.ok(longest > 600 && longest < 3_600, `a pause of ${longest} ms`);
      const types = (await historyOf(system.api, live.id)).map(({ type }) => type);
      assert.deepEqual(
        types.filter((type) => type.startsWith('recording.')),
        [
          'recording.notice',
          'recording.started',
          'recording.paused',
          'recording.resumed',
          'recording.stopped',
        ],
      );
    },
  );

  scene(
    'a conference of two agents, and the first leaves: both on the right in one file, without a gap, and both are told of a pause',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line({ recording: { mode: 'all', percent: 100, stereo: true } });
      const carmen = await company.person(line);
      const luis = await company.person(line);
      const hers = await house().baresip(stage, carmen);
      const his = await house().baresip(stage, luis, { toneHz: TONES.otherAgent });
      await company.ready(carmen);
      await company.agent(luis.id, ({ reachable }) => reachable);
      await system.api.post(`/v1/agents/${luis.id}/sign-in`);
      const caller = await house().dial(stage, line.dnis);
      await hers.rings();
      await hers.answer();
      const callerHears = async (tone: number, lastingMs: number) => {
        const since = performance.now();
        await eventually(`the caller hears ${tone}`, () =>
          caller.rtp?.heard.find(tone, lastingMs, since),
        );
      };
      await callerHears(TONES.agent, 400);
      const live = await eventually('the call is shown as recorded', async () => {
        const call = await liveCallFrom(system.api, caller.ani);
        return call?.recording ? call : undefined;
      });
      const post = (what: string, body: object = {}) =>
        system.api.post(`/v1/calls/${live.id}/${what}`, body);
      // In the recording, too.
      await callerHears(TONES.agent, 500);
      await post('consult', { to: { agent: luis.id } });
      await his.rings();
      await his.answer();
      await eventually('she hears him', () => hers.heard().totalMs(TONES.otherAgent) > 300);
      await post('conference');
      await callerHears(TONES.agent + TONES.otherAgent, 500);
      // What is said takes the place of the colleague. The customer, who is with the two, is heard beneath it; on
      // FreeSWITCH not by the one at whose leg they listen.
      const heardBy = (phone: Baresip) => {
        const log = phone.heard();
        return { spoken: ofKind(log, 'other'), beneath: log.totalMs(TONES.caller) };
      };
      const toldMs = (phone: Baresip, before: ReturnType<typeof heardBy>) => {
        const now = heardBy(phone);
        const spoken = now.spoken - before.spoken;
        return Math.max(spoken, Math.min(now.beneath - before.beneath, 10 * spoken));
      };
      const before = [heardBy(hers), heardBy(his)] as const;
      await hers.press('*5');
      for (const [phone, sofar] of [
        [hers, before[0]],
        [his, before[1]],
      ] as const)
        await eventually(`${phone.user} is told of the pause`, () => toldMs(phone, sofar) > 500);
      await post('recording', { action: 'resume' });
      await callerHears(TONES.agent + TONES.otherAgent, 500);
      await post('leave');
      await hers.event('CALL_CLOSED');
      await callerHears(TONES.otherAgent, 500);
      await caller.hangUp();

      const facts = await keptOf(system.api, caller.sipp.callId);
      assert.deepEqual(facts.agentIds, [carmen.id, luis.id]);
      assert.equal(facts.pauses.length, 1);
      const [left, right] = await sidesOf(stage, system.api, facts.id);
      const { agent, otherAgent, caller: customer } = TONES;
      for (const tone of [agent, otherAgent, agent + otherAgent]) {
        assert.ok(
          right.totalMs(tone) > 300,
          `${tone} Hz for ${right.totalMs(tone)} ms on the right`,
        );
        assert.equal(left.totalMs(tone), 0, `${tone} Hz on the left`);
      }
      assert.ok(left.totalMs(customer) > 1_500, `${left.totalMs(customer)}`);
      for (const mixed of [customer, customer + agent, customer + otherAgent])
        assert.equal(right.totalMs(mixed), 0, 'the customer on the right');
      const order = tonesIn(right);
      // Whoever is told something is not heard meanwhile.
      assert.deepEqual([order[0], order.at(-1)], [agent, otherAgent]);
      // What the customer hears while he is asked is music, and in the file as well.
      for (const side of [left, right]) {
        const [pauseMs = 0, ...gaps] = silencesIn(side);
        assert.ok(pauseMs > 400, `the pause, of ${pauseMs} ms`);
        assert.ok((gaps[0] ?? 0) <= GAP_MS_MAX, `a gap of ${gaps[0]} ms`);
      }
    },
  );

  scene('who presses the key during the notice is served and not recorded', async (stage) => {
    const { company, system } = house();
    const message = SPOKEN;
    const notice = { version: '2026-1', message, refuseKey: '9' };
    const line = await company.line({
      recording: { mode: 'all', percent: 100, stereo: false, notice },
    });
    const carmen = await company.person(line);
    const phone = await house().baresip(stage, carmen, { autoAnswer: true });
    await company.ready(carmen);
    const caller = await house().dial(stage, line.dnis);
    await eventually('the notice is said', () => (caller.rtp?.heard.stretches.length ?? 0) > 0);
    caller.rtp?.press('9');
    await eventually('the caller hears', () => caller.rtp?.heard.find(TONES.agent, 400));
    await phone.hangUp();
    await caller.wasHungUp();
    const cdr = await cdrOf(system.api, caller.sipp.callId);
    assert.equal(cdr.recordingRefused, true);
    assert.equal(cdr.recordingIds, undefined);
  });
});
