import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { FlowEvent } from '../../../src/ivr/vocabulary.ts';
import {
  after,
  deeds,
  digit,
  flowOf,
  played,
  STRANGER,
  say,
  startFlow,
  stepFlow,
  texts,
  timeout,
} from './flows.ts';

const flow = flowOf({
  saludo: { type: 'play', prompts: [say('Hola')], next: 'quien' },
  quien: { type: 'identify', next: 'menu' },
  menu: {
    type: 'menu',
    prompts: [say('Marque')],
    choices: [
      { key: '1', next: 'cola' },
      { key: '2', next: 'saludo' },
    ],
    failed: 'adios',
  },
  cola: { type: 'queue', queue: 'ventas', onTimeout: 'menu' },
  adios: { type: 'hangup', prompts: [say('Adiós')] },
});

describe('interpreter', () => {
  it('ignores stale events: an old timer, the end of a prompt that was stopped, anything after the end', () => {
    const start = startFlow(flow, STRANGER);
    const menu = after(flow, start, played, { type: 'identified', context: STRANGER });
    for (const event of [
      { type: 'timeout', id: menu.state.timerId - 1 },
      { type: 'started', context: STRANGER },
      { type: 'queueLeft', why: 'timeout' },
    ] satisfies FlowEvent[]) {
      assert.deepEqual(stepFlow(flow, menu.state, event), { state: menu.state, effects: [] });
    }
    const queued = stepFlow(flow, menu.state, digit('1'));
    assert.deepEqual(stepFlow(flow, queued.state, played).effects, []);
    const end = flowOf({ fin: { type: 'hangup' } });
    const over = startFlow(end, STRANGER);
    assert.deepEqual(deeds(over), ['hangup']);
    assert.deepEqual(stepFlow(end, over.state, digit('1')).effects, []);
  });

  it('goes on when nobody reports the end of a prompt', () => {
    const start = startFlow(flow, STRANGER);
    const step = stepFlow(flow, start.state, timeout(start));
    assert.deepEqual(deeds(step), ['stop', 'identify']);
  });

  it('never changes the state that it was given', () => {
    const start = startFlow(flow, STRANGER);
    const before = JSON.stringify(start.state);
    stepFlow(flow, start.state, digit('1'));
    assert.equal(JSON.stringify(start.state), before);
  });

  it('survives any events in any order, from a state that was stored and read back', () => {
    const event: fc.Arbitrary<FlowEvent> = fc.oneof(
      fc.constant(played),
      fc.constantFrom(...'0123456789*#ABCD').map(digit),
      fc.nat(40).map((id): FlowEvent => ({ type: 'timeout', id })),
      fc
        .constantFrom('vip', 'blocked', 'unknown')
        .map((status): FlowEvent => ({ type: 'identified', context: { ...STRANGER, status } })),
      fc
        .constantFrom('timeout', 'full', 'unknownQueue')
        .map((why): FlowEvent => ({ type: 'queueLeft', why })),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        let { state } = startFlow(flow, STRANGER);
        for (const next of events) {
          const step = stepFlow(flow, state, next);
          // What is hidden is not written down; everything else does not know the difference.
          const stored = stepFlow(flow, JSON.parse(JSON.stringify(state)), next);
          assert.equal(JSON.stringify(stored), JSON.stringify(step));
          assert.ok(step.effects.length < 40);
          // Whoever is not in a queue and not gone is being spoken to or waited for, with a time limit.
          const { over, timing, node } = step.state;
          assert.ok(over || timing || node === 'cola', `${node} would wait for ever`);
          state = step.state;
        }
      }),
    );
  });

  it('says nothing of keys in its effects but the choice that was made', () => {
    const step = after(flow, startFlow(flow, STRANGER), digit('9'), digit('8'));
    assert.ok(!JSON.stringify(step.effects).includes('"8"'));
    assert.deepEqual(texts(step), []);
  });
});
