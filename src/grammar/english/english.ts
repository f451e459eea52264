import { minutesOf } from '../bounds.ts';
import { centOf, unitOf } from '../currencies.ts';
import { type Decimal, rounded } from '../decimals.ts';
import { largestParts, type Unit } from '../moments.ts';
import type { Noun } from '../nouns.ts';
import type { Grammar } from '../rules.ts';
import { dateInWords, time24InWords, timeInWords } from './calendar.ts';
import { inWords, ordinalInWords } from './numbers.ts';
import { englishVocabulary } from './vocabulary.ts';

const unit = (one: string): Noun => ({ one, many: `${one}s`, gender: 'masculine' });
const UNITS: Readonly<Record<Unit, Noun>> = {
  days: unit('day'),
  hours: unit('hour'),
  minutes: unit('minute'),
  seconds: unit('second'),
};

const counted = (value: number, noun: Noun): string =>
  `${inWords(value)} ${value === 1 ? noun.one : noun.many}`;

const sign = ({ negative }: Decimal): string => (negative ? 'minus ' : '');

const oneByOne = (digits: string): string =>
  [...digits].map((digit) => inWords(Number(digit))).join(' ');

const decimal = (value: Decimal): string =>
  `${sign(value)}${inWords(value.whole)}${value.fraction && ` point ${oneByOne(value.fraction)}`}`;

/** American usage. */
export const english: Grammar = {
  cardinal: (value) => inWords(value),
  count: counted,
  ordinal: (value) => ordinalInWords(value),
  decimal,
  money(amount, currency) {
    const exact = rounded(amount, currency.places) ?? amount;
    const cents = Number(exact.fraction.padEnd(2, '0').slice(0, 2));
    const cent = centOf(currency, 'en');
    const parts = [];
    if (exact.whole > 0 || cents === 0) parts.push(counted(exact.whole, unitOf(currency, 'en')));
    if (cents > 0 && cent) parts.push(counted(cents, cent));
    return `${sign(exact)}${parts.join(' and ')}`;
  },
  percent: (value) => `${decimal(value)} percent`,
  date: dateInWords,
  time: (time, hours24) => (hours24 ? time24InWords(time) : timeInWords(time)),
  duration: (length) =>
    largestParts(length)
      .map(([name, value]) => counted(value, UNITS[name]))
      .join(' and '),
  wait,
  digits: (group) => oneByOne(group),
  plus: 'plus',
  vocabulary: (format, args) => englishVocabulary(format, args, Object.values(UNITS)),
};

function wait(fromMs: number, toMs: number): string {
  const minutes = minutesOf(fromMs, toMs);
  if (!minutes) return 'less than one minute';
  const { from, to } = minutes;
  if (from === 0) return `less than ${waitOf(to)}`;
  if (from === to) return waitOf(to);
  const lower = to > HOUR ? waitOf(from) : inWords(from);
  return `between ${lower} and ${to > HOUR ? waitOf(to) : counted(to, UNITS.minutes)}`;
}

/** In minutes; beyond an hour they are quarters of it. */
const HOUR = 60;
const QUARTERS: Readonly<Record<number, string>> = {
  15: 'and a quarter',
  30: 'and a half',
  45: 'and three quarters',
};

/** "five minutes", "one hour", "two and a half hours". */
function waitOf(minutes: number): string {
  if (minutes < HOUR) return counted(minutes, UNITS.minutes);
  const hours = Math.floor(minutes / HOUR);
  const rest = QUARTERS[minutes % HOUR];
  return rest ? `${inWords(hours)} ${rest} ${UNITS.hours.many}` : counted(hours, UNITS.hours);
}
