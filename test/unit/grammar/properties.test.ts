import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  grammarOf,
  NUMBER_MAX,
  ORDINAL_MAX,
  type Piece,
  piecesOf,
  sayAs,
} from '../../../src/grammar/grammar.ts';
import { LANGUAGES, type Language } from '../../../src/model/contact.ts';
import { readEnglish, readSpanish } from './numerals.ts';

const es = grammarOf('es-MX');
const en = grammarOf('en');

/** Small numbers are the ones that people hear; large ones have the strange forms. */
const whole = fc.oneof(
  fc.integer({ min: 0, max: 2_000 }),
  fc.integer({ min: 0, max: 2_000_000 }),
  fc.maxSafeInteger().map((value) => Math.abs(value) % (NUMBER_MAX + 1)),
);
const language = fc.constantFrom(...LANGUAGES);
const gender = fc.constantFrom('masculine' as const, 'feminine' as const);

describe('numbers, read back by another reader', () => {
  it('in Spanish, in every form', () => {
    fc.assert(
      fc.property(whole, gender, (value, form) => {
        assert.equal(readSpanish(es.cardinal(value, form)), value);
      }),
      { numRuns: 2_000 },
    );
  });

  it('in English', () => {
    fc.assert(
      fc.property(whole, (value) => assert.equal(readEnglish(en.cardinal(value)), value)),
      { numRuns: 2_000 },
    );
  });
});

describe('agreement in Spanish', () => {
  it('"one" is short before a masculine noun, and feminine before a feminine one', () => {
    fc.assert(
      fc.property(whole, (value) => {
        const pesos = es.count(value, { one: 'peso', many: 'pesos', gender: 'masculine' });
        const horas = es.count(value, { one: 'hora', many: 'horas', gender: 'feminine' });
        assert.doesNotMatch(pesos, /uno peso|una peso|uno mil|[st]as/);
        assert.doesNotMatch(horas, /\bun hora|uno hora|veintiún hora|uno mil/);
        assert.equal(/ de pesos$/.test(pesos), value >= 1_000_000 && value % 1_000_000 === 0);
        assert.equal(/\bpeso$/.test(pesos), value === 1);
      }),
      { numRuns: 2_000 },
    );
  });

  it('every ordinal agrees, and is short only where it may be', () => {
    for (let value = 1; value <= ORDINAL_MAX; value++) {
      assert.match(es.ordinal(value), /^(\S+o)( \S+o)*$/);
      assert.match(es.ordinal(value, 'feminine', true), /^(\S+a)( \S+a)*$/);
      assert.equal(
        /(primer|tercer)$/.test(es.ordinal(value, 'masculine', true)),
        /(primero|tercero)$/.test(es.ordinal(value)),
      );
    }
  });
});

/** Values of every format, with a flow's arguments. */
const digits = (min: number, max: number) =>
  fc.stringMatching(new RegExp(`^[1-9][0-9]{${min - 1},${max - 1}}$`));
const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map((pair) => pair.map((part) => String(part).padStart(2, '0')).join(':'));
const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const amount = fc
  .tuple(whole, fc.integer({ min: 0, max: 99 }))
  .map(([units, cents]) => `${units}.${String(cents).padStart(2, '0')}`);
const phone = fc.constantFrom(
  '+34912345678',
  '+525512345678',
  '+522225550101',
  '+12025550106',
  '+442079460018',
);
const text = (format: string, value: fc.Arbitrary<string>) =>
  value.map((said) => [format, said] as const);
const values = fc.oneof(
  text(
    'number',
    amount.map((value) => `-${value}`),
  ),
  text('number feminine', whole.map(String)),
  text('percent', amount),
  text('money EUR', amount),
  text('money MXN', amount),
  text('money GBP', amount),
  text('count factura facturas feminine', whole.map(String)),
  text('count punto_de_venta puntos_de_venta', whole.map(String)),
  text('ordinal', fc.integer({ min: 1, max: ORDINAL_MAX }).map(String)),
  text('ordinal short', fc.integer({ min: 1, max: ORDINAL_MAX }).map(String)),
  text('ordinal feminine', fc.integer({ min: 1, max: ORDINAL_MAX }).map(String)),
  text('date', day),
  text('date weekday noyear', day),
  text('time', clock),
  text('time 24h', clock),
  text('duration', fc.integer({ min: 0, max: 10_000_000 }).map(String)),
  text(
    'wait',
    fc.tuple(fc.nat(6_000), fc.nat(6_000)).map((pair) => pair.toSorted((a, b) => a - b).join('-')),
  ),
  text('phone MX', phone),
  text('phone', phone),
  text('digits', digits(1, 18)),
);

const said = (format: string, value: string, inLanguage: Language) => {
  const [name = '', ...args] = format.split(' ');
  return { name, args, words: sayAs(value, name, args, inLanguage) };
};

const isValue = ({ kind }: Piece): boolean => kind === 'value';

describe('every format', () => {
  it('says its values in words only, with one space between them', () => {
    fc.assert(
      fc.property(values, language, ([format, value], inLanguage) => {
        const { words } = said(format, value, inLanguage);
        assert.match(words, /^[\p{L}.-]+(,? [\p{L}.-]+)*$/u, `${value} | ${format}: ${words}`);
        assert.doesNotMatch(words, /undefined|NaN|null/);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is made of its vocabulary: whatever is said can be put together from rendered phrases', () => {
    fc.assert(
      fc.property(values, language, ([format, value], inLanguage) => {
        const { name, args, words } = said(format, value, inLanguage);
        const vocabulary = new Set(grammarOf(inLanguage).vocabulary(name, args));
        const pieces = piecesOf([{ text: words, filled: true }], vocabulary);
        assert.ok(pieces && !pieces.some(isValue), `${value} | ${format}: ${words}`);
        const again = pieces.map((piece) => (piece.kind === 'pause' ? ',' : piece.text)).join(' ');
        // A hyphen parts words like a space, for the ear.
        assert.equal(again.replaceAll(' ,', ',').replaceAll('-', ' '), words.replaceAll('-', ' '));
      }),
      { numRuns: 3_000 },
    );
  });

  it('takes any text at all without an exception', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[-+0-9.,:TZP ]{0,40}$/)),
        fc.constantFrom(
          'number',
          'money MXN',
          'date',
          'time UTC',
          'duration',
          'wait',
          'phone ES',
          'digits',
          'ordinal',
          'percent',
          'count a b',
        ),
        language,
        (value, format, inLanguage) =>
          assert.equal(typeof said(format, value, inLanguage).words, 'string'),
      ),
      { numRuns: 3_000 },
    );
  });
});

describe('pieces', () => {
  const vocabulary = new Set(['ciento un', 'euros', 'ciento', 'un', 'cinco']);
  const of = (...parts: readonly [string, boolean][]) =>
    piecesOf(
      parts.map(([words, filled]) => ({ text: words, filled })),
      vocabulary,
    )?.map((piece) =>
      piece.kind === 'pause'
        ? '|'
        : `${isValue(piece) ? '?' : ''}${piece.text}${piece.ending === 'last' ? '↘' : '…'}`,
    );

  it('fall at the end of the sentence only, whatever marks stand there', () => {
    assert.deepEqual(of(['Su saldo es de ', false], ['ciento un euros', true], ['.', false]), [
      'Su saldo es de…',
      'ciento un…',
      'euros↘',
    ]);
    assert.deepEqual(of(['Son ', false], ['cinco euros', true], [' más IVA.', false]), [
      'Son…',
      'cinco…',
      'euros…',
      'más IVA.↘',
    ]);
    assert.deepEqual(of(['Son ', false], ['cinco euros', true], ['. Gracias.', false]), [
      'Son…',
      'cinco…',
      'euros↘',
      '|',
      'Gracias.↘',
    ]);
    assert.deepEqual(of(['cinco', true], [', gracias', false]), ['cinco…', '|', 'gracias↘']);
  });

  it('have a value among them that is in no vocabulary, and none where there is nothing', () => {
    const hello = (name: string) => of(['Hola, ', false], [name, true], ['. Gracias.', false]);
    assert.deepEqual(hello('Ana'), ['Hola,…', '?Ana↘', '|', 'Gracias.↘']);
    assert.deepEqual(hello(' '), ['Hola,↘', '|', 'Gracias.↘']);
  });

  it('are such that what follows can be covered, too, and come with the ending that they need', () => {
    const rendered = new Set(['joined dos horas', 'joined dos', 'last horas', 'joined horas y']);
    const known = { has: (phrase: string, ending: string) => rendered.has(`${ending} ${phrase}`) };
    const covered = (words: string) =>
      piecesOf([{ text: words, filled: true }], known)?.map((piece) =>
        piece.kind === 'pause' ? '|' : `${isValue(piece) ? '?' : ''}${piece.text}`,
      );
    assert.deepEqual(covered('dos horas'), ['dos', 'horas']);
    assert.deepEqual(covered('dos horas y dos horas'), ['dos', 'horas y', 'dos', 'horas']);
    assert.deepEqual(covered('dos horas dos'), ['?dos horas dos']);
  });

  it('part English tens from units where the two are not there in one', () => {
    const words = [{ text: 'one hundred twenty-one', filled: true }];
    const texts = (...phrases: string[]) =>
      piecesOf(words, new Set(phrases))?.map((piece) => piece.kind === 'words' && piece.text);
    assert.deepEqual(texts('one hundred', 'twenty', 'one'), ['one hundred', 'twenty', 'one']);
    assert.deepEqual(texts('one hundred', 'twenty', 'one', 'twenty-one'), [
      'one hundred',
      'twenty-one',
    ]);
  });

  it('are none when there is nothing to say', () => {
    assert.equal(of(['.', false]), undefined);
  });
});
