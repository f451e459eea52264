import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { FlowStep } from '../../../src/ivr/flow.ts';
import type { FlowEvent } from '../../../src/ivr/vocabulary.ts';
import { digit, flowOf, played, STRANGER, say, startFlow, stepFlow } from './flows.ts';

const menu = (key: string, next: string) => ({
  ...{ type: 'menu', prompts: [say('Marque')], failed: 'mal' },
  choices: [{ key, next }],
});
const flow = flowOf({
  saludo: { type: 'play', prompts: [say('Hola')], bargeIn: false, next: 'quien' },
  quien: { type: 'identify', next: 'pedido' },
  pedido: {
    ...{ type: 'request', url: 'https://example.com/a', next: 'uno', failed: 'uno' },
  },
  uno: menu('1', 'dos'),
  dos: menu('2', 'cuenta'),
  cuenta: {
    ...{ type: 'collect', prompts: [say('Cuenta')], variable: 'cuenta', maxDigits: 9 },
    ...{ next: 'tres', failed: 'mal' },
  },
  tres: menu('3', 'bien'),
  bien: { type: 'queue', queue: 'ventas' },
  mal: { type: 'hangup', reason: 'refused' },
});

/** The events that end the waits of the first three nodes, as they fall due. */
function waitOver(step: FlowStep): FlowEvent {
  if (step.state.node === 'saludo') return played;
  if (step.state.node === 'quien') return { type: 'identified', context: STRANGER };
  const local = step.state.local as { id: number };
  return { type: 'requested', id: local.id, answer: { ok: false, why: 'timeout' } };
}

const KEYS = '12456#3';

it('keys typed ahead are taken in order, whichever wait they fall into', () => {
  // Every way of spreading the keys over the three waits: after `a` of them the first ends, after `b` the second.
  for (let a = 0; a <= KEYS.length; a++)
    for (let b = a; b <= KEYS.length; b++)
      for (let c = b; c <= KEYS.length; c++) {
        let step = startFlow(flow, STRANGER);
        [...KEYS, ''].forEach((key, at) => {
          for (const end of [a, b, c])
            if (end === at) step = stepFlow(flow, step.state, waitOver(step));
          if (key !== '') step = stepFlow(flow, step.state, digit(key));
        });
        const how = `waits end after ${a}, ${b}, ${c} keys`;
        assert.equal(step.state.node, 'bien', how);
        assert.equal(step.state.context.variables.cuenta, '456', how);
      }
});
