import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asText, compileExpression, evaluate, type Value } from '../../../src/ivr/expression.ts';
import { STRANGER } from './flows.ts';

const context = {
  ...STRANGER,
  status: 'vip' as const,
  intent: 'ventas',
  variables: { saldo: '250', nombre: 'Íñigo', constructor: 'q', cuenta: 'doce', 'con-guion': 'sí' },
};

/** Already Tuesday in UTC. */
const MOMENT = {
  now: Date.parse('2026-11-24T03:07:00Z'),
  world: { calendars: new Map(), zone: 'America/Mexico_City' },
};

function outcome(text: string): Value | { readonly fails: string } {
  const compiled = compileExpression(text);
  assert.ok(compiled.ok, compiled.ok ? '' : compiled.error.why);
  const value = evaluate(compiled.value, { context, ...MOMENT });
  return value.ok ? value.value : { fails: value.error };
}

function refusal(text: string): { readonly at: number; readonly why: string } {
  const compiled = compileExpression(text);
  assert.ok(!compiled.ok, `${text} was taken`);
  return compiled.error;
}

describe('an expression', () => {
  const TABLE: readonly (readonly [string, ReturnType<typeof outcome>])[] = [
    ['status == "vip" && intent == "ventas"', true],
    ['status in ["vip", "customer"]', true],
    ['name == ""', true],
    ['int(variables.saldo) > 100', true],
    ['double(variables.saldo) * 1.5', 375],
    ['int(variables.saldo) + 1', 251n],
    ['variables.saldo.startsWith("2") ? "sí" : "no"', 'sí'],
    ['variables.nombre.size()', 5n],
    ['variables["con-guion"]', 'sí'],
    ['has(variables.nada)', false],
    ['variables.?nada.orValue("0")', '0'],
    ['has(variables.nada) && int(variables.nada) > 1', false],
    ['variables.constructor', 'q'],
    ['has(variables.__proto__) || has(variables.toString)', false],
    ['ani.startsWith("+52")', true],
    ['today', '2026-11-23'],
    ['time', '21:07'],
    ['time >= "20:00" && today < "2026-12-01"', true],
  ];
  for (const [text, value] of TABLE) {
    it(`${text} → ${value}`, () => assert.deepEqual(outcome(text), value));
  }

  it('says why it cannot be told, in words of its own text and never of the caller', () => {
    const why = (text: string): unknown => outcome(text);
    assert.deepEqual(why('variables.nada == "x"'), { fails: 'nada: there is no such variable' });
    assert.deepEqual(why('int(variables.cuenta) > 1'), {
      fails: 'int(variables.cuenta): is not a whole number',
    });
    assert.deepEqual(why('bool(variables.cuenta)'), {
      fails: 'bool(variables.cuenta): is neither true nor false',
    });
    assert.deepEqual(why('100 / int(variables.?cero.orValue("0"))'), {
      fails: '100 / int(variables.?cero.orValue("0")): is divided by zero',
    });
    assert.deepEqual(why('9223372036854775807 + 1'), {
      fails: '9223372036854775807 + 1: is too large a number',
    });
  });
});

describe('what is refused before a call meets it', () => {
  const TABLE: readonly (readonly [string, number, RegExp])[] = [
    ['', 0, /EOF/],
    ['status == ', 10, /EOF/],
    ['status == "vip" && saldo > 1', 19, /Unknown variable: saldo/],
    ['variables.saldo > 100', 0, /string > int; int\(…\) or double\(…\) makes a number/],
    ['variables', 0, /comes to map/],
    ['name.foo', 5, /Cannot index/],
    ['null', 0, /only texts, numbers/],
    ['b"x"', 0, /only texts, numbers/],
    ['{"a": 1}.size()', 1, /too large/],
    // What could take long, or tell the machine's clock, zone or locale.
    ['name.matches("(a+)+$")', 0, /no method matches/],
    ['["a"].exists(x, ["b"].all(y, x == y))', 0, /no method exists/],
    ['["a"].map(x, x).size()', 0, /no method map/],
    ['cel.bind(a, name + name, a + a)', 0, /no method bind/],
    ['timestamp("2026-01-01T00:00:00Z") == dyn(1)', 0, /no function timestamp/],
    ['duration("1s") == duration("2s")', 0, /no function duration/],
    ['"a".split("").size()', 0, /no method split/],
    // Size.
    [`"${'a'.repeat(1_000)}"`, 1_000, /longer than 1000/],
    ['1 + '.repeat(150).concat('1'), 0, /too large: Exceeded maxAstNodes/],
    ['('.repeat(60).concat('1', ')'.repeat(60)), 30, /too large: Exceeded maxDepth/],
    [`size([${'1,'.repeat(60)}1]) == 1`, 106, /too large: Exceeded maxListElements/],
  ];
  for (const [text, at, why] of TABLE) {
    it(`${text.slice(0, 60) || '(nothing)'}`, () => {
      const problem = refusal(text);
      assert.match(problem.why, why);
      assert.equal(problem.at, at);
    });
  }

  it('never throws and never lingers, whatever is written', () => {
    const words = fc.constantFrom(
      ...['(', ')', '[', ']', '"', "'", '\\', '!', '-', '?', ':', '.', '.?', '&&', '||', '==', '+'],
      ...[
        'variables',
        'x',
        'name',
        'has',
        'int',
        'string',
        'size',
        '1',
        '"a"',
        ' ',
        'in',
        ',',
        '{',
      ],
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(text, (source) => {
        const compiled = compileExpression(source);
        if (compiled.ok) evaluate(compiled.value, { context, ...MOMENT });
      }),
      { numRuns: 3_000 },
    );
  });

  it('costs at most its own length: the greediest expression that is taken makes half a megabyte', () => {
    const long = { ...context, variables: { x: 'a'.repeat(1_000) } };
    const greedy = compileExpression(`${'variables.x+'.repeat(60)}variables.x == ""`);
    assert.ok(greedy.ok);
    assert.deepEqual(evaluate(greedy.value, { context: long, ...MOMENT }), {
      ok: true,
      value: false,
    });
  });
});

describe('what an expression comes to, as a text', () => {
  const texts: readonly (readonly [Value, string])[] = [
    [true, 'true'],
    [21n, '21'],
    [0.5, '0.5'],
    [-0.125, '-0.1250'],
    [12.528, '12.5280'],
    [1234.5678, '1234.5678'],
    [1e21, '1000000000000000000000'],
    [1.5e-7, '0.00000015'],
  ];
  for (const [value, text] of texts) {
    it(`${value} is ${text}`, () => {
      assert.equal(asText(value), text);
      if (typeof value === 'number') assert.equal(Number(text), value);
    });
  }

  it('is none, where it is no number', () => {
    for (const text of ['0.0 / 0.0', '1.0 / 0.0', '-1.0 / 0.0']) {
      assert.deepEqual(outcome(text), { fails: `${text}: comes to no number` });
    }
  });
});
