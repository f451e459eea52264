import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { sharedHouse } from '../support/house.ts';
import { freePort } from '../support/ports.ts';
import { cdrOf, historyOf } from '../support/records.ts';
import { registerBySipp } from '../support/sipp-agent.ts';
import { scene } from '../support/stage.ts';
import { TONES } from '../support/tones.ts';

describe('offers that fail, and the caller who goes to the next agent', () => {
  const house = sharedHouse('offers');

  /** The first agent's phone refuses with the status; the second answers; the record says both. */
  const nextAgentAfter = (status: number, reason: string, cause: string) =>
    scene(`${status} ${reason}: the caller goes to the next agent`, async (stage) => {
      const { company, system } = house();
      const line = await company.line();
      const first = await company.person(line);
      const second = await company.person(line);
      const refusing = await house().sippPhone(stage, first, { kind: 'refuses', status, reason });
      const phone = await house().baresip(stage, second);
      await company.ready(first);
      await company.ready(second);
      const caller = await house().dial(stage, line.dnis);
      await refusing.rings();
      await phone.rings();
      await phone.answer();
      await eventually('the caller to hear the agent', () =>
        caller.rtp?.heard.find(TONES.agent, 300),
      );
      await caller.hangUp();
      const cdr = await cdrOf(system.api, caller.sipp.callId);
      assert.equal(cdr.agentId, second.id);
      const steps = await historyOf(system.api, cdr.callId);
      const failed = steps.filter(({ type }) => type === 'offer.failed');
      assert.deepEqual(
        failed.map(({ data }) => [data.agentId, data.cause]),
        [[first.id, cause]],
      );
    });

  nextAgentAfter(603, 'Decline', 'rejected');
  nextAgentAfter(486, 'Busy Here', 'busy');
  nextAgentAfter(480, 'Temporarily Unavailable', 'rejected');
  nextAgentAfter(503, 'Service Unavailable', 'unreachable');

  scene('a person rejects on a real phone: the caller goes to the next agent', async (stage) => {
    const { company } = house();
    const line = await company.line();
    const [first, second] = [await company.person(line), await company.person(line)];
    const rejecting = await house().baresip(stage, first);
    const phone = await house().baresip(stage, second);
    await company.ready(first);
    await company.ready(second);
    const caller = await house().dial(stage, line.dnis);
    await rejecting.rings();
    await rejecting.hangUp();
    await phone.rings();
    await phone.answer();
    await eventually('the caller to hear the agent', () =>
      caller.rtp?.heard.find(TONES.agent, 300),
    );
    await caller.hangUp();
  });

  scene(
    'nobody answers the phone: not ready, reason rna, and the next agent rings',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line({ ringTimeoutMs: 1_500 });
      const [first, second] = [await company.person(line), await company.person(line)];
      const silent = await house().sippPhone(stage, first);
      const phone = await house().baresip(stage, second);
      await company.ready(first);
      await company.ready(second);
      const caller = await house().dial(stage, line.dnis);
      await silent.rings();
      await silent.stopsRinging();
      await phone.rings();
      await phone.answer();
      await eventually('the caller to hear the agent', () =>
        caller.rtp?.heard.find(TONES.agent, 300),
      );
      const { reason } = await company.agent(first.id, ({ state }) => state === 'notReady');
      assert.equal(reason, 'rna');
      await caller.hangUp();
      assert.equal((await cdrOf(system.api, caller.sipp.callId)).agentId, second.id);
    },
  );

  scene(
    'a phone that is gone without a word is unreachable: the next agent rings',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line({ ringTimeoutMs: 3_000 });
      const [first, second] = [await company.person(line), await company.person(line)];
      const { sip } = system;
      await registerBySipp({
        remote: sip,
        evidence: stage.evidence,
        user: first.user,
        password: first.password,
        contactPort: await freePort(),
      });
      const phone = await house().baresip(stage, second);
      await company.ready(first);
      await company.ready(second);
      const caller = await house().dial(stage, line.dnis);
      await phone.rings();
      await phone.answer();
      await eventually('the caller to hear the agent', () =>
        caller.rtp?.heard.find(TONES.agent, 300),
      );
      await caller.hangUp();
      assert.equal((await cdrOf(system.api, caller.sipp.callId)).agentId, second.id);
    },
  );

  scene(
    'two callers, one agent: each is served, in the order in which they came',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line();
      const carmen = await company.person(line);
      const phone = await house().baresip(stage, carmen);
      const first = await house().dial(stage, line.dnis, { ani: '+525555551111' });
      await company.waiting(line, 1);
      const second = await house().dial(stage, line.dnis, { ani: '+525555552222' });
      await company.waiting(line, 2);
      await company.ready(carmen);
      assert.match((await phone.rings(1)).peeruri ?? '', /5555551111/);
      await phone.answer();
      await eventually('the first to hear the agent', () =>
        first.rtp?.heard.find(TONES.agent, 300),
      );
      assert.equal(second.rtp?.heard.totalMs(TONES.agent), 0);
      await first.hangUp();
      assert.match((await phone.rings(2)).peeruri ?? '', /5555552222/);
      await phone.answer();
      await eventually('the second to hear the agent', () =>
        second.rtp?.heard.find(TONES.agent, 300),
      );
      await second.hangUp();
      const [one, two] = [
        await cdrOf(system.api, first.sipp.callId),
        await cdrOf(system.api, second.sipp.callId),
      ];
      assert.ok(two.waitMs > one.waitMs, `${one.waitMs}, ${two.waitMs}`);
    },
  );

  scene(
    'an agent unregisters while offered: the caller is offered to the next one',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line();
      const [first, second] = [await company.person(line), await company.person(line)];
      const leaving = await house().sippPhone(stage, first);
      const phone = await house().baresip(stage, second);
      await company.ready(first);
      await company.ready(second);
      const caller = await house().dial(stage, line.dnis);
      await leaving.rings();
      await leaving.unregister();
      await leaving.stopsRinging();
      await phone.rings();
      await phone.answer();
      await eventually('the caller to hear the agent', () =>
        caller.rtp?.heard.find(TONES.agent, 300),
      );
      await caller.hangUp();
      assert.equal((await cdrOf(system.api, caller.sipp.callId)).agentId, second.id);
    },
  );

  scene(
    'an agent signs out while talking: the conversation goes on, and no call follows',
    async (stage) => {
      const { company } = house();
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
      await company.api.post(`/v1/agents/${carmen.id}/state`, {
        state: 'notReady',
        reason: 'comida',
      });
      const next = await house().dial(stage, line.dnis);
      await company.waiting(line, 1);
      await caller.hangUp();
      const { reason } = await company.agent(carmen.id, ({ state }) => state === 'notReady');
      assert.equal(reason, 'comida');
      assert.equal(phone.count('CALL_INCOMING'), 1);
      await next.hangUp();
    },
  );

  scene('after-call work keeps the next call away until it is over', async (stage) => {
    const { company } = house();
    const line = await company.line({ wrapUpMs: 600_000 });
    const carmen = await company.person(line);
    const phone = await house().baresip(stage, carmen);
    await company.ready(carmen);
    const first = await house().dial(stage, line.dnis);
    await phone.rings();
    await phone.answer();
    await phone.event('CALL_ESTABLISHED');
    const second = await house().dial(stage, line.dnis);
    await company.waiting(line, 1);
    await first.hangUp();
    await company.state(carmen, 'wrapUp');
    assert.equal(phone.count('CALL_INCOMING'), 1);
    await company.api.post(`/v1/agents/${carmen.id}/state`, { state: 'wrapUpDone' });
    await phone.rings(2);
    await second.hangUp();
    await phone.event('CALL_CLOSED', 2);
  });

  scene(
    'ring-all: both phones ring, one answers, the other stops and owes nothing',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line({ strategy: 'ring-all' });
      const [carmen, diego] = [await company.person(line), await company.person(line)];
      const winner = await house().baresip(stage, carmen);
      const loser = await house().baresip(stage, diego);
      await company.ready(carmen);
      await company.ready(diego);
      const caller = await house().dial(stage, line.dnis);
      await Promise.all([winner.rings(), loser.rings()]);
      await winner.answer();
      await eventually('the caller to hear the agent', () =>
        caller.rtp?.heard.find(TONES.agent, 300),
      );
      await loser.event('CALL_CLOSED');
      await company.state(diego, 'ready');
      assert.equal(loser.count('CALL_ESTABLISHED'), 0);
      await caller.hangUp();
      const cdr = await cdrOf(system.api, caller.sipp.callId);
      assert.equal(cdr.agentId, carmen.id);
      const steps = await historyOf(system.api, cdr.callId);
      const withdrawn = steps.filter(({ type }) => type === 'offer.withdrawn');
      assert.deepEqual(
        withdrawn.map(({ data }) => [data.agentId, data.why]),
        [[diego.id, 'answeredElsewhere']],
      );
    },
  );

  scene(
    'a phone signs in, is ready and signs out by feature codes, and hears a confirmation; a colleague sits down at it',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line();
      const carmen = await company.person(line);
      const phone = await house().baresip(stage, carmen);
      const dial = async (code: string, nth: number) => {
        await phone.dial(code);
        await phone.event('CALL_ESTABLISHED', nth);
        await phone.event('CALL_CLOSED', nth);
        assert.ok(
          phone.heard().stretches.some(({ what }) => what === 'other'),
          `nothing was said after ${code}`,
        );
      };
      await dial('*71', 1);
      await company.state(carmen, 'notReady');
      await dial('*73', 2);
      await company.state(carmen, 'ready');
      await dial('*74', 3);
      await company.state(carmen, 'notReady');
      await dial('*72', 4);
      await company.state(carmen, 'offline');

      const luis = await company.person(line);
      await system.api.patch(`/v1/agents/${luis.id}`, { pin: '4711' });
      await system.api.post('/v1/dispositions', {
        id: 'oido',
        label: { 'es-MX': 'Oído' },
        code: '31',
      });
      await phone.dial(`*71${luis.user}`);
      await phone.event('CALL_ESTABLISHED', 5);
      await eventually('they are asked for the PIN', () =>
        phone.heard().stretches.some(({ what }) => what === 'other'),
      );
      await phone.press('4711#');
      await phone.event('CALL_CLOSED', 5);
      await company.agent(luis.id, (live) => live.state === 'notReady' && live.reachable);
      await dial('*73', 6);
      const caller = await house().dial(stage, line.dnis);
      await phone.rings();
      await phone.answer();
      await company.state(luis, 'talking');
      await eventually('the caller to hear them', () => caller.rtp?.heard.find(TONES.agent, 300));
      await caller.hangUp();
      await phone.event('CALL_CLOSED', 7);
      await dial('*7731', 8);
      const { callId } = await cdrOf(system.api, caller.sipp.callId);
      await eventually('what they said is in the record', async () => {
        const cdr = await system.api.get<{ dispositions?: object }>(`/v1/cdrs/${callId}`);
        return cdr.dispositions;
      });
      await dial('*72', 9);
      await company.state(luis, 'offline');
    },
  );
});
