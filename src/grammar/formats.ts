import { isZone } from '../lib/zone.ts';
import type { Language } from '../model/contact.ts';
import { parseAmount } from './amounts.ts';
import { CURRENCY_CODES, currencyOf } from './currencies.ts';
import { parseDecimal, parseWhole } from './decimals.ts';
import { grammars } from './languages.ts';
import { lengthOf, parseMoment, parseSeconds, UNIT_SECONDS, type Unit } from './moments.ts';
import type { Gender } from './nouns.ts';
import { type Grammar, ORDINAL_MAX } from './rules.ts';
import { digitsInGroups, isCountry, telephoneInWords } from './telephone.ts';

/** What a value is read as, and how: `money MXN` is `{ name: 'money', args: ['MXN'] }`. */
interface Format {
  /** What may follow the name, for messages and the documentation. */
  readonly usage: string;
  /** Whether the words after the name mean something. */
  accepts(args: readonly string[]): boolean;
  /** Undefined: the value is not of this type. */
  say(
    value: string,
    args: readonly string[],
    language: Language,
    grammar: Grammar,
    country: string | undefined,
  ): string | undefined;
}

const GENDERS: readonly string[] = ['masculine', 'feminine'];
const isGender = (word: string): word is Gender => GENDERS.includes(word);
const genderIn = (args: readonly string[]): Gender => args.find(isGender) ?? 'masculine';
const isUnit = (word: string): word is Unit => Object.hasOwn(UNIT_SECONDS, word);
/** At most one of each kind of word, in any order. */
const each =
  (...kinds: readonly ((word: string) => boolean)[]) =>
  (args: readonly string[]): boolean =>
    args.length <= kinds.length &&
    args.every((word) => kinds.some((is) => is(word))) &&
    kinds.every((is) => args.filter(is).length <= 1);
const isOneOf =
  (...words: readonly string[]) =>
  (word: string): boolean =>
    words.includes(word);
const isPlace = (word: string): boolean => word.includes('/') && isZone(word);
const isUtc = (word: string): boolean => word === 'UTC';
const zoneIn = (args: readonly string[]): string | undefined =>
  args.find((word) => isPlace(word) || isUtc(word));

const FORMATS: Readonly<Record<string, Format>> = {
  number: {
    usage: 'number [masculine | feminine]',
    accepts: each(isGender),
    say(value, args, _, grammar) {
      const number = parseDecimal(value);
      return number && grammar.decimal(number, genderIn(args));
    },
  },
  count: {
    usage: 'count ONE MANY [masculine | feminine], such as "count factura facturas feminine"',
    accepts: ([one, many, ...rest]) =>
      one !== undefined && many !== undefined && !isGender(many) && each(isGender)(rest),
    say(value, [one = '', many = '', ...rest], _, grammar) {
      const number = parseWhole(value);
      if (number === undefined) return undefined;
      return grammar.count(number, {
        one: spaced(one),
        many: spaced(many),
        gender: genderIn(rest),
      });
    },
  },
  ordinal: {
    usage: 'ordinal [masculine | feminine | short]',
    accepts: each((word) => isGender(word) || word === 'short'),
    say(value, args, _, grammar) {
      const number = parseWhole(value);
      if (number === undefined || number < 1) return undefined;
      // Past what has a name, people say the plain number.
      if (number > ORDINAL_MAX) return grammar.cardinal(number, genderIn(args));
      return grammar.ordinal(number, genderIn(args), args.includes('short'));
    },
  },
  money: {
    usage: `money CURRENCY, one of ${CURRENCY_CODES.join(' ')}`,
    accepts: ([code, ...rest]) => code !== undefined && !!currencyOf(code) && rest.length === 0,
    say(value, [code = ''], _, grammar) {
      const currency = currencyOf(code);
      const amount = currency && parseAmount(value, currency);
      return amount && grammar.money(amount, currency);
    },
  },
  percent: {
    usage: 'percent',
    accepts: (args) => args.length === 0,
    say(value, _args, _, grammar) {
      const number = parseDecimal(value.replace(/\s*%\s*$/, ''));
      return number && grammar.percent(number);
    },
  },
  date: {
    usage: 'date [weekday] [noyear] [ZONE]',
    accepts: each(isOneOf('weekday'), isOneOf('noyear'), (word) => isPlace(word) || isUtc(word)),
    say(value, args, _, grammar) {
      const day = parseMoment(value, zoneIn(args))?.day;
      const style = { weekday: args.includes('weekday'), year: !args.includes('noyear') };
      return day && grammar.date(day, style);
    },
  },
  time: {
    usage: 'time [24h] [ZONE]',
    accepts: each(isOneOf('24h'), (word) => isPlace(word) || isUtc(word)),
    say(value, args, _, grammar) {
      const time = parseMoment(value, zoneIn(args))?.time;
      return time && grammar.time(time, args.includes('24h'));
    },
  },
  duration: {
    usage: 'duration [seconds | minutes | hours | days]',
    accepts: each(isUnit),
    say(value, args, _, grammar) {
      const seconds = parseSeconds(value, args.find(isUnit) ?? 'seconds');
      return seconds === undefined ? undefined : grammar.duration(lengthOf(seconds));
    },
  },
  wait: {
    usage: 'wait [seconds | minutes]',
    accepts: each(isOneOf('seconds', 'minutes')),
    say(value, args, _, grammar) {
      const unit = args.find(isUnit) ?? 'seconds';
      const [from = '', to = from, ...more] = value.split(/\s*[-–]\s*/);
      const low = parseSeconds(from, unit);
      const high = parseSeconds(to, unit);
      if (low === undefined || high === undefined || more.length > 0) return undefined;
      return grammar.wait(Math.min(low, high) * 1_000, Math.max(low, high) * 1_000);
    },
  },
  phone: {
    usage: 'phone [COUNTRY], the country as MX or ES',
    accepts: each(isCountry),
    say: (value, [home], language, grammar, country) =>
      telephoneInWords(value, home ?? country, language, grammar),
  },
  digits: {
    usage: 'digits [1 to 9], how many in a group',
    accepts: each((word) => /^[1-9]$/.test(word)),
    say: (value, [size = '3'], _, grammar) => digitsInGroups(value, Number(size), grammar),
  },
};

/** What is wrong with `money MXM` and the like, for a flow's author. Undefined: nothing. */
export function formatProblem(name: string, args: readonly string[]): string | undefined {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (!format) {
    return `there is no format ${name}; there are ${Object.keys(FORMATS).join(', ')}`;
  }
  return format.accepts(args) ? undefined : `${[name, ...args].join(' ')}: write ${format.usage}`;
}

/**
 * The value in the language's words. `country` is where the listener is, if that is known: `MX`. A value that is not
 * what the format expects is said as it is: a caller hears something strange rather than nothing, and the flow goes on.
 */
export function sayAs(
  value: string,
  name: string,
  args: readonly string[],
  language: Language,
  country?: string,
): string {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  return format?.say(value, args, language, grammars[language], country) ?? value;
}

/** A noun of several words is written with underscores: `punto_de_venta`. */
const spaced = (word: string): string => word.replaceAll('_', ' ');
