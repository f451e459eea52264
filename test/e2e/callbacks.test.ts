import assert from 'node:assert/strict';
import { after, describe } from 'node:test';
import type { PhoneCall } from '../../demo/phone/phone-call.ts';
import type { ApiClient } from '../support/api-client.ts';
import type { Baresip } from '../support/baresip.ts';
import { eventually } from '../support/eventually.ts';
import { sharedHouse } from '../support/house.ts';
import { type CdrRecord, historyOf } from '../support/records.ts';
import { scene } from '../support/stage.ts';
import { TestTrunk } from '../support/test-trunk.ts';
import { TONES } from '../support/tones.ts';

const ACCOUNT = { user: 'centralita', password: 'secreto-del-trunk' };
const QUICK = { callbackEnabled: true, callbackRetryMs: 1_000, callbackDialMs: 15_000 };

interface Callback {
  readonly id: string;
  readonly stage: string;
  readonly attempts: number;
}

const open = async (api: ApiClient, id: string) => {
  const { items } = await api.get<{ items: Callback[] }>('/v1/callbacks?limit=500');
  return items.find((one) => one.id === id);
};
const promise = (api: ApiClient, queueId: string, number: string) =>
  api.post<Callback>('/v1/callbacks', { queueId, number });
const recordsOf = (api: ApiClient, id: string, count: number) =>
  eventually(`${count} records of call back ${id}`, async () => {
    const { items } = await api.get<{ items: CdrRecord[] }>(`/v1/cdrs?callbackId=${id}`);
    return items.length >= count && items;
  });
/** Why attempts failed, as soon as so many are written down. */
const causesOf = (api: ApiClient, id: string, count: number) =>
  eventually(`${count} failed attempts of ${id}`, async () => {
    const steps = await historyOf(api, id);
    const failed = steps.filter(({ type }) => type === 'callback.attemptFailed');
    return failed.length >= count && failed.map(({ data }) => data.cause);
  });

/** Each hears the other's tone, and nothing of their own. */
async function hearEachOther(customer: PhoneCall, agent: Baresip): Promise<void> {
  const { heard } = customer.rtp;
  await eventually('the customer to hear the agent', () => heard.find(TONES.agent, 400));
  await eventually('the agent to hear the customer', () => agent.heard().find(TONES.caller, 400));
  assert.equal(heard.totalMs(TONES.caller), 0, 'the customer hears an echo');
}

let numbers = 0;
const customersNumber = () => `+5255555${60_000 + ++numbers}`;

describe('call backs, dialled through a trunk that asks for a digest', () => {
  let trunk: TestTrunk;
  const house = sharedHouse('callbacks', async () => {
    trunk = await TestTrunk.open(ACCOUNT);
    return {
      env: {
        TRUNK_URI: trunk.uri,
        TRUNK_USER: ACCOUNT.user,
        TRUNK_PASSWORD: ACCOUNT.password,
        TRUNK_CALLER_ID: '+525550000000',
        TRUNK_RESPONSE_SECONDS: '2',
        ALLOWED_DESTINATIONS: '+52,!+52900',
      },
    };
  });
  after(() => trunk.close());

  scene(
    'agent first: the agent hears that it rings, and then both hear each other',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line(QUICK);
      const carmen = await company.person(line);
      const phone = await house().baresip(stage, carmen);
      await company.ready(carmen);
      const number = customersNumber();
      const { id } = await promise(system.api, line.queueId, number);
      const shown = await phone.rings();
      assert.match(shown.peerdisplayname ?? '', /^Devoluci/);
      assert.equal(
        trunk.callsTo(number).length,
        0,
        'nobody is dialled before the agent has accepted',
      );
      await phone.answer();
      const call = await trunk.call(number);
      assert.match(call.header('from'), /\+525550000000@/);
      assert.match(call.header('p-asserted-identity'), /\+525550000000@/);
      call.ringing();
      await eventually('the agent to hear that it rings', () =>
        phone.heard().stretches.some(({ what }) => what === 'other'),
      );
      const customer = await call.answer(TONES.caller);
      await hearEachOther(customer, phone);
      await company.state(carmen, 'talking');
      customer.hangUp();
      await phone.event('CALL_CLOSED');
      await company.state(carmen, 'ready');
      const [cdr] = await recordsOf(system.api, id, 1);
      assert.deepEqual(
        [cdr?.callId, cdr?.outcome, cdr?.direction, cdr?.ani, cdr?.agentId],
        [id, 'answered', 'outbound', number, carmen.id],
      );
      const metrics = await system.api.text('/metrics');
      assert.match(metrics, /centralita_dials_total\{purpose="callback",result="answered"\} [1-9]/);
      assert.match(metrics, /centralita_callbacks_ended_total\{.*outcome="reached"\} [1-9]/);
    },
  );

  scene(
    'customer first: dialled, then the agent rings, and both hear each other',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line({ ...QUICK, callbackFirst: 'customer' });
      const carmen = await company.person(line);
      const phone = await house().baresip(stage, carmen);
      await company.ready(carmen);
      const number = customersNumber();
      const { id } = await promise(system.api, line.queueId, number);
      const call = await trunk.call(number);
      call.ringing();
      assert.equal(phone.count('CALL_INCOMING'), 0);
      const customer = await call.answer(TONES.caller);
      await phone.rings();
      await phone.answer();
      await hearEachOther(customer, phone);
      await phone.hangUp();
      await customer.ended;
      const [cdr] = await recordsOf(system.api, id, 1);
      assert.deepEqual([cdr?.outcome, cdr?.endedBy], ['answered', 'agent']);
    },
  );

  scene(
    'busy, declined, no such number by Q.850: told apart, tried again, and then it is over',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line({ ...QUICK, callbackAttemptsMax: 4 });
      const carmen = await company.person(line);
      const phone = await house().baresip(stage, carmen, {});
      await company.ready(carmen);
      const number = customersNumber();
      const { id } = await promise(system.api, line.queueId, number);
      const refusals: [number, string | undefined][] = [
        [486, undefined],
        [603, undefined],
        [480, 'Q.850;cause=1;text="Unallocated"'],
        [408, undefined],
      ];
      for (const [at, [status, reason]] of refusals.entries()) {
        await phone.rings(at + 1);
        await phone.answer();
        const call = await trunk.call(number, at + 1);
        call.ringing();
        call.refuse(status, reason);
        await phone.event('CALL_CLOSED', at + 1);
      }
      await eventually('the promise to be over', async () => !(await open(system.api, id)));
      assert.deepEqual(await causesOf(system.api, id, 4), [
        'busy',
        'rejected',
        'unreachable',
        'noAnswer',
      ]);
      const cdrs = await recordsOf(system.api, id, 4);
      assert.deepEqual(
        cdrs.map(({ outcome }) => outcome),
        Array(4).fill('notReached'),
      );
      await company.state(carmen, 'ready');
    },
  );

  scene(
    'a trunk that says nothing is dead after its time, which is no attempt; CANCEL comes when the agent hangs up',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line({ ...QUICK, callbackAttemptsMax: 1 });
      const carmen = await company.person(line);
      const phone = await house().baresip(stage, carmen, {});
      await company.ready(carmen);
      const number = customersNumber();
      trunk.silent = true;
      const { id } = await promise(system.api, line.queueId, number);
      await phone.rings();
      await phone.answer();
      await trunk.call(number);
      await phone.event('CALL_CLOSED');
      trunk.silent = false;
      assert.deepEqual(await causesOf(system.api, id, 1), ['noTrunk']);
      const kept = await open(system.api, id);
      assert.deepEqual([kept?.stage, kept?.attempts], ['scheduled', 0], 'it is tried again');
      await system.api.delete(`/v1/callbacks/${id}`);
      const { id: another } = await promise(system.api, line.queueId, number);
      await phone.rings(2);
      await phone.answer();
      const second = await trunk.call(number, 2);
      second.ringing();
      await phone.hangUp();
      await eventually('CANCEL', () => second.cancelledAt !== undefined);
      assert.deepEqual(await causesOf(system.api, another, 1), ['agentLost']);
    },
  );

  scene(
    'the customer rings while being rung: the same agent has the call that came',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line(QUICK);
      const carmen = await company.person(line);
      const phone = await house().baresip(stage, carmen, {});
      await company.ready(carmen);
      const number = customersNumber();
      const { id } = await promise(system.api, line.queueId, number);
      await phone.rings();
      await phone.answer();
      const call = await trunk.call(number);
      call.ringing();
      const caller = await house().dial(stage, line.dnis, { ani: number });
      await company.waiting(line, 1);
      call.refuse(486);
      await phone.rings(2);
      await phone.answer();
      await eventually('the caller to hear the agent', () =>
        caller.rtp?.heard.find(TONES.agent, 300),
      );
      await caller.hangUp();
      const ended = await eventually('the end of the promise', async () =>
        (await historyOf(system.api, id)).find(({ type }) => type === 'callback.ended'),
      );
      assert.equal(ended.data.outcome, 'merged');
    },
  );

  scene(
    'a machine answers and presses nothing: the agent is bothered no longer than that',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line({
        ...QUICK,
        callbackConfirm: true,
        callbackFirst: 'customer',
      });
      const carmen = await company.person(line);
      const phone = await house().baresip(stage, carmen, {});
      await company.ready(carmen);
      const number = customersNumber();
      const { id } = await promise(system.api, line.queueId, number);
      const call = await trunk.call(number);
      const machine = await call.answer(TONES.caller);
      await eventually('the machine to be asked', () =>
        machine.rtp.heard.stretches.some(({ what }) => what === 'other'),
      );
      machine.hangUp();
      const again = await trunk.call(number, 2);
      assert.equal(phone.count('CALL_INCOMING'), 0);
      const customer = await again.answer(TONES.caller);
      await eventually('the customer to be asked', () =>
        customer.rtp.heard.stretches.some(({ what }) => what === 'other'),
      );
      customer.rtp.press('1');
      await phone.rings();
      await phone.answer();
      await hearEachOther(customer, phone);
      customer.hangUp();
      assert.deepEqual(await causesOf(system.api, id, 1), ['notAccepted']);
    },
  );

  scene('what is not allowed is not dialled, and the operator sees it', async (stage) => {
    const { company, system } = house();
    const line = await company.line({ ...QUICK, callbackAttemptsMax: 1 });
    const carmen = await company.person(line);
    const phone = await house().baresip(stage, carmen, {});
    await company.ready(carmen);
    for (const [nth, number] of ['+34910000001', '+529001234567'].entries()) {
      const { id } = await promise(system.api, line.queueId, number);
      await phone.rings(nth + 1);
      await phone.answer();
      assert.deepEqual(await causesOf(system.api, id, 1), ['notAllowed']);
      const kept = await open(system.api, id);
      assert.deepEqual([kept?.stage, kept?.attempts], ['scheduled', 0], 'until it is allowed');
      assert.equal(trunk.callsTo(number).length, 0);
      await phone.event('CALL_CLOSED', nth + 1);
    }
    assert.match(await system.api.text('/metrics'), /result="notAllowed"\} 2/);
  });
});
