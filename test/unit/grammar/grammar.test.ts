import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { grammarOf, type Noun, NUMBER_MAX } from '../../../src/grammar/grammar.ts';

const es = grammarOf('es-MX');
const en = grammarOf('en');
const PESO: Noun = { one: 'peso', many: 'pesos', gender: 'masculine' };
const EURO: Noun = { one: 'euro', many: 'euros', gender: 'masculine' };
const HOUR: Noun = { one: 'hora', many: 'horas', gender: 'feminine' };
const PERSON: Noun = { one: 'persona', many: 'personas', gender: 'feminine' };

describe('Spanish numbers', () => {
  const alone: readonly [number, string, string][] = [
    [0, 'cero', 'cero'],
    [1, 'uno', 'una'],
    [2, 'dos', 'dos'],
    [16, 'dieciséis', 'dieciséis'],
    [21, 'veintiuno', 'veintiuna'],
    [22, 'veintidós', 'veintidós'],
    [30, 'treinta', 'treinta'],
    [31, 'treinta y uno', 'treinta y una'],
    [99, 'noventa y nueve', 'noventa y nueve'],
    [100, 'cien', 'cien'],
    [101, 'ciento uno', 'ciento una'],
    [200, 'doscientos', 'doscientas'],
    [500, 'quinientos', 'quinientas'],
    [700, 'setecientos', 'setecientas'],
    [900, 'novecientos', 'novecientas'],
    [999, 'novecientos noventa y nueve', 'novecientas noventa y nueve'],
    [1_000, 'mil', 'mil'],
    [1_001, 'mil uno', 'mil una'],
    [1_100, 'mil cien', 'mil cien'],
    [2_000, 'dos mil', 'dos mil'],
    [21_000, 'veintiún mil', 'veintiún mil'],
    [31_021, 'treinta y un mil veintiuno', 'treinta y un mil veintiuna'],
    [100_000, 'cien mil', 'cien mil'],
    [200_000, 'doscientos mil', 'doscientas mil'],
    [201_000, 'doscientos un mil', 'doscientas un mil'],
    [1_000_000, 'un millón', 'un millón'],
    [1_000_001, 'un millón uno', 'un millón una'],
    [21_000_000, 'veintiún millones', 'veintiún millones'],
    [200_000_200, 'doscientos millones doscientos', 'doscientos millones doscientas'],
    [1_000_000_000, 'mil millones', 'mil millones'],
  ];
  for (const [value, masculine, feminine] of alone) {
    it(`says ${value}: ${masculine}, ${feminine}`, () => {
      assert.equal(es.cardinal(value), masculine);
      assert.equal(es.cardinal(value, 'feminine'), feminine);
    });
  }

  const counted: readonly [number, Noun, string][] = [
    [1, PESO, 'un peso'],
    [1, HOUR, 'una hora'],
    [0, PESO, 'cero pesos'],
    [21, PESO, 'veintiún pesos'],
    [21, HOUR, 'veintiuna horas'],
    [31, PESO, 'treinta y un pesos'],
    [41, HOUR, 'cuarenta y una horas'],
    [100, PERSON, 'cien personas'],
    [101, EURO, 'ciento un euros'],
    [101, PERSON, 'ciento una personas'],
    [200, PERSON, 'doscientas personas'],
    [1_021, PESO, 'mil veintiún pesos'],
    [21_000, PESO, 'veintiún mil pesos'],
    [300_000, PERSON, 'trescientas mil personas'],
    [1_000_000, PESO, 'un millón de pesos'],
    [2_000_000, PERSON, 'dos millones de personas'],
    [1_500_000, PESO, 'un millón quinientos mil pesos'],
  ];
  for (const [value, noun, words] of counted) {
    it(`counts: ${words}`, () => assert.equal(es.count(value, noun), words));
  }

  it('says ordinals, short before a masculine noun', () => {
    assert.equal(es.ordinal(1), 'primero');
    assert.equal(es.ordinal(1, 'masculine', true), 'primer');
    assert.equal(es.ordinal(3, 'masculine', true), 'tercer');
    assert.equal(es.ordinal(3, 'feminine', true), 'tercera');
    assert.equal(es.ordinal(13, 'masculine', true), 'decimotercer');
    assert.equal(es.ordinal(7, 'feminine'), 'séptima');
    assert.equal(es.ordinal(20), 'vigésimo');
  });

  it('refuses what it has no words for', () => {
    for (const value of [-1, 1.5, Number.NaN, NUMBER_MAX + 1]) {
      assert.throws(() => es.cardinal(value), RangeError);
      assert.throws(() => en.cardinal(value), RangeError);
    }
    assert.throws(() => es.ordinal(1_000), RangeError);
  });

  it('has words for every number up to a hundred thousand, each its own', () => {
    const words = new Set(Array.from({ length: 100_000 }, (_, value) => es.cardinal(value)));
    assert.equal(words.size, 100_000);
    for (const text of words) assert.doesNotMatch(text, /\.|undefined| {2}|^ | $/);
  });
});

describe('waits', () => {
  const minutes = (value: number): number => value * 60_000;
  const waits: readonly [number, number, string, string][] = [
    [0, 59_999, 'menos de un minuto', 'less than one minute'],
    [0, minutes(1), 'un minuto', 'one minute'],
    [minutes(1), minutes(2), 'entre uno y dos minutos', 'between one and two minutes'],
    [minutes(3), minutes(5), 'entre tres y cinco minutos', 'between three and five minutes'],
    [
      minutes(3) + 20_000,
      minutes(4) + 1,
      'entre tres y cinco minutos',
      'between three and five minutes',
    ],
    [minutes(4), minutes(4), 'cuatro minutos', 'four minutes'],
    [
      minutes(20),
      minutes(21),
      'entre veinte y veinticinco minutos',
      'between twenty and twenty-five minutes',
    ],
    [
      minutes(17),
      minutes(43),
      'entre quince y cuarenta y cinco minutos',
      'between fifteen and forty-five minutes',
    ],
    [
      minutes(50),
      minutes(60),
      'entre cincuenta y sesenta minutos',
      'between fifty and sixty minutes',
    ],
    [
      minutes(50),
      minutes(71),
      'entre cincuenta minutos y una hora y cuarto',
      'between fifty minutes and one and a quarter hours',
    ],
    [minutes(60), minutes(60), 'una hora', 'one hour'],
    [0, minutes(58), 'menos de una hora', 'less than one hour'],
    [0, minutes(130), 'menos de dos horas y cuarto', 'less than two and a quarter hours'],
    [minutes(90), minutes(90), 'una hora y media', 'one and a half hours'],
    [
      minutes(100),
      minutes(120),
      'entre una hora y media y dos horas',
      'between one and a half hours and two hours',
    ],
    [minutes(21 * 60 + 45), 0, 'menos de un minuto', 'less than one minute'],
    [
      minutes(21 * 60 + 45),
      minutes(21 * 60 + 45),
      'veintiuna horas y tres cuartos',
      'twenty-one and three quarters hours',
    ],
    [59_999, minutes(3), 'menos de tres minutos', 'less than three minutes'],
    [minutes(9), minutes(2), 'dos minutos', 'two minutes'],
  ];
  for (const [from, to, spanish, english] of waits) {
    it(`says: ${spanish}`, () => {
      assert.equal(es.wait(from, to), spanish);
      assert.equal(en.wait(from, to), english);
    });
  }
});

describe('English numbers', () => {
  const table: readonly [number, string][] = [
    [0, 'zero'],
    [13, 'thirteen'],
    [21, 'twenty-one'],
    [40, 'forty'],
    [105, 'one hundred five'],
    [1_000, 'one thousand'],
    [1_000_001, 'one million one'],
    [999_999, 'nine hundred ninety-nine thousand nine hundred ninety-nine'],
  ];
  for (const [value, words] of table) {
    it(`says ${words}`, () => assert.equal(en.cardinal(value), words));
  }

  it('counts and ranks', () => {
    const call = { one: 'call', many: 'calls', gender: 'masculine' } as const;
    assert.equal(en.count(1, call), 'one call');
    assert.equal(en.count(2, call), 'two calls');
    assert.equal(en.ordinal(12), 'twelfth');
  });
});
