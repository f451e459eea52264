import { LESS_THAN_MINUTES_MAX, WAIT_MINUTES } from '../bounds.ts';
import { centOf, currencyOf, unitOf } from '../currencies.ts';
import type { Noun } from '../nouns.ts';
import { MONTHS, WEEKDAYS } from './calendar.ts';
import { inWords, ordinalInWords } from './numbers.ts';

/** Every phrase that values of a format are made of; tests hold that none is missing. */
export function englishVocabulary(
  format: string,
  args: readonly string[],
  units: readonly Noun[],
): readonly string[] {
  switch (format) {
    case 'number':
      return [...NUMBERS, 'minus', 'point'];
    case 'percent':
      return [...NUMBERS, 'minus', 'point', 'percent'];
    case 'count':
      return [...NUMBERS, ...args.slice(0, 2).map((word) => word.replaceAll('_', ' '))];
    case 'money':
      return [...NUMBERS, ...nounsOf(args[0] ?? ''), 'minus', 'and'];
    case 'ordinal':
      return [...NUMBERS, ...ordinals(99), 'hundredth'];
    case 'date':
      return [...NUMBERS, ...ordinals(31), ...MONTHS, ...WEEKDAYS, 'oh'];
    case 'time':
      return [...NUMBERS, 'oh', 'a.m.', 'p.m.', 'noon', 'midnight', 'hours'];
    case 'duration':
      return [...NUMBERS, ...units.flatMap(both), 'and'];
    case 'wait':
      return [...waits(), ...FEW_NUMBERS, ...LONG_WAIT_WORDS];
    case 'people':
      return FEW_NUMBERS;
    case 'phone':
      return [...DIGITS, 'plus'];
    case 'digits':
      return DIGITS;
    default:
      return [];
  }
}

/** What waits of hours are put together from, besides their numbers. */
const LONG_WAIT_WORDS = [
  ...['between', 'less than', 'one minute and', 'minutes and'],
  ...['one hour', 'one hour and', 'hours', 'hours and'],
  ...['a quarter', 'a half', 'three quarters'].flatMap((part) => [
    `and ${part} hours`,
    `and ${part} hours and`,
  ]),
];

/** "between three and" and "five minutes": the waits that callers are told have one joint. */
function waits(): readonly string[] {
  return WAIT_MINUTES.flatMap((value) => {
    const words = `${inWords(value)} ${value === 1 ? 'minute' : 'minutes'}`;
    const less = value <= LESS_THAN_MINUTES_MAX ? [`less than ${words}`] : [];
    return [`between ${inWords(value)} and`, words, ...less];
  });
}

const both = ({ one, many }: Noun): readonly string[] => [one, many];
const DIGITS = Array.from({ length: 10 }, (_, value) => inWords(value));
const NUMBERS = [
  ...Array.from({ length: 100 }, (_, value) => inWords(value)),
  ...Array.from({ length: 9 }, (_, at) => inWords((at + 1) * 100)),
  'hundred',
  'thousand',
  'million',
  'billion',
  'trillion',
];

/** Tens and units apart: a joint more, and seventy phrases fewer. Up to 999,999. */
const FEW_NUMBERS = [
  ...Array.from({ length: 19 }, (_, at) => inWords(at + 1)),
  ...Array.from({ length: 8 }, (_, at) => inWords((at + 2) * 10)),
  ...Array.from({ length: 9 }, (_, at) => inWords((at + 1) * 100)),
  'thousand',
];

const ordinals = (last: number): readonly string[] =>
  Array.from({ length: last }, (_, at) => ordinalInWords(at + 1));

function nounsOf(code: string): readonly string[] {
  const currency = currencyOf(code);
  if (!currency) return [];
  return [unitOf(currency, 'en'), centOf(currency, 'en')]
    .filter((noun) => noun !== undefined)
    .flatMap(both);
}
