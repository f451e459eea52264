import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatProblem, sayAs } from '../../../src/grammar/grammar.ts';
import type { Language } from '../../../src/model/contact.ts';

/** Format, value, and how it is said in Spain, in Mexico and in English. */
type Row = readonly [format: string, value: string, spain: string, mexico: string, english: string];

const same = (format: string, value: string, spanish: string, english: string): Row => [
  format,
  value,
  spanish,
  spanish,
  english,
];

// Apocope and gender: DPD "uno", "veintiuno"; "de" after millions: DPD "millón".
const MONEY: readonly Row[] = [
  same('money EUR', '1', 'un euro', 'one euro'),
  same('money EUR', '0', 'cero euros', 'zero euros'),
  same('money EUR', '21', 'veintiún euros', 'twenty-one euros'),
  same('money EUR', '101', 'ciento un euros', 'one hundred one euros'),
  same(
    'money EUR',
    '101.01',
    'ciento un euros con un céntimo',
    'one hundred one euros and one cent',
  ),
  same('money EUR', '0.50', 'cincuenta céntimos', 'fifty cents'),
  same('money EUR', '0,5', 'cincuenta céntimos', 'fifty cents'),
  same(
    'money EUR',
    '-12.30',
    'menos doce euros con treinta céntimos',
    'minus twelve euros and thirty cents',
  ),
  same(
    'money EUR',
    '1.234,56',
    'mil doscientos treinta y cuatro euros con cincuenta y seis céntimos',
    'one thousand two hundred thirty-four euros and fifty-six cents',
  ),
  same(
    'money EUR',
    '1,234.56',
    'mil doscientos treinta y cuatro euros con cincuenta y seis céntimos',
    'one thousand two hundred thirty-four euros and fifty-six cents',
  ),
  same('money EUR', '0.995', 'un euro', 'one euro'),
  same('money EUR', '-0.001', 'cero euros', 'zero euros'),
  [
    'money MXN',
    '21000',
    'veintiún mil pesos mexicanos',
    'veintiún mil pesos',
    'twenty-one thousand Mexican pesos',
  ],
  [
    'money MXN',
    '1000000',
    'un millón de pesos mexicanos',
    'un millón de pesos',
    'one million Mexican pesos',
  ],
  [
    'money MXN',
    '1500000',
    'un millón quinientos mil pesos mexicanos',
    'un millón quinientos mil pesos',
    'one million five hundred thousand Mexican pesos',
  ],
  [
    'money MXN',
    '1000000000000',
    'un billón de pesos mexicanos',
    'un billón de pesos',
    'one trillion Mexican pesos',
  ],
  [
    'money MXN',
    '$1,250.50 MXN',
    'mil doscientos cincuenta pesos mexicanos con cincuenta centavos',
    'mil doscientos cincuenta pesos con cincuenta centavos',
    'one thousand two hundred fifty Mexican pesos and fifty centavos',
  ],
  same('money GBP', '201', 'doscientas una libras', 'two hundred one pounds'),
  same('money GBP', '21000', 'veintiún mil libras', 'twenty-one thousand pounds'),
  same('money GBP', '0.01', 'un penique', 'one penny'),
  same(
    'money USD',
    '31.21',
    'treinta y un dólares con veintiún centavos',
    'thirty-one dollars and twenty-one cents',
  ),
  same('money CLP', '1999.5', 'dos mil pesos chilenos', 'two thousand Chilean pesos'),
  same('money PEN', '1', 'un sol', 'one sol'),
  same('money PEN', 'S/ 1.00', 'un sol', 'one sol'),
  // Nobody writes thousandths of these: a lone sign before three digits parts thousands, whichever it is.
  ...['1.500', '1,500', '$1.500', '1 500', '1500', '1.500 CLP', 'CLP 1.500'].map((value) =>
    same(
      'money CLP',
      value,
      'mil quinientos pesos chilenos',
      'one thousand five hundred Chilean pesos',
    ),
  ),
  ...['1.234 €', '1,234 €', '€1,234', '1 234 €', '1\u202f234,00 EUR', '1234', "1'234.00"].map(
    (value) =>
      same(
        'money EUR',
        value,
        'mil doscientos treinta y cuatro euros',
        'one thousand two hundred thirty-four euros',
      ),
  ),
  ...['-$12.50', '$-12.50', '−$12.50', '-US$ 12,5', '- 12.50 USD'].map((value) =>
    same(
      'money USD',
      value,
      'menos doce dólares con cincuenta centavos',
      'minus twelve dollars and fifty cents',
    ),
  ),
  same('money EUR', '€12', 'doce euros', 'twelve euros'),
  same(
    'money USD',
    '$1,234',
    'mil doscientos treinta y cuatro dólares',
    'one thousand two hundred thirty-four dollars',
  ),
  same(
    'money EUR',
    '1 234,50',
    'mil doscientos treinta y cuatro euros con cincuenta céntimos',
    'one thousand two hundred thirty-four euros and fifty cents',
  ),
  same('money EUR', '0.500', 'cincuenta céntimos', 'fifty cents'),
  same(
    'money EUR',
    '12.5280',
    'doce euros con cincuenta y tres céntimos',
    'twelve euros and fifty-three cents',
  ),
  same(
    'money EUR',
    '1234.567',
    'mil doscientos treinta y cuatro euros con cincuenta y siete céntimos',
    'one thousand two hundred thirty-four euros and fifty-seven cents',
  ),
];

// DPD "números", 2: decimals; "porcentaje": no apocope before "por ciento", and "cien por cien" in Spain.
const NUMBERS: readonly Row[] = [
  ['number', '3.14', 'tres coma catorce', 'tres punto catorce', 'three point one four'],
  ['number', '3.05', 'tres coma cero cinco', 'tres punto cero cinco', 'three point zero five'],
  ['number', '0.5', 'cero coma cinco', 'cero punto cinco', 'zero point five'],
  ['number', '2.50', 'dos coma cinco', 'dos punto cinco', 'two point five'],
  ['number', '2.5000', 'dos coma cinco', 'dos punto cinco', 'two point five'],
  ['number', '2,5000', 'dos coma cinco', 'dos punto cinco', 'two point five'],
  [
    'number',
    '0,125',
    'cero coma uno dos cinco',
    'cero punto uno dos cinco',
    'zero point one two five',
  ],
  same(
    'number',
    '1 234',
    'mil doscientos treinta y cuatro',
    'one thousand two hundred thirty-four',
  ),
  [
    'number',
    '3.1416',
    'tres coma uno cuatro uno seis',
    'tres punto uno cuatro uno seis',
    'three point one four one six',
  ],
  same('number', '2.000.001', 'dos millones uno', 'two million one'),
  same('number', '-21', 'menos veintiuno', 'minus twenty-one'),
  same('number', '0', 'cero', 'zero'),
  same('number feminine', '21', 'veintiuna', 'twenty-one'),
  same('number feminine', '200', 'doscientas', 'two hundred'),
  same(
    'number',
    '999999999999999',
    'novecientos noventa y nueve billones novecientos noventa y nueve mil novecientos noventa y nueve millones novecientos noventa y nueve mil novecientos noventa y nueve',
    'nine hundred ninety-nine trillion nine hundred ninety-nine billion nine hundred ninety-nine million nine hundred ninety-nine thousand nine hundred ninety-nine',
  ),
  same('percent', '101', 'ciento uno por ciento', 'one hundred one percent'),
  same('percent', '21', 'veintiuno por ciento', 'twenty-one percent'),
  ['percent', '100 %', 'cien por cien', 'cien por ciento', 'one hundred percent'],
  [
    'percent',
    '12.5%',
    'doce coma cinco por ciento',
    'doce punto cinco por ciento',
    'twelve point five percent',
  ],
  same('ordinal', '1', 'primero', 'first'),
  same('ordinal short', '1', 'primer', 'first'),
  same('ordinal feminine', '1', 'primera', 'first'),
  same('ordinal short', '3', 'tercer', 'third'),
  same('ordinal short', '21', 'vigesimoprimer', 'twenty-first'),
  same('ordinal feminine', '22', 'vigesimosegunda', 'twenty-second'),
  same('ordinal feminine', '31', 'trigésima primera', 'thirty-first'),
  same('ordinal short', '33', 'trigésimo tercer', 'thirty-third'),
  same('ordinal', '11', 'undécimo', 'eleventh'),
  same('ordinal', '112', 'centésimo duodécimo', 'one hundred twelfth'),
  same('ordinal', '1000', 'mil', 'one thousand'),
  same('ordinal feminine', '1201', 'mil doscientas una', 'one thousand two hundred one'),
];

// DPD "hora" and "fecha".
const TIMES: readonly Row[] = [
  ['time', '13:30', 'la una y media de la tarde', 'la una y media de la tarde', 'one thirty p.m.'],
  [
    'time',
    '12:15',
    'las doce y cuarto del mediodía',
    'las doce quince de la tarde',
    'twelve fifteen p.m.',
  ],
  ['time', '12:00', 'las doce del mediodía', 'las doce del día', 'noon'],
  ['time', '00:00', 'las doce de la noche', 'las doce de la noche', 'midnight'],
  [
    'time',
    '00:45',
    'la una menos cuarto de la noche',
    'las doce cuarenta y cinco de la noche',
    'twelve forty-five a.m.',
  ],
  [
    'time',
    '12:45',
    'la una menos cuarto de la tarde',
    'las doce cuarenta y cinco de la tarde',
    'twelve forty-five p.m.',
  ],
  ['time', '01:00', 'la una de la madrugada', 'la una de la madrugada', 'one a.m.'],
  [
    'time',
    '09:05',
    'las nueve y cinco de la mañana',
    'las nueve y cinco de la mañana',
    'nine oh five a.m.',
  ],
  [
    'time',
    '20:37',
    'las ocho y treinta y siete de la tarde',
    'las ocho treinta y siete de la noche',
    'eight thirty-seven p.m.',
  ],
  [
    'time',
    '23:55',
    'las doce menos cinco de la noche',
    'las once cincuenta y cinco de la noche',
    'eleven fifty-five p.m.',
  ],
  ['time', '24:00', 'las doce de la noche', 'las doce de la noche', 'midnight'],
  ['time', '2026-03-05T24:00', 'las doce de la noche', 'las doce de la noche', 'midnight'],
  same('time 24h', '24:00', 'las cero horas', 'zero hundred hours'),
  same('date noyear Europe/Madrid', '2026-03-05T24:00Z', 'seis de marzo', 'March sixth'),
  ['time', '2026-03-05T17:00:00', 'las cinco de la tarde', 'las cinco de la tarde', 'five p.m.'],
  same('time 24h', '21:00', 'las veintiuna horas', 'twenty-one hundred hours'),
  same('time 24h', '13:30', 'las trece treinta', 'thirteen thirty'),
  same('time 24h', '01:00', 'la una', 'zero one hundred hours'),
  same('time 24h', '00:05', 'las cero cero cinco', 'zero oh five'),
  [
    'time America/Mexico_City',
    '2026-03-05T19:30:00Z',
    'la una y media de la tarde',
    'la una y media de la tarde',
    'one thirty p.m.',
  ],
  ['date noyear', '2026-01-01', 'uno de enero', 'primero de enero', 'January first'],
  [
    'date',
    '2026-01-01',
    'uno de enero de dos mil veintiséis',
    'primero de enero de dos mil veintiséis',
    'January first, twenty twenty-six',
  ],
  same('date weekday noyear', '2026-03-05', 'jueves cinco de marzo', 'Thursday, March fifth'),
  same(
    'date',
    '1905-12-31',
    'treinta y uno de diciembre de mil novecientos cinco',
    'December thirty-first, nineteen oh five',
  ),
  same(
    'date',
    '2000-02-29',
    'veintinueve de febrero de dos mil',
    'February twenty-ninth, two thousand',
  ),
  same(
    'date noyear America/Mexico_City',
    '2026-03-05T03:00:00Z',
    'cuatro de marzo',
    'March fourth',
  ),
];

const LENGTHS: readonly Row[] = [
  same('duration minutes', '1', 'un minuto', 'one minute'),
  same('duration hours', '21', 'veintiuna horas', 'twenty-one hours'),
  same('duration', '3600', 'una hora', 'one hour'),
  same('duration', 'PT1H30M', 'una hora y treinta minutos', 'one hour and thirty minutes'),
  same('duration', '90', 'un minuto y treinta segundos', 'one minute and thirty seconds'),
  same('duration days', '21', 'veintiún días', 'twenty-one days'),
  same('duration hours', '1.5', 'una hora y treinta minutos', 'one hour and thirty minutes'),
  same('duration', '93784', 'un día y dos horas', 'one day and two hours'),
  same('duration', '0', 'cero segundos', 'zero seconds'),
  same('duration', 'P1W', 'siete días', 'seven days'),
  same('duration', 'PT0.5H', 'treinta minutos', 'thirty minutes'),
  same('duration', 'P1DT1,5H', 'un día y una hora', 'one day and one hour'),
  same('wait minutes', '5-3', 'entre tres y cinco minutos', 'between three and five minutes'),
  same('wait minutes', '3-5', 'entre tres y cinco minutos', 'between three and five minutes'),
  same('wait', '180 - 300', 'entre tres y cinco minutos', 'between three and five minutes'),
  same('wait minutes', '1', 'un minuto', 'one minute'),
  same('wait', '20', 'menos de un minuto', 'less than one minute'),
];

// The groups are libphonenumber's; how each is read is the country's habit. From abroad there is a country code, and
// nothing that only its own country dials: no 0 in "+44 20", no 15 in "+54 9 11".
const DIGITS: readonly Row[] = [
  [
    'phone',
    '+34912345678',
    'novecientos doce, treinta y cuatro, cincuenta y seis, setenta y ocho',
    'más treinta y cuatro, novecientos doce, treinta y cuatro, cincuenta y seis, setenta y ocho',
    'plus three four, nine one two, three four, five six, seven eight',
  ],
  same(
    'phone ES',
    '+34900000510',
    'novecientos, cero cero cero, quinientos diez',
    'nine zero zero, zero zero zero, five one zero',
  ),
  [
    'phone',
    '+525512345678',
    'más cincuenta y dos, cincuenta y cinco, doce treinta y cuatro, cincuenta y seis setenta y ocho',
    'cincuenta y cinco, doce treinta y cuatro, cincuenta y seis setenta y ocho',
    'plus five two, five five, one two three four, five six seven eight',
  ],
  same(
    'phone MX',
    '+522221234567',
    'dos veintidós, uno veintitrés, cuarenta y cinco sesenta y siete',
    'two two two, one two three, four five six seven',
  ),
  same(
    'phone US',
    '+12025550106',
    'dos cero dos, cinco cinco cinco, cero uno cero seis',
    'two zero two, five five five, zero one zero six',
  ),
  same(
    'phone MX',
    '5512345678',
    'cincuenta y cinco, doce treinta y cuatro, cincuenta y seis setenta y ocho',
    'five five, one two three four, five six seven eight',
  ),
  same(
    'phone MX',
    '+12025550106',
    'más uno, dos cero dos, cinco cinco cinco, cero uno cero seis',
    'plus one, two zero two, five five five, zero one zero six',
  ),
  same(
    'phone ES',
    '+442071838750',
    'más cuarenta y cuatro, dos cero, siete uno ocho tres, ocho siete cinco cero',
    'plus four four, two zero, seven one eight three, eight seven five zero',
  ),
  same(
    'phone',
    '+447911123456',
    'más cuarenta y cuatro, siete nueve uno uno, uno dos tres cuatro cinco seis',
    'plus four four, seven nine one one, one two three four five six',
  ),
  same(
    'phone GB',
    '+442071838750',
    'cero dos cero, siete uno ocho tres, ocho siete cinco cero',
    'zero two zero, seven one eight three, eight seven five zero',
  ),
  same(
    'phone ES',
    '+33612345678',
    'más treinta y tres, seis, uno dos, tres cuatro, cinco seis, siete ocho',
    'plus three three, six, one two, three four, five six, seven eight',
  ),
  same(
    'phone ES',
    '+5491123456789',
    'más cincuenta y cuatro, nueve, uno uno, dos tres cuatro cinco, seis siete ocho nueve',
    'plus five four, nine, one one, two three four five, six seven eight nine',
  ),
  same('digits', '4711', 'cuatro siete uno, uno', 'four seven one, one'),
  same('digits 2', '004711', 'cero cero, cuatro siete, uno uno', 'zero zero, four seven, one one'),
  same('digits', '12-3456', 'uno dos, tres cuatro cinco, seis', 'one two, three four five, six'),
  same('count pedido pedidos', '21', 'veintiún pedidos', 'twenty-one pedidos'),
  same('count factura facturas feminine', '1', 'una factura', 'one factura'),
  same('count punto_de_venta puntos_de_venta', '2', 'dos puntos de venta', 'two puntos de venta'),
];

const say = (format: string, value: string, language: Language): string => {
  const [name = '', ...args] = format.split(' ');
  return sayAs(value, name, args, language);
};

const tables: readonly [string, readonly Row[]][] = [
  ['money', MONEY],
  ['numbers', NUMBERS],
  ['times and dates', TIMES],
  ['lengths of time', LENGTHS],
  ['digits and things', DIGITS],
];

for (const [title, rows] of tables) {
  describe(`formats: ${title}`, () => {
    for (const [format, value, spain, mexico, english] of rows) {
      it(`${value} | ${format}`, () => {
        assert.equal(
          formatProblem(format.split(' ')[0] ?? '', format.split(' ').slice(1)),
          undefined,
        );
        assert.equal(say(format, value, 'es-ES'), spain);
        assert.equal(say(format, value, 'es-MX'), mexico);
        assert.equal(say(format, value, 'en'), english);
      });
    }
  });
}

describe('formats: what cannot be read is said as it is', () => {
  const odd: readonly [string, string][] = [
    ['money EUR', 'mucho'],
    ['money EUR', '1'.repeat(16)],
    ['number', '123.456.7'],
    ['number', '1e5'],
    ['number', '1234567890123456'],
    ['number', 'NaN'],
    ['number', '0x10'],
    ['date', '2026-02-30'],
    ['date', '13:30'],
    ['date', 'mañana'],
    ['time', '24:30'],
    ['number', '1.000'],
    ['number', '1,000'],
    ['number', '1 00'],
    ['number', '1 234.567 890'],
    ['count pedido pedidos', '1.000'],
    ['percent', '12.345'],
    ['duration hours', '1.500'],
    ['duration', 'P1M'],
    ['duration', 'PT'],
    ['money MXN', '€12'],
    ['money EUR', '$12'],
    ['money EUR', '1.2345.678'],
    ['money EUR', 'NaN'],
    ['money EUR', `€${' '.repeat(5_000)}`],
    ['time', '9:60'],
    ['time', '2026-03-05'],
    ['duration', '-5'],
    ['duration', 'P'],
    ['wait', '1-2-3'],
    ['phone', '12'],
    ['phone MX', 'anonymous'],
    ['digits', 'A-4711'],
    ['digits', '1'.repeat(21)],
    ['ordinal', '0'],
    ['ordinal', '-1'],
    ['count pedido pedidos', '2.5'],
    ['percent', '%'],
    ['constructor', '1'],
  ];
  for (const [format, value] of odd) {
    it(`${value} | ${format}`, () => {
      for (const language of ['es-ES', 'es-MX', 'en'] as const) {
        assert.equal(say(format, value, language), value);
      }
    });
  }
});

describe('formats: a telephone number without a country', () => {
  it('is told as seen from the country that was called', () => {
    const say = (country: string, value: string) => sayAs(value, 'phone', [], 'en', country);
    assert.equal(say('US', '+12025550106'), 'two zero two, five five five, zero one zero six');
    assert.equal(say('US', '2025550106'), 'two zero two, five five five, zero one zero six');
    assert.match(say('GB', '+12025550106'), /^plus one, two zero two/);
    assert.match(sayAs('+12025550106', 'phone', ['MX'], 'en', 'US'), /^plus one/);
  });
});

describe('formatProblem', () => {
  const wrong: readonly [string, RegExp][] = [
    ['mony MXN', /^there is no format mony; there are number, count, /],
    ['money', /^money: write money CURRENCY, one of EUR /],
    ['money MXM', /^money MXM: write money CURRENCY/],
    ['money EUR USD', /write money/],
    ['number masculine feminine', /write number/],
    ['count pedido', /write count ONE MANY/],
    ['time 12h', /write time \[24h\]/],
    ['date Europe/Atlantis', /write date/],
    ['phone XX', /write phone/],
    ['digits 0', /write digits/],
    ['duration weeks', /write duration/],
    ['toString', /^there is no format toString/],
  ];
  for (const [format, problem] of wrong) {
    it(`refuses ${format}`, () => {
      const [name = '', ...args] = format.split(' ');
      assert.match(formatProblem(name, args) ?? '', problem);
    });
  }
});
