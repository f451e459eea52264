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
  ['soporte no, ventas', 'ventas'],
  ['soporte técnico no, ventas', 'ventas'],
  ['soporte, no, ventas', 'ventas'],
  ['soporte, no ventas', 'soporte'],
  ['soporte no ventas', 'ventas?'],
  ['ventas no soporte', 'soporte?'],
  ['quiero soporte, no ventas', 'soporte'],
  ['quiero soporte no ventas', 'soporte'],
  ['soporte no, mejor ventas', 'ventas'],
  ['soporte no mejor ventas', 'ventas'],
  ['soporte no sino ventas', 'ventas'],
  ['soporte no quiero, ventas', 'ventas'],
  ['ventas no quiero', '–'],
  ['no quiero, eh, ventas', '–'],
  ['no es soporte es ventas', 'ventas'],
  ['no es soporte, es ventas', 'ventas'],
  ['no era soporte, era ventas', 'ventas'],
  ['no, ventas', 'ventas'],
  ['No, quiero ventas.', 'ventas'],
  ['no, ventas no', '–'],
  ['no ventas no factura', 'factura?'],
  ['no quiero ventas no quiero soporte', '–'],
  ['no quiero ventas, tampoco soporte', '–'],
  ['la lavadora no, la factura', 'factura'],
  ['el paquete no funciona', 'soporte'],
  ['ventanas', '–'],
  ['una ventana', '–'],
  ['ventaja', '–'],
  ['cobros', 'factura'],
  ['quiero pagos', 'factura'],
  ['los precios', 'ventas'],
  ['compras', 'ventas'],
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
  ['not support, sales', 'sales'],
  ['support, not sales', 'support'],
  ['support not sales', 'support'],
  ["it's not support it's sales", 'sales'],
  ["it isn't support, it's sales", 'sales'],
  ['support no, sales', 'sales'],
  ['support no sales', 'sales?'],
  ["sales I don't want", '–'],
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

/** One and many of a word, and words that are neither. */
const NOUNS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'es-MX': (
    'cita citas,pago pagos,dato datos,baja bajas,alta altas,nota notas,beca becas,visa visas,taxi taxis,menú menús,' +
    'venta ventas,queja quejas,cobro cobros,compra compras,factura facturas,envío envíos,reloj relojes,luz luces,' +
    'mes meses,plan planes,gas gases,bar bares,red redes,base bases,clase clases,clave claves,país países,' +
    'autobús autobuses,interés intereses,inglés ingleses,opción opciones,año años,ojo ojos,tía tías,hotel hoteles,' +
    'viaje viajes,cheque cheques,mueble muebles'
  )
    .split(',')
    .map((pair) => pair.split(' ') as [string, string]),
  en: (
    'box boxes,tax taxes,bus buses,use uses,bill bills,order orders,delivery deliveries,address addresses,' +
    'switch switches,class classes,price prices,house houses,virus viruses,car cars,policy policies,invoice invoices'
  )
    .split(',')
    .map((pair) => pair.split(' ') as [string, string]),
};

const OTHERS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'es-MX': [
    ['ventas', 'ventanas'],
    ['ventas', 'ventajas'],
    ['ventas', 'ventilador'],
    ['citas', 'citación'],
    ['nota', 'notario'],
    ['pago', 'paga'],
    ['seguros', 'seguridad'],
    ['planes', 'plantas'],
    ['casa', 'caso'],
    ['bajas', 'baños'],
    ['altas', 'altavoz'],
  ],
  en: [
    ['sales', 'salad'],
    ['bills', 'billiards'],
    ['box', 'boxer'],
    ['cars', 'cards'],
  ],
};

describe('one and many', () => {
  for (const [language, pairs] of Object.entries(NOUNS)) {
    for (const [one, many] of pairs) {
      it(`${language}: ${one} and ${many} are one word`, () => {
        for (const [phrase, said] of [
          [one, many],
          [many, one],
        ] as const) {
          const [best] = new Intents([[phrase], ['garantía']], language).guess(surely(said));
          assert.deepEqual(best, { intent: 0, confidence: 1 }, `${phrase}: ${said}`);
        }
        assert.equal(collisions([[one], [many]], language).length, 1);
      });
    }
    for (const [one, other] of OTHERS[language] ?? []) {
      it(`${language}: ${one} and ${other} are two`, () => {
        const guess = (phrase: string, said: string) =>
          new Intents([[phrase]], language).guess(surely(said));
        assert.deepEqual([guess(one, other), guess(other, one)], [[], []]);
        assert.deepEqual(collisions([[one], [other]], language), []);
      });
    }
  }

  it('are found in a sentence', () => {
    const intents = new Intents([['citas'], ['resultados']], 'es-MX');
    const [best] = intents.guess(surely('quiero una cita por favor'));
    assert.deepEqual(best, { intent: 0, confidence: 1 });
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
