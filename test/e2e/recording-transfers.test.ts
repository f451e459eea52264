import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { eventually, pause } from '../support/eventually.ts';
import { sharedHouse } from '../support/house.ts';
import { cdrOf, historyOf } from '../support/records.ts';
import { scene } from '../support/stage.ts';
import { keptOf, ofKind, sidesOf, silencesIn, tonesIn } from '../support/taped.ts';
import { TONES } from '../support/tones.ts';
import { type Desk, deskTalk } from '../support/voices.ts';

const RECORDED = { recording: { mode: 'all', percent: 100, stereo: true } };
/** FreeSWITCH does not read a leg while it changes bridges, and writes silence for it. */
const GAP_MS_MAX = 160;
/** Of the example's flows: spoken before the house is ready. */
const SPOKEN = { es: 'Bienvenido a Muebles Alameda.' };

describe('recorded conversations that change hands', () => {
  const house = sharedHouse('recording-transfers');

  scene(
    'passed on blindly, then asked about and completed: one file, the customer left, the agents right, no gap, no overlap',
    async (stage) => {
      const at = await deskTalk(stage, house(), RECORDED);
      const { agent, colleague, carmen, luis, customer, post } = at;
      const { api, sip } = house().system;
      const speaks = async (desk: Desk) => {
        desk.rtp?.play(desk.tone);
        await pause(1_500);
      };
      const since = performance.now();
      await speaks(agent);
      const rings = performance.now();
      assert.equal(await agent.call?.refer(`sip:${luis.user}@${sip.host}`), 202);
      await colleague.answered();
      const rangMs = performance.now() - rings;
      await speaks(colleague);
      // Who is asked speaks, and is not in the file before the customer is theirs.
      await post('consult', { to: { agent: carmen.id } });
      await agent.answered(2);
      await speaks(agent);
      await post('complete');
      await speaks(agent);
      await customer.hangUp();
      const lastedMs = performance.now() - since;
      const facts = await keptOf(api, customer.sipp.callId);
      assert.deepEqual(facts.agentIds, [carmen.id, luis.id]);
      const lost = lastedMs - facts.durationMs;
      assert.ok(Math.abs(lost) < 600, `${facts.durationMs} ms of ${lastedMs} are in the file`);
      const [left, right] = await sidesOf(stage, api, facts.id);
      const { agent: FIRST, otherAgent: SECOND, caller: CUSTOMER } = TONES;
      const [gapMs = 0] = silencesIn(left);
      assert.ok(gapMs <= GAP_MS_MAX, `the customer is missing for ${gapMs} ms`);
      assert.ok(left.totalMs(CUSTOMER) > facts.durationMs - 700, `${left.totalMs(CUSTOMER)}`);
      assert.deepEqual(tonesIn(right), [FIRST, SECOND, FIRST]);
      assert.equal(right.totalMs(FIRST + SECOND), 0, 'two agents at once');
      assert.equal(right.totalMs(CUSTOMER), 0, 'the customer on the right');
      // In between is what the customer heard meanwhile: music.
      assert.ok(ofKind(right, 'other') > 1_000, `${ofKind(right, 'other')} ms of music`);
      const [silentMs = 0] = silencesIn(right);
      assert.ok(silentMs <= GAP_MS_MAX, `the customer heard nothing for ${silentMs} ms`);
      const { agents = [] } = await cdrOf(api, customer.sipp.callId);
      const [first, second, third] = agents;
      assert.deepEqual(
        agents.map(({ agentId }) => agentId),
        [carmen.id, luis.id, carmen.id],
      );
      assert.ok([first, second, third].every((one) => (one?.talkMs ?? 0) > 1_300));
      assert.ok((second?.holdMs ?? 0) > 1_300, 'the customer was on hold while he asked');
      // While the colleague's phone rang, and until the two were joined.
      const heldMs = first?.holdMs ?? Number.NaN;
      assert.ok(heldMs <= rangMs + 200 && third?.holdMs === 0, JSON.stringify({ rangMs, agents }));
    },
  );

  scene(
    'asked about by a second call of the phone, and passed on by Replaces: one file, without what the two said to each other',
    async (stage) => {
      const { agent, colleague, carmen, luis, customer } = await deskTalk(stage, house(), RECORDED);
      const { api, sip } = house().system;
      const hers = agent.call;
      await pause(1_200);
      assert.equal(await hers?.reoffer('sendonly'), 200);
      hers?.rtp.play(undefined);
      const asking = await agent.dial(luis.user);
      await colleague.answered();
      asking.rtp.play(agent.tone);
      colleague.rtp?.play(colleague.tone);
      await eventually('they speak', () => asking.rtp.heard.find(colleague.tone, 1_000));
      const joinedAt = performance.now();
      assert.equal(await hers?.refer(`sip:${luis.user}@${sip.host}`, asking), 202);
      await eventually('the customer to hear the colleague', () =>
        customer.rtp?.heard.find(colleague.tone, 1_200, joinedAt),
      );
      await customer.hangUp();
      const facts = await keptOf(api, customer.sipp.callId);
      assert.deepEqual(facts.agentIds, [carmen.id, luis.id]);
      const [left, right] = await sidesOf(stage, api, facts.id);
      const { agent: FIRST, otherAgent: SECOND, caller: CUSTOMER } = TONES;
      const [gapMs = 0] = silencesIn(left);
      assert.ok(gapMs <= GAP_MS_MAX, `the customer is missing for ${gapMs} ms`);
      assert.ok(left.totalMs(CUSTOMER) > facts.durationMs - 700, `${left.totalMs(CUSTOMER)}`);
      assert.deepEqual(tonesIn(right), [FIRST, SECOND]);
      assert.ok(right.totalMs(SECOND) > 900, `${right.totalMs(SECOND)} ms of the colleague`);
      assert.equal(right.totalMs(FIRST + SECOND), 0, 'two agents at once');
      const [silentMs = 0] = silencesIn(right);
      assert.ok(silentMs <= GAP_MS_MAX, `the customer heard nothing for ${silentMs} ms`);
    },
  );

  scene(
    'sent to a flow to type a card number: silence there, and sound before and after',
    async (stage) => {
      const at = await deskTalk(stage, house(), RECORDED);
      const { agent, customer, post, id, line } = at;
      const { api } = house().system;
      const dnis = await house().company.numberOf({
        tarjeta: {
          ...{ type: 'collect', variable: 'tarjeta', secret: true, maxDigits: 4 },
          ...{ prompts: [SPOKEN], next: 'cola', failed: 'cola' },
        },
        cola: { type: 'queue', queue: line.queueId },
      });
      agent.rtp?.play(agent.tone);
      await pause(1_000);
      await post('transfer', { to: { number: dnis } });
      await pause(1_500);
      await customer.press('4111');
      await agent.answered(2);
      agent.rtp?.play(agent.tone);
      await pause(1_200);
      await customer.hangUp();
      const facts = await keptOf(api, customer.sipp.callId);
      assert.deepEqual(
        facts.pauses.map(({ why }) => why),
        ['secret'],
      );
      const [left, right] = await sidesOf(stage, api, facts.id);
      for (const [side, tone] of [
        [left, TONES.caller],
        [right, TONES.agent],
      ] as const) {
        const [silentMs = 0] = silencesIn(side);
        assert.ok(silentMs > 1_200 && silentMs < 4_000, `silence of ${silentMs} ms`);
        assert.ok(side.totalMs(tone) > 1_400, `${tone} Hz for ${side.totalMs(tone)} ms`);
      }
      const types = (await historyOf(api, id)).map(({ type }) => type);
      assert.ok(types.includes('recording.paused') && types.includes('recording.resumed'));
    },
  );
});
