import { LESS_THAN_MINUTES_MAX, WAIT_MINUTES } from '../bounds.ts';
import { centOf, currencyOf, unitOf } from '../currencies.ts';
import type { Noun } from '../nouns.ts';
import { MONTHS, PARTS_OF_DAY, WEEKDAYS } from './calendar.ts';
import { counted, type Form, inWords } from './numbers.ts';
import { ordinalInWords } from './ordinals.ts';

/** Every phrase that values of a format are made of; tests hold that none is missing. */
export function spanishVocabulary(
  format: string,
  args: readonly string[],
  language: string,
  units: readonly Noun[],
): readonly string[] {
  const feminine: readonly Form[] = args.includes('feminine') ? ['feminine'] : ['masculine'];
  switch (format) {
    case 'number':
      return [...numbers(feminine), ...DECIMAL];
    case 'percent':
      return [...numbers(['masculine']), ...DECIMAL, 'por ciento', 'cien por cien'];
    case 'count': {
      const [one = '', many = ''] = args.map((word) => word.replaceAll('_', ' '));
      return [...numbers(['feminine']), one, many, 'de'];
    }
    case 'money':
      return money(args[0] ?? '', language);
    case 'ordinal':
      return [...ordinals(), ...numbers(feminine)];
    case 'date':
      return [
        ...numbers(['masculine']),
        ...WEEKDAYS,
        ...MONTHS.map((month) => `de ${month}`),
        ...['primero', 'de'],
      ];
    case 'time':
      return times();
    case 'duration':
      return [...numbers(['feminine']), ...units.flatMap(both), 'y'];
    case 'wait':
      return [...waits(units), ...FEW_NUMBERS, ...LONG_WAIT_WORDS];
    case 'people':
      return FEW_NUMBERS;
    case 'phone':
      return [...numbers(['masculine']), 'más'];
    case 'digits':
      return upTo(9, ['masculine']);
    default:
      return [];
  }
}

/** What waits of hours are put together from, besides their numbers. */
const LONG_WAIT_WORDS = [
  ...['entre', 'menos de', 'un minuto y', 'minutos y'],
  ...['una hora', 'una hora y', 'horas', 'horas y'],
  ...['cuarto', 'media', 'tres cuartos'].flatMap((part) => [`y ${part}`, `y ${part} y`]),
];

/** "entre tres y" and "cinco minutos": the waits that callers are told have one joint. */
function waits([, , minute]: readonly Noun[]): readonly string[] {
  if (!minute) return [];
  return WAIT_MINUTES.flatMap((value) => {
    const words = counted(value, minute);
    const less = value <= LESS_THAN_MINUTES_MAX ? [`menos de ${words}`] : [];
    return [`entre ${inWords(value, 'masculine')} y`, words, ...less];
  });
}

const DECIMAL = ['menos', 'coma', 'punto'];
const both = ({ one, many }: Noun): readonly string[] => [one, many];

const upTo = (last: number, forms: readonly Form[]): readonly string[] =>
  Array.from({ length: last + 1 }, (_, value) => value).flatMap((value) =>
    forms.map((form) => inWords(value, form)),
  );

/** Up to a hundred in one piece, the rest from hundreds, "mil" and "millones"; before these "one" is short. */
function numbers(forms: readonly Form[]): readonly string[] {
  const hundreds = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((hundred) =>
    forms.map((form) => inWords(hundred * 100, form)),
  );
  const scales = ['ciento', 'mil', 'un millón', 'millones', 'un billón', 'billones'];
  return [...upTo(99, [...forms, 'short']), ...hundreds, ...MASCULINE_HUNDREDS, ...scales];
}

/** Tens and units apart: a joint more, and sixty phrases fewer. Feminine, as people and hours are; up to 999,999. */
const FEW_NUMBERS = [
  ...upTo(29, ['feminine']).slice(1),
  ...[30, 40, 50, 60, 70, 80, 90]
    .map((tens) => inWords(tens, 'feminine'))
    .flatMap((tens) => [tens, `${tens} y`]),
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((hundred) => inWords(hundred * 100, 'feminine')),
  ...['ciento', 'mil', 'un', 'veintiún'],
];

const MASCULINE_HUNDREDS = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((hundred) =>
  inWords(hundred * 100, 'masculine'),
);

function money(code: string, language: string): readonly string[] {
  const currency = currencyOf(code);
  if (!currency) return [];
  const nouns = [unitOf(currency, language), centOf(currency, language)].filter(
    (noun) => noun !== undefined,
  );
  return [...numbers(['feminine']), ...nouns.flatMap(both), 'menos', 'con', 'de'];
}

/** In one piece as far as they are one word, and then their parts. */
function ordinals(): readonly string[] {
  const spoken = Array.from({ length: 29 }, (_, at) => at + 1);
  const tens = [30, 40, 50, 60, 70, 80, 90, 100, 200, 300, 400, 500, 600, 700, 800, 900];
  return [...spoken, ...tens].flatMap((value) => [
    ordinalInWords(value, 'masculine', false),
    ordinalInWords(value, 'masculine', true),
    ordinalInWords(value, 'feminine', false),
  ]);
}

function times(): readonly string[] {
  const hours = Array.from({ length: 24 }, (_, hour) =>
    hour === 1 ? 'la una' : `las ${inWords(hour, 'feminine')}`,
  );
  const minutes = upTo(59, ['masculine']);
  const marks = ['y media', 'y cuarto', 'menos cuarto', 'y', 'menos', 'horas', 'cero'];
  return [...hours, ...minutes, ...marks, ...PARTS_OF_DAY];
}
