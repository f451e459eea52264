import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { sharedHouse } from '../support/house.ts';
import { cdrOf, historyOf, inQueue, liveCallFrom } from '../support/records.ts';
import { scene } from '../support/stage.ts';
import { headerOf, methodOf, statusOf } from '../support/transcript.ts';

const MAIN_NUMBER = '8005550100';

describe('callers who leave, and what the flow does with them', () => {
  const house = sharedHouse('leaving');

  scene('a caller leaves the queue: an abandon, and nothing is left of the call', async (stage) => {
    const { company, system } = house();
    const line = await company.line({ shortAbandonMs: 0 });
    const caller = await house().dial(stage, line.dnis);
    await company.waiting(line, 1);
    await eventually('the music', () =>
      caller.rtp?.heard.stretches.find(
        ({ what, fromMs, toMs }) => what === 'other' && toMs - fromMs > 60,
      ),
    );
    await caller.hangUp();
    const cdr = await cdrOf(system.api, caller.sipp.callId);
    assert.equal(cdr.outcome, 'abandoned');
    assert.equal(cdr.endedBy, 'caller');
    assert.equal(cdr.queueId, line.queueId);
    assert.equal(cdr.agentId, undefined);
    assert.equal(await liveCallFrom(system.api, caller.ani), undefined);
  });

  scene('who leaves within the limit is a short abandon', async (stage) => {
    const { company, system } = house();
    const line = await company.line({ shortAbandonMs: 60_000 });
    const caller = await house().dial(stage, line.dnis);
    await company.waiting(line, 1);
    await caller.hangUp();
    assert.equal((await cdrOf(system.api, caller.sipp.callId)).outcome, 'shortAbandon');
  });

  scene('a caller leaves while an agent rings: the phone stops at once', async (stage) => {
    const { company, system } = house();
    const line = await company.line();
    const carmen = await company.person(line);
    const phone = await house().sippPhone(stage, carmen);
    await company.ready(carmen);
    const caller = await house().dial(stage, line.dnis);
    await phone.rings();
    await company.state(carmen, 'offered');
    await caller.hangUp();
    const cancel = await phone.stopsRinging();
    const bye = await caller.sipp.transcript.wait('the BYE', (m) => methodOf(m) === 'BYE');
    // Measured on this machine it is a few milliseconds; a second would be a phone that rings for nobody.
    assert.ok(cancel.at - bye.at < 1_000, `${cancel.at - bye.at} ms`);
    await phone.sipp.done();
    await company.state(carmen, 'ready');
    const { outcome } = await cdrOf(system.api, caller.sipp.callId);
    assert.match(outcome, /^(abandoned|shortAbandon)$/);
  });

  scene('a caller hangs up in the menu', async (stage) => {
    const { system } = house();
    const caller = await house().dial(stage, MAIN_NUMBER);
    await caller.answered();
    await eventually('the greeting', () => (caller.rtp?.statistics.packets ?? 0) > 25);
    await caller.hangUp();
    const cdr = await cdrOf(system.api, caller.sipp.callId);
    assert.equal(cdr.outcome, 'leftInFlow');
    assert.equal(cdr.endedBy, 'caller');
    assert.equal(cdr.queueId, undefined);
  });

  scene('a key, pressed while the menu speaks, leads to its queue', async (stage) => {
    const { system } = house();
    const caller = await house().dial(stage, MAIN_NUMBER);
    await caller.answered();
    await caller.press('2');
    await inQueue(system.api, caller.ani, 'soporte');
    await caller.hangUp();
    const cdr = await cdrOf(system.api, caller.sipp.callId);
    assert.equal(cdr.queueId, 'soporte');
    assert.equal(cdr.intent, 'soporte');
  });

  scene("SIPp's own RFC 4733 key leads to its queue as well", async (stage) => {
    const { system } = house();
    const caller = await house().dial(stage, MAIN_NUMBER, { sippMedia: { kind: 'echo' } });
    await caller.answered();
    await caller.press('3');
    await inQueue(system.api, caller.ani, 'facturacion');
    await caller.hangUp();
    assert.equal((await cdrOf(system.api, caller.sipp.callId)).queueId, 'facturacion');
  });

  scene('a wrong key is said to be wrong, and then the right one works', async (stage) => {
    const { system } = house();
    const caller = await house().dial(stage, MAIN_NUMBER);
    await caller.answered();
    await caller.press('9');
    await eventually('the wrong key in the history', async () => {
      const call = await liveCallFrom(system.api, caller.ani);
      const steps = call ? await historyOf(system.api, call.id) : [];
      return steps.some(
        ({ type, data }) => /9/.test(JSON.stringify(data)) && type !== 'call.arrived',
      );
    });
    await caller.press('1');
    await inQueue(system.api, caller.ani, 'ventas');
    await caller.hangUp();
    assert.equal((await cdrOf(system.api, caller.sipp.callId)).intent, 'ventas');
  });

  scene('no key at all: the menu is repeated, and then the flow goes on without', async (stage) => {
    const { company, system } = house();
    const { queueId } = await company.line();
    const dnis = await company.numberOf({
      menu: {
        ...{ type: 'menu', prompts: [{ es: 'Pulse uno.' }], timeoutSeconds: 1, retries: 2 },
        ...{ choices: [{ key: '1', next: 'fin' }], failed: 'cola' },
      },
      cola: { type: 'queue', queue: queueId },
      fin: { type: 'hangup' },
    });
    const caller = await house().dial(stage, dnis);
    await caller.answered();
    await inQueue(system.api, caller.ani, queueId);
    await caller.hangUp();
    const { callId, intent } = await cdrOf(system.api, caller.sipp.callId);
    assert.equal(intent, undefined);
    const steps = await historyOf(system.api, callId);
    assert.equal(steps.filter(({ type }) => type === 'flow.noInput').length, 3);
  });

  scene('a blocked caller is refused politely', async (stage) => {
    const { system } = house();
    const caller = await house().dial(stage, MAIN_NUMBER, { ani: '+525555550004' });
    await caller.wasHungUp();
    await caller.sipp.done();
    const cdr = await cdrOf(system.api, caller.sipp.callId);
    assert.equal(cdr.outcome, 'refused');
    assert.equal(cdr.endedBy, 'system');
  });

  scene('a full queue and a queue that takes too long send the caller on', async (stage) => {
    const { company, system } = house();
    const line = await company.line({ waitMsMax: 1_000 });
    const caller = await house().dial(stage, line.dnis);
    await caller.wasHungUp();
    await caller.sipp.done();
    const cdr = await cdrOf(system.api, caller.sipp.callId);
    assert.equal(cdr.outcome, 'queueTimeout');
    const full = await company.line({ lengthMax: 1 });
    await house().dial(stage, full.dnis);
    await company.waiting(full, 1);
    const late = await house().dial(stage, full.dnis);
    await late.wasHungUp();
    await late.sipp.done();
    assert.equal((await cdrOf(system.api, late.sipp.callId)).outcome, 'queueFull');
  });

  scene('the API hangs up', async (stage) => {
    const { company, system } = house();
    const line = await company.line();
    const caller = await house().dial(stage, line.dnis);
    await company.waiting(line, 1);
    const call = await liveCallFrom(system.api, caller.ani);
    await system.api.delete(`/v1/calls/${call?.id}`);
    await caller.wasHungUp();
    await caller.sipp.done();
    const { outcome, endedBy } = await cdrOf(system.api, caller.sipp.callId);
    assert.deepEqual([outcome, endedBy], ['hungUp', 'operator']);
  });

  scene('a VIP is shown on the phone by name, and an anonymous caller is served', async (stage) => {
    const { company, system } = house();
    const line = await company.line();
    const carmen = await company.person(line);
    const phone = await house().sippPhone(stage, carmen);
    await company.ready(carmen);
    const ana = await house().dial(stage, line.dnis, { ani: '5555550001' });
    const invite = await phone.rings();
    const from = headerOf(invite, 'From') ?? '';
    assert.match(from, /Ana García/);
    assert.match(from, /vip/i);
    assert.ok(from.includes(line.name), from);
    await ana.hangUp();
    await phone.stopsRinging();
    assert.equal((await cdrOf(system.api, ana.sipp.callId)).status, 'vip');

    const otherLine = await company.line();
    const diego = await company.person(otherLine);
    const otherPhone = await house().baresip(stage, diego);
    await company.ready(diego);
    const nobody = await house().dial(stage, otherLine.dnis, { ani: undefined });
    const ringing = await otherPhone.rings();
    assert.ok(ringing.peerdisplayname, JSON.stringify(ringing));
    await otherPhone.answer();
    await otherPhone.event('CALL_ESTABLISHED');
    await nobody.hangUp();
    const cdr = await cdrOf(system.api, nobody.sipp.callId);
    assert.equal(cdr.ani, undefined);
    assert.equal(cdr.status, 'unknown');
    assert.equal(statusOf(await nobody.answered()), 200);
  });
});
