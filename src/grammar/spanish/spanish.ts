import { minutesOf } from '../bounds.ts';
import { centOf, unitOf } from '../currencies.ts';
import { type Decimal, rounded } from '../decimals.ts';
import { type Length, largestParts, type Unit } from '../moments.ts';
import type { Gender, Noun } from '../nouns.ts';
import type { DigitReading, Grammar } from '../rules.ts';
import { dateInWords, time24InWords, timeInWords } from './calendar.ts';
import { counted, inWords } from './numbers.ts';
import { ordinalInWords } from './ordinals.ts';
import type { Region } from './region.ts';
import { spanishVocabulary } from './vocabulary.ts';

const UNITS: Readonly<Record<Unit, Noun>> = {
  days: { one: 'día', many: 'días', gender: 'masculine' },
  hours: { one: 'hora', many: 'horas', gender: 'feminine' },
  minutes: { one: 'minuto', many: 'minutos', gender: 'masculine' },
  seconds: { one: 'segundo', many: 'segundos', gender: 'masculine' },
};
/** A fraction that is longer is read digit by digit: nobody thinks of it as a number. */
const FRACTION_AS_NUMBER_MAX = 2;

/** Both regions have one grammar; they differ in how they point decimals, tell the time and begin a month. */
export function spanish(region: Region): Grammar {
  const language = `es-${region}`;
  const decimal = (value: Decimal, gender: Gender = 'masculine'): string =>
    `${sign(value)}${inWords(value.whole, gender)}${fractionOf(value, region)}`;
  return {
    cardinal: (value, gender = 'masculine') => inWords(value, gender),
    count: counted,
    ordinal: (value, gender = 'masculine', beforeNoun = false) =>
      ordinalInWords(value, gender, beforeNoun),
    decimal,
    money(amount, currency) {
      const exact = rounded(amount, currency.places) ?? amount;
      const cents = Number(exact.fraction.padEnd(2, '0').slice(0, 2));
      const cent = centOf(currency, language);
      const parts = [];
      if (exact.whole > 0 || cents === 0)
        parts.push(counted(exact.whole, unitOf(currency, language)));
      if (cents > 0 && cent) parts.push(counted(cents, cent));
      return `${sign(exact)}${parts.join(' con ')}`;
    },
    // Spain says "cien por cien", and everybody "ciento uno por ciento" (DPD, "porcentaje"): no apocope.
    percent: (value) =>
      region === 'ES' && value.whole === 100 && value.fraction === ''
        ? `${sign(value)}cien por cien`
        : `${decimal(value)} por ciento`,
    date: (day, style) => dateInWords(day, style, region),
    time: (time, hours24) => (hours24 ? time24InWords(time) : timeInWords(time, region)),
    duration,
    wait,
    digits: digitsInWords,
    plus: 'más',
    vocabulary: (format, args) => spanishVocabulary(format, args, language, Object.values(UNITS)),
  };
}

const sign = ({ negative }: Decimal): string => (negative ? 'menos ' : '');

function fractionOf({ fraction }: Decimal, region: Region): string {
  if (fraction === '') return '';
  const zeros = /^0*/.exec(fraction)?.[0].length ?? 0;
  const rest = fraction.slice(zeros);
  const words =
    fraction.length > FRACTION_AS_NUMBER_MAX
      ? [...fraction].map((digit) => inWords(Number(digit), 'masculine'))
      : [...Array<string>(zeros).fill('cero'), inWords(Number(rest), 'masculine')];
  return ` ${region === 'ES' ? 'coma' : 'punto'} ${words.join(' ')}`;
}

function duration(length: Length): string {
  return largestParts(length)
    .map(([unit, value]) => counted(value, UNITS[unit]))
    .join(' y ');
}

function wait(fromMs: number, toMs: number): string {
  const minutes = minutesOf(fromMs, toMs);
  if (!minutes) return 'menos de un minuto';
  const { from, to } = minutes;
  if (from === 0) return `menos de ${waitOf(to)}`;
  if (from === to) return waitOf(to);
  const lower = to > HOUR ? waitOf(from) : inWords(from, 'masculine');
  return `entre ${lower} y ${to > HOUR ? waitOf(to) : counted(to, UNITS.minutes)}`;
}

/** In minutes; beyond an hour they are quarters of it. */
const HOUR = 60;
const QUARTERS: Readonly<Record<number, string>> = {
  0: '',
  15: ' y cuarto',
  30: ' y media',
  45: ' y tres cuartos',
};

/** "cinco minutos", "una hora", "dos horas y media". */
function waitOf(minutes: number): string {
  if (minutes < HOUR) return counted(minutes, UNITS.minutes);
  return `${counted(Math.floor(minutes / HOUR), UNITS.hours)}${QUARTERS[minutes % HOUR]}`;
}

/** A group of a telephone number: "cincuenta y cinco", "cero cinco", "dos veintidós", "novecientos doce". */
function digitsInWords(group: string, reading: DigitReading): string {
  if (reading === 'hundreds' && group.length === 3 && !group.startsWith('0')) {
    return inWords(Number(group), 'masculine');
  }
  if (reading === 'single') return oneByOne(group);
  const odd = group.length % 2;
  const pairs = group.slice(odd).match(/../g) ?? [];
  return [...group.slice(0, odd), ...pairs].map(pairInWords).join(' ');
}

const pairInWords = (pair: string): string =>
  pair.length === 2 && pair.startsWith('0') ? oneByOne(pair) : inWords(Number(pair), 'masculine');

const oneByOne = (digits: string): string =>
  [...digits].map((digit) => inWords(Number(digit), 'masculine')).join(' ');
