import assert from 'node:assert/strict';
import { after, describe } from 'node:test';
import { exampleOrders, openSystem, portOf } from '../../demo/systems/server.ts';
import type { Caller } from '../support/caller.ts';
import { eventually } from '../support/eventually.ts';
import { type House, sharedHouse } from '../support/house.ts';
import { HttpServer, json } from '../support/http-server.ts';
import { cdrOf, type HistoryStep, historyOf, inQueue, liveCallFrom } from '../support/records.ts';
import { scene } from '../support/stage.ts';
import { headerOf } from '../support/transcript.ts';

const ORDERS_NUMBER = '8005550140';
const PIN = '918273';

describe('callers who are known and helped by the machine', async () => {
  const orders = await openSystem(exampleOrders, 0);
  const crm = await HttpServer.open();
  const slow = await HttpServer.open();
  after(async () => {
    orders.close();
    orders.closeAllConnections();
    await crm.close();
    await slow.close();
  });
  const house = sharedHouse('self-service', async () => ({
    env: {
      REQUEST_HOSTS: `127.0.0.1:${portOf(orders)},${slow.host}`,
      CRM_URL: `http://${crm.host}/centralita`,
      CRM_SECRET: 'a-secret-of-the-tests',
      CRM_FRESH_SECONDS: '0',
    },
  }));

  const steps = async ({ system }: House, caller: Caller): Promise<readonly HistoryStep[]> => {
    const live = await liveCallFrom(system.api, caller.ani);
    const id = live?.id ?? (await cdrOf(system.api, caller.sipp.callId)).callId;
    return historyOf(system.api, id);
  };
  const reached = (caller: Caller, node: string): Promise<unknown> =>
    eventually(
      `the call at ${node}`,
      async () =>
        (await steps(house(), caller)).some(
          ({ type, data }) => type === 'flow.node' && data.node === node,
        ),
      20_000,
    );
  /** How long anything was heard since a moment, in milliseconds. */
  const heardMs = (caller: Caller, sinceMs = 0): number =>
    (caller.rtp?.heard.stretches ?? [])
      .filter(({ what, toMs }) => what !== 'silence' && toMs > sinceMs)
      .reduce((sum, { fromMs, toMs }) => sum + toMs - Math.max(fromMs, sinceMs), 0);

  /** The example's flow, with the orders where this test has them. */
  const moveOrders = async (host: string): Promise<void> => {
    const { api } = house().system;
    const { document } = await api.get<{ document: object }>('/v1/flows/pedidos');
    const moved = JSON.stringify(document).replace(/http:\/\/127\.0\.0\.1:\d+/, `http://${host}`);
    await api.put('/v1/flows/pedidos', { document: JSON.parse(moved) });
  };

  scene('an order is looked up, and its state is told', async (stage) => {
    await moveOrders(`127.0.0.1:${portOf(orders)}`);
    const caller = await house().dial(stage, ORDERS_NUMBER);
    await caller.answered();
    await reached(caller, 'pide');
    await caller.press('123#');
    await reached(caller, 'en-reparto');
    await reached(caller, 'y-ahora');
    const told = (await steps(house(), caller)).find(({ type }) => type === 'flow.requested');
    assert.deepEqual(told?.data, { node: 'consulta', ok: true, status: 200 });
    assert.ok(heardMs(caller) > 2_000, `heard ${heardMs(caller)} ms`);
    await caller.press('1');
    await reached(caller, 'pide');
    await caller.press('999#');
    await reached(caller, 'no-existe');
    await caller.press('0');
    await inQueue(house().system.api, caller.ani, 'ventas');
    await caller.hangUp();
    assert.equal((await cdrOf(house().system.api, caller.sipp.callId)).intent, 'pedido');
  });

  scene('a system that says nothing: a sentence, and then a person', async (stage) => {
    slow.answer = () => undefined;
    await moveOrders(slow.host);
    const caller = await house().dial(stage, ORDERS_NUMBER);
    await caller.answered();
    await reached(caller, 'pide');
    await caller.press('123#');
    await eventually('the question', () => slow.heard.length > 0);
    const before = performance.now();
    await inQueue(house().system.api, caller.ani, 'ventas', 30_000);
    assert.ok(performance.now() - before > 1_000);
    await caller.hangUp();
  });

  scene('whoever hangs up ends the question', async (stage) => {
    const ended: string[] = [];
    slow.answer = (response, { path }) => void response.on('close', () => ended.push(path));
    await moveOrders(slow.host);
    const caller = await house().dial(stage, ORDERS_NUMBER);
    await caller.answered();
    await reached(caller, 'pide');
    await caller.press('777#');
    await eventually('the question', () => slow.heard.some(({ path }) => path.endsWith('/777')));
    await caller.hangUp();
    await eventually('the end of the question', () => ended.some((path) => path.endsWith('/777')));
    assert.equal((await cdrOf(house().system.api, caller.sipp.callId)).outcome, 'leftInFlow');
  });

  scene('the CRM says who calls, and the agent sees it', async (stage) => {
    const { company, system } = house();
    crm.answer = (response) =>
      json(response, { contact: { status: 'vip', name: 'Rosa Díaz', variables: { saldo: '7' } } });
    const line = await company.line();
    const carmen = await company.person(line);
    const phone = await house().sippPhone(stage, carmen);
    await company.ready(carmen);
    const rosa = await house().dial(stage, line.dnis, { ani: '5555558001' });
    const invite = await phone.rings();
    assert.match(headerOf(invite, 'From') ?? '', /VIP Rosa D/);
    assert.equal(headerOf(invite, 'X-Centralita-Status'), 'vip');
    assert.deepEqual(JSON.parse(crm.heard.at(-1)?.body ?? ''), {
      type: 'caller.identify',
      number: '+525555558001',
    });
    await rosa.hangUp();
    assert.equal((await cdrOf(system.api, rosa.sipp.callId)).status, 'vip');
  });

  scene('a CRM that talks nonsense costs nobody a call, and is seen', async (stage) => {
    const { system, company } = house();
    const line = await company.line();
    const nonsense: readonly HttpServer['answer'][] = [
      (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      (response) => json(response, { contact: 'x'.repeat(10_000_000) }),
      (response) => json(response, { contact: { status: 7 } }),
      () => undefined,
    ];
    for (const answer of nonsense) {
      crm.answer = answer;
      const ana = await house().dial(stage, line.dnis, { ani: '5555550001' });
      await inQueue(system.api, '+525555550001', line.queueId);
      await ana.hangUp();
      const { status, callerName } = await cdrOf(system.api, ana.sipp.callId);
      assert.deepEqual([status, callerName], ['vip', 'Ana García'], 'the contacts know her');
    }
    const { checks } = await system.api.get<{ checks: { name: string; detail?: string }[] }>(
      '/readyz',
    );
    assert.match(checks.find(({ name }) => name === 'crm')?.detail ?? '', /did not answer/);
    crm.answer = (response) => void response.writeHead(404).end();
  });

  scene('a blocked caller is refused in their language', async (stage) => {
    const { system, company } = house();
    await system.api.post('/v1/contacts', {
      id: 'pest',
      name: 'A pest',
      status: 'blocked',
      numbers: ['+525555558099'],
    });
    const line = await company.line();
    const pest = await house().dial(stage, line.dnis, { ani: '5555558099' });
    await pest.wasHungUp();
    await pest.sipp.done();
    assert.ok(heardMs(pest) > 1_000, 'a polite sentence');
    assert.equal((await cdrOf(system.api, pest.sipp.callId)).outcome, 'refused');
  });

  scene('an account and a PIN say who calls; wrong ones lock', async (stage) => {
    const { system, company } = house();
    const { api } = system;
    await api.put('/v1/contacts/ana-garcia/account', { account: '40012345', pin: PIN });
    const line = await company.line();
    const asks = (over: object) => ({
      type: 'collect',
      prompts: [{ es: 'Diga.' }],
      failed: 'fin',
      terminator: '#',
      ...over,
    });
    const document = {
      name: 'Verificación',
      languages: ['es-MX'],
      start: 'cuenta',
      nodes: {
        cuenta: asks({ variable: 'cuenta', maxDigits: 12, next: 'clave' }),
        clave: asks({ variable: 'clave', maxDigits: 8, secret: true, next: 'verifica' }),
        verifica: {
          type: 'verify',
          account: 'cuenta',
          pin: 'clave',
          verified: 'cola',
          failed: 'cuenta',
          locked: 'fin',
        },
        cola: { type: 'queue', queue: line.queueId },
        fin: { type: 'hangup' },
      },
    };
    await api.post('/v1/flows', { id: 'verificacion', document });
    await api.patch(`/v1/numbers/${line.dnis}`, { flowId: 'verificacion' });

    const ana = await house().dial(stage, line.dnis);
    await ana.answered();
    await reached(ana, 'cuenta');
    await ana.press(`40012345#${PIN}#`);
    await inQueue(api, ana.ani, line.queueId);
    await ana.hangUp();
    const { status, callerName } = await cdrOf(api, ana.sipp.callId);
    assert.deepEqual([status, callerName], ['vip', 'Ana García']);

    const thief = await house().dial(stage, line.dnis);
    await thief.answered();
    for (let attempt = 1; attempt <= 3; attempt++) {
      await eventually('the next question', async () => {
        const asked = (await steps(house(), thief)).filter(({ data }) => data.node === 'cuenta');
        return asked.filter(({ type }) => type === 'flow.node').length >= attempt;
      });
      await thief.press('40012345#111111#');
    }
    await thief.wasHungUp();
    await thief.sipp.done();
    const results = (await steps(house(), thief))
      .filter(({ type }) => type === 'caller.verified')
      .map(({ data }) => data.result);
    assert.deepEqual(results, ['failed', 'failed', 'locked']);
    assert.equal(JSON.stringify(system.logs).includes(PIN), false, 'a PIN is in the log');
  });
});
