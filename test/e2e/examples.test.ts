import assert from 'node:assert/strict';
import { after, describe } from 'node:test';
import { exampleOrders, exampleRecords, openSystem, portOf } from '../../demo/systems/server.ts';
import type { Caller } from '../support/caller.ts';
import { eventually, pause } from '../support/eventually.ts';
import { sharedHouse } from '../support/house.ts';
import { cdrOf, type HistoryStep, historyOf, inQueue, liveCallFrom } from '../support/records.ts';
import { scene } from '../support/stage.ts';
import { TestTrunk } from '../support/test-trunk.ts';
import { TONES } from '../support/tones.ts';

const [SHOP, BANK, CLINIC] = ['8005550110', '8005550120', '8005550130'];
const ACCOUNT = { user: 'centralita', password: 'secreto-del-trunk' };
const ANA = '5555550001';
const ALWAYS = [
  { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' },
];
/** Of the example company. */
const GABRIELA = { id: '1005', user: '1005', password: 'hN8-jilguero-1005' };
const ELENA = { id: '1003', user: '1003', password: 'qT9-alondra-1003' };

describe('the example companies, dialled as anybody would', async () => {
  const orders = await openSystem(exampleOrders, 0);
  const records = await openSystem(exampleRecords, 0);
  const trunk = await TestTrunk.open(ACCOUNT);
  const hosts = { 8091: `127.0.0.1:${portOf(orders)}`, 8092: `127.0.0.1:${portOf(records)}` };
  const house = sharedHouse('examples', async () => ({
    env: {
      REQUEST_HOSTS: Object.values(hosts).join(),
      TRUNK_URI: trunk.uri,
      TRUNK_USER: ACCOUNT.user,
      TRUNK_PASSWORD: ACCOUNT.password,
      ALLOWED_DESTINATIONS: '+52',
    },
  }));
  after(async () => {
    for (const system of [orders, records]) {
      system.close();
      system.closeAllConnections();
    }
    await trunk.close();
  });

  /** Their flows, with the systems where this test has them. */
  async function moveSystems(...flows: readonly string[]): Promise<void> {
    const { api } = house().system;
    for (const id of flows) {
      const { document } = await api.get<{ document: object }>(`/v1/flows/${id}`);
      const moved = JSON.stringify(document)
        .replaceAll('127.0.0.1:8091', hosts[8091])
        .replaceAll('127.0.0.1:8092', hosts[8092]);
      await api.put(`/v1/flows/${id}`, { document: JSON.parse(moved) });
    }
  }

  const hours = (calendar: string, open: boolean): Promise<unknown> =>
    house().system.api.patch(`/v1/calendars/${calendar}`, { hours: open ? ALWAYS : [] });

  async function steps(caller: Caller): Promise<readonly HistoryStep[]> {
    const { api } = house().system;
    await caller.answered();
    const live = await liveCallFrom(api, caller.ani?.replace(/^(?=\d)/, '+52'));
    return historyOf(api, live?.id ?? (await cdrOf(api, caller.sipp.callId)).callId);
  }

  /** Waits until the caller has come to the node for the nth time, and was told something since. */
  async function at(caller: Caller, node: string, nth = 1): Promise<void> {
    await eventually(
      `the call at ${node}`,
      async () =>
        (await steps(caller)).filter(({ type, data }) => type === 'flow.node' && data.node === node)
          .length >= nth,
      30_000,
    );
  }

  /** How long anything was heard. */
  const heardMs = (caller: Caller): number =>
    (caller.rtp?.heard.stretches ?? [])
      .filter(({ what }) => what !== 'silence')
      .reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);

  scene('V2 the bank: who she is, her balance in words, an adviser, how he did', async (stage) => {
    const { api } = house().system;
    await moveSystems('banco');
    const phone = await house().baresip(stage, GABRIELA);
    const ana = await house().dial(stage, BANK ?? '', { ani: ANA });
    await at(ana, 'saludo-nombre');
    await at(ana, 'menu');
    await ana.press('1');
    await at(ana, 'cuenta');
    await ana.press('123456#');
    await at(ana, 'clave');
    await ana.press('0000');
    await at(ana, 'no-coincide');
    await at(ana, 'cuenta', 2);
    await ana.press('123456#1234');
    const before = heardMs(ana);
    await at(ana, 'saldo');
    await at(ana, 'vence');
    await at(ana, 'y-ahora');
    assert.ok(heardMs(ana) - before > 4_000, `${heardMs(ana) - before} ms of balance and due date`);
    await house().company.ready(GABRIELA);
    await ana.press('0');
    await phone.rings();
    await phone.answer();
    await eventually('the adviser', () => ana.rtp?.heard.find(TONES.agent, 300));
    await phone.hangUp();
    await at(ana, 'encuesta');
    await ana.press('5');
    await ana.wasHungUp();
    const cdr = await cdrOf(api, ana.sipp.callId);
    assert.deepEqual(
      [cdr.outcome, cdr.agentId, cdr.status, cdr.survey],
      ['answered', GABRIELA.id, 'vip', { asesor: 5 }],
    );
    await api.post(`/v1/agents/${GABRIELA.id}/sign-out`);
  });

  scene('V9 the bank in English: a lost card, nobody there, a message', async (stage) => {
    const { api } = house().system;
    await api.patch('/v1/queues/facturacion', { waitMsMax: 2_000, overflow: [] });
    const john = await house().dial(stage, BANK ?? '');
    await at(john, 'menu');
    await john.press('9');
    await at(john, 'menu', 2);
    await john.press('2');
    await at(john, 'urgencia');
    await at(john, 'mensaje');
    await leaveMessage(john, 'facturacion');
    const asked = (await steps(john)).find(({ type }) => type === 'call.queued');
    assert.equal(asked?.data.priority, 10);
  });

  scene('V9 the shop: orders, and a message instead of waiting', async (stage) => {
    await moveSystems('pedidos', 'sucursales');
    await hours('tienda-coyoacan', true);
    const buyer = await house().dial(stage, SHOP ?? '');
    await at(buyer, 'que-desea');
    await buyer.press('2');
    await at(buyer, 'pide');
    await buyer.press('124#');
    await at(buyer, 'entregado');
    await at(buyer, 'y-ahora');
    await buyer.hangUp();
    const waiting = await house().dial(stage, SHOP ?? '');
    await at(waiting, 'que-desea');
    await waiting.press('11');
    await inQueue(house().system.api, waiting.ani, 'ventas');
    await waiting.press('1');
    await at(waiting, 'mensaje');
    await leaveMessage(waiting, 'ventas');
  });

  scene('V7 the clinic in its hours: results; an emergency rings the doctor', async (stage) => {
    const { api } = house().system;
    await moveSystems('clinica');
    await hours('clinica', true);
    const patient = await house().dial(stage, CLINIC ?? '');
    await at(patient, 'urgencia-pregunta');
    await patient.press('2');
    await at(patient, 'menu');
    await patient.press('2');
    await at(patient, 'expediente');
    await patient.press('4711#');
    await at(patient, 'listos');
    await patient.wasHungUp();
    assert.ok(heardMs(patient) > 8_000);

    await api.patch('/v1/queues/soporte', { waitMsMax: 2_000 });
    const phone = await house().baresip(stage, ELENA);
    const urgent = await house().dial(stage, CLINIC ?? '', { ani: '5555550004' });
    await at(urgent, 'urgencia-pregunta');
    await urgent.press('1');
    await at(urgent, 'guardia');
    await phone.rings();
    await phone.answer();
    await eventually('the doctor', () => urgent.rtp?.heard.find(TONES.agent, 300));
    await urgent.hangUp();
    const cdr = await cdrOf(api, urgent.sipp.callId);
    assert.deepEqual([cdr.status, cdr.transferredTo], ['blocked', ELENA.user]);
  });

  scene('V9 the clinic when it is closed: a call back is promised and kept', async (stage) => {
    const { api } = house().system;
    await hours('clinica', false);
    await api.patch('/v1/queues/soporte', { waitMsMax: 600_000, callbackEnabled: true });
    const phone = await house().baresip(stage, ELENA);
    const ani = '5555571234';
    const patient = await house().dial(stage, CLINIC ?? '', { ani });
    await at(patient, 'urgencia-pregunta');
    await patient.press('2');
    await at(patient, 'cerrada-sin-fecha');
    await at(patient, 'fuera-de-horario');
    await patient.press('3');
    await at(patient, 'devolucion');
    await patient.press('1');
    await patient.wasHungUp();
    assert.equal((await cdrOf(api, patient.sipp.callId)).outcome, 'callback');
    await house().company.ready(ELENA);
    await phone.rings();
    await phone.answer();
    const customer = await (await trunk.call(`+52${ani}`)).answer(TONES.otherCaller);
    await eventually('the patient', () => phone.heard().find(TONES.otherCaller, 300));
    customer.hangUp();
    await api.post(`/v1/agents/${ELENA.id}/sign-out`);
  });

  /** Speaks after the beep, ends with a key, keeps it; it is in the list. */
  async function leaveMessage(caller: Caller, queueId: string): Promise<void> {
    const { api } = house().system;
    // Over the greeting; what there is to say takes its time.
    await caller.press('#');
    await pause(4_000);
    await caller.press('#');
    await caller.press('1');
    await caller.wasHungUp();
    const cdr = await cdrOf(api, caller.sipp.callId);
    const { items } = await api.get<{
      items: { id: string; callId: string; queueId: string; durationMs: number }[];
    }>('/v1/voicemails?limit=100');
    const message = items.find(({ callId }) => callId === cdr.callId);
    assert.equal(message?.queueId, queueId);
    assert.ok((message?.durationMs ?? 0) > 800, `${message?.durationMs} ms`);
  }
});
