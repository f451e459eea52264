import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { collisions } from '../../../../src/ivr/intents/collisions.ts';
import { Intents } from '../../../../src/ivr/intents/match.ts';

const surely = (text: string) => [{ text, confidence: 1 }];

/** What is done with it, by the thresholds of the `speech` node. */
function verdict(names: readonly string[], intents: Intents, said: string): string {
  const [first, second] = intents.guess(surely(said));
  if (!first || first.confidence < 0.45) return '–';
  const name = names[first.intent] ?? '';
  const close = first.confidence - (second?.confidence ?? 0) < 0.1;
  return first.confidence >= 0.75 && !close ? name : `${name}?`;
}

const SPANISH = {
  ventas: ['ventas', 'comprar', 'quiero hacer un pedido', 'precio', 'uno'],
  soporte: ['soporte', 'soporte técnico', 'no funciona', 'avería', 'se ha roto', 'dos'],
  factura: ['facturación', 'factura', 'recibo', 'cobro', 'pago', 'tres'],
  estado: ['estado de mi pedido', 'dónde está mi paquete', 'cuándo llega', 'cuatro'],
  baja: ['darme de baja', 'cancelar contrato', 'cinco'],
};

/** What a caller says, and what is made of it: an intent, one that is asked back (?), or none (–). */
const SPANISH_TABLE: readonly (readonly [string, string])[] = [
  ['ventas', 'ventas'],
  ['Ventas.', 'ventas'],
  ['VENTAS', 'ventas'],
  ['eh, quiero la factura por favor', 'factura'],
  ['la factura', 'factura'],
  ['facturas', 'factura'],
  ['facturación', 'factura'],
  ['facturacion', 'factura'],
  ['pues mire, quería hablar con facturación', 'factura'],
  ['este… me gustaría hablar de mi recibo', 'factura'],
  ['recibos', 'factura'],
  ['quiero comprar', 'ventas'],
  ['quisiera comprar una mesa', 'ventas'],
  ['hacer un pedido', 'ventas'],
  ['soporte técnico', 'soporte'],
  ['con soporte por favor', 'soporte'],
  ['técnico', 'soporte?'],
  ['mi lavadora no funciona', 'soporte'],
  ['tengo una avería', 'soporte'],
  ['averías', 'soporte'],
  ['¿dónde está mi paquete?', 'estado'],
  ['el estado de mi pedido', 'estado'],
  ['cuándo llega mi pedido', 'estado'],
  ['quiero darme de baja', 'baja'],
  ['el uno', 'ventas'],
  ['la opción número tres', 'factura'],
  ['3', 'factura'],
  ['dos', 'soporte'],
  ['no quiero ventas quiero soporte', 'soporte'],
  ['no quiero la factura', '–'],
  ['ventas no', '–'],
  ['no, ventas no, factura', 'factura'],
  ['no es ventas sino facturación', 'factura'],
  ['ni ventas ni soporte', '–'],
  ['tengo un problema con la factura de la luz del mes pasado', 'factura?'],
  ['ventas o soporte', 'ventas?'],
  ['buenos días', '–'],
  ['el perro come manzanas', '–'],
  ['', '–'],
  ['eh', '–'],
  ['[unk]', '–'],
  ['[unk] factura [unk]', 'factura?'],
  ['no, dije facturación', 'factura'],
  ['caca '.repeat(500), '–'],
];

const ENGLISH = {
  sales: ['sales', 'buy something', 'place an order'],
  support: ['support', 'technical support', 'not working', 'broken'],
  billing: ['billing', 'invoice', 'payment', 'my bill'],
  hours: ['opening hours', 'when are you open'],
};

const ENGLISH_TABLE: readonly (readonly [string, string])[] = [
  ['sales', 'sales'],
  ['sale', 'sales'],
  ["uh, I'd like to talk to sales please", 'sales'],
  ['can I buy something', 'sales'],
  ['I want to buy a table', 'sales'],
  ['billing', 'billing'],
  ['invoices', 'billing'],
  ['I have a question about my bill', 'billing'],
  ['my washing machine is not working', 'support'],
  ["it's broken", 'support'],
  ['tech support', 'support'],
  ['opening hours', 'hours'],
  ['what are your opening hours please', 'hours'],
  ["I don't want sales", '–'],
  ['not sales, support', 'support'],
  ['no I said billing', 'billing'],
  ['the quick brown fox', '–'],
  ['good morning', '–'],
];

describe('intents from phrases', () => {
  for (const [language, phrases, table] of [
    ['es-ES', SPANISH, SPANISH_TABLE],
    ['en', ENGLISH, ENGLISH_TABLE],
  ] as const) {
    const names = Object.keys(phrases);
    const intents = new Intents(Object.values(phrases), language);
    for (const [said, expected] of table) {
      it(`${language}: "${said.slice(0, 60)}" → ${expected}`, () => {
        assert.equal(
          verdict(names, intents, said),
          expected,
          JSON.stringify(intents.guess(surely(said))),
        );
      });
    }
  }

  it('adds up what the recogniser believes of several wordings', () => {
    const intents = new Intents(Object.values(SPANISH), 'es-MX');
    const [best] = intents.guess([
      { text: 'facturas', confidence: 0.45 },
      { text: 'factura', confidence: 0.4 },
      { text: 'ventas', confidence: 0.1 },
    ]);
    assert.equal(best?.intent, 2);
    assert.equal(best.confidence.toFixed(2), '0.85');
  });

  it('believes no more than the recogniser does', () => {
    const [best] = new Intents([['sales']], 'en').guess([{ text: 'sales', confidence: 0.5 }]);
    assert.equal(best?.confidence, 0.5);
  });
});

describe('intents that collide', () => {
  it('are found by form, accent and filler', () => {
    const found = collisions(
      [
        ['factura', 'pagar'],
        ['ventas', 'las facturas por favor'],
      ],
      'es',
    );
    assert.deepEqual(found, [{ intent: 1, phrase: 1, otherIntent: 0, otherPhrase: 'factura' }]);
  });

  it('do not, where a phrase says more, or the opposite', () => {
    assert.deepEqual(
      collisions([['pedido'], ['estado del pedido'], ['no funciona'], ['funciona']], 'es'),
      [],
    );
  });
});
