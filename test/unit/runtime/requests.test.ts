import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RequestAnswer, RequestOrder } from '../../../src/runtime/ports/index.ts';
import { exampleConfiguration, settled, TestFloor } from '../../support/floor.ts';

const DOCUMENT = {
  name: 'Pedidos',
  languages: ['es-MX'],
  start: 'pide',
  nodes: {
    pide: {
      type: 'request',
      url: 'https://pedidos.example/v1/callers?of={ani}',
      set: { estado: '/status' },
      next: 'dice',
      failed: 'fin',
    },
    dice: { type: 'play', prompts: [{ es: 'Su pedido: {variables.estado}.' }], next: 'fin' },
    fin: { type: 'hangup' },
  },
};

describe('a request of a flow', () => {
  const open = async () => {
    const asked: { order: RequestOrder; signal: AbortSignal }[] = [];
    let answer: (answer: RequestAnswer) => void = () => {};
    const floor = new TestFloor(undefined, {
      requests: {
        send: (order, signal) => {
          asked.push({ order, signal });
          return new Promise((resolve) => {
            answer = resolve;
          });
        },
      },
    });
    const { flows, ...rest } = exampleConfiguration();
    floor.configuration = {
      ...rest,
      flows: flows.map((flow) =>
        flow.id === 'principal' ? { ...flow, document: DOCUMENT } : flow,
      ),
    };
    assert.deepEqual(await floor.center.reload(), []);
    return { floor, asked, reply: (given: RequestAnswer) => answer(given) };
  };

  it('is answered, and the caller hears what was answered', async () => {
    const { floor, asked, reply } = await open();
    const leg = await floor.call('c1', '+525555550001');
    assert.equal(asked[0]?.order.url, 'https://pedidos.example/v1/callers?of=%2B525555550001');
    reply({ ok: true, status: 200, variables: { estado: 'en reparto' } });
    await settled();
    assert.deepEqual(leg.played, ['Su pedido: en reparto.']);
    assert.ok(floor.typesOf(leg.callId).includes('flow.requested'));
  });

  it('is dropped when the caller hangs up, and its late answer changes nothing', async () => {
    const { floor, asked, reply } = await open();
    const leg = await floor.call('c1', '+525555550001');
    floor.center.callerGone(leg.callId, 'hungup');
    assert.equal(asked[0]?.signal.aborted, true);
    reply({ ok: true, status: 200, variables: { estado: 'x' } });
    await settled();
    assert.deepEqual(leg.played, []);
    assert.deepEqual(floor.broken, []);
    assert.equal(floor.cdrs[0]?.outcome, 'leftInFlow');
  });
});
