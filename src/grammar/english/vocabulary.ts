import { WAIT_MINUTES } from '../bounds.ts';
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
      return [...waits(), ...NUMBERS, ...units.flatMap(both), ...WAIT_WORDS];
    case 'phone':
      return [...DIGITS, 'plus'];
    case 'digits':
      return DIGITS;
    default:
      return [];
  }
}

const WAIT_WORDS = [
  ...['between', 'and', 'less than'],
  ...['a quarter', 'a half', 'three quarters'],
];

/** "between three and" and "five minutes": the waits that callers are told have one joint. */
function waits(): readonly string[] {
  const phrases = WAIT_MINUTES.flatMap((value) => {
    const words = `${inWords(value)} ${value === 1 ? 'minute' : 'minutes'}`;
    return [`between ${inWords(value)} and`, words, `less than ${words}`];
  });
  return [...phrases, 'one hour', 'less than one hour'];
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

const ordinals = (last: number): readonly string[] =>
  Array.from({ length: last }, (_, at) => ordinalInWords(at + 1));

function nounsOf(code: string): readonly string[] {
  const currency = currencyOf(code);
  if (!currency) return [];
  return [unitOf(currency, 'en'), centOf(currency, 'en')]
    .filter((noun) => noun !== undefined)
    .flatMap(both);
}
