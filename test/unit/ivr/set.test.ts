import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { flowOf, problemsOf, STRANGER, startFlow } from './flows.ts';

const end = { type: 'hangup' };

describe('set', () => {
  it('writes down texts as they stand, and what expressions come to', () => {
    const flow = flowOf({
      a: {
        type: 'set',
        intent: { expression: 'status == "unknown" ? "nuevo" : "cliente"' },
        language: 'en',
        variables: {
          canal: 'teléfono',
          doble: { expression: 'int(variables.n) * 2' },
          iva: { expression: 'double(variables.n) * 0.16' },
          grande: { expression: 'int(variables.n) > 20' },
        },
        next: 'b',
      },
      b: end,
    });
    const { state } = startFlow(flow, { ...STRANGER, variables: { n: '21', viejo: 'x' } });
    assert.equal(state.context.intent, 'nuevo');
    assert.equal(state.context.language, 'en');
    assert.deepEqual(state.context.variables, {
      n: '21',
      viejo: 'x',
      canal: 'teléfono',
      doble: '42',
      iva: '3.36',
      grande: 'true',
    });
  });

  it('lets all its expressions see the call as it was before', () => {
    const flow = flowOf({
      a: {
        type: 'set',
        variables: { x: { expression: 'variables.y' }, y: { expression: 'variables.x' } },
        next: 'b',
      },
      b: end,
    });
    const { state } = startFlow(flow, { ...STRANGER, variables: { x: '1', y: '2' } });
    assert.deepEqual(state.context.variables, { x: '2', y: '1' });
  });

  it('leaves what cannot be told as it was, and writes down why', () => {
    const flow = flowOf({
      a: {
        type: 'set',
        language: { expression: 'variables.idioma' },
        variables: { n: { expression: 'int(variables.n) + 1' } },
        next: 'b',
      },
      b: end,
    });
    const step = startFlow(flow, { ...STRANGER, variables: { n: 'mil', idioma: 'klingon' } });
    assert.deepEqual(step.state.context.variables, { n: 'mil', idioma: 'klingon' });
    assert.equal(step.state.context.language, 'es-MX');
    const why = step.effects.flatMap((effect) =>
      effect.type === 'note' && effect.event === 'flow.expressionFailed' ? [effect.data] : [],
    );
    assert.deepEqual(why, [{ node: 'a', why: 'int(variables.n): is not a whole number' }]);
  });

  it('keeps to its limits: 1,000 characters a variable, 200 variables a call', () => {
    const flow = flowOf({
      a: {
        type: 'set',
        variables: { nueva: { expression: 'variables.v0 + variables.v0' } },
        next: 'b',
      },
      b: end,
    });
    const run = (count: number): Readonly<Record<string, string>> => {
      const names = Array.from({ length: count }, (_, at) => [`v${at}`, 'x'.repeat(600)]);
      return startFlow(flow, { ...STRANGER, variables: Object.fromEntries(names) }).state.context
        .variables;
    };
    assert.equal(run(199).nueva?.length, 1_000);
    assert.equal(run(200).nueva, undefined);
  });

  it('is refused with the place of the expression and of the mistake in it', () => {
    const nodes = {
      a: { type: 'set', variables: { x: { expression: '1 + saldo' } }, next: 'b' },
      b: end,
    };
    assert.deepEqual(problemsOf(nodes), [
      'nodes.a.variables.x.expression: Unknown variable: saldo (at character 5)',
    ]);
  });
});

describe('branch by expression', () => {
  const branch = (condition: string): object => ({
    a: { type: 'branch', cases: [{ if: condition, next: 'si' }], otherwise: 'no' },
    si: end,
    no: end,
  });

  it('goes where the first condition that is true points', () => {
    const flow = flowOf(branch('int(variables.saldo) > 100'));
    const at = (saldo: string): string =>
      startFlow(flow, { ...STRANGER, variables: { saldo } }).state.node;
    assert.equal(at('101'), 'si');
    assert.equal(at('100'), 'no');
    assert.equal(at('cien'), 'no');
    assert.equal(startFlow(flow, STRANGER).state.node, 'no');
  });

  it('takes conditions that are true or false, and no others', () => {
    assert.deepEqual(problemsOf(branch('variables.saldo')), [
      'nodes.a.cases[0].if: comes to string; it must come to bool',
    ]);
  });

  it('may stand in the choice of a menu too', () => {
    const flow = flowOf({
      m: {
        type: 'menu',
        prompts: [{ es: 'Marque', en: 'Press' }],
        choices: [
          {
            key: '1',
            set: { variables: { veces: { expression: 'int(variables.?veces.orValue("0")) + 1' } } },
            next: 'si',
          },
        ],
        failed: 'si',
      },
      si: end,
    });
    const asked = startFlow(flow, STRANGER);
    assert.equal(asked.state.node, 'm');
  });
});
