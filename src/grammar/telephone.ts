import {
  type CountryCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js';
import type { Language } from '../model/contact.ts';
import type { DigitReading, Grammar } from './rules.ts';

const DIGITS_MAX = 20;

/** Where a language is at home, as long as nobody says where its listeners are. English is at home in no one country. */
const REGIONS: Readonly<Partial<Record<Language, string>>> = { 'es-ES': 'ES', 'es-MX': 'MX' };

/** How people of a country say the groups of a number, where they do not say digit by digit. */
const READINGS: Readonly<Record<string, DigitReading>> = {
  // "novecientos doce, treinta y cuatro, cincuenta y seis, setenta y ocho"
  ES: 'hundreds',
  // "cincuenta y cinco, doce treinta y cuatro, cincuenta y seis setenta y ocho"
  MX: 'pairs',
};

/**
 * A telephone number in the groups of its country (libphonenumber's). A number from abroad, as seen from `home`, is said
 * as it is dialled from anywhere: with its country code, and without what only its own country dials before it.
 * Undefined: it is no number.
 */
export function telephoneInWords(
  text: string,
  home: string | undefined,
  language: Language,
  grammar: Grammar,
): string | undefined {
  const from = countryOf(home ?? REGIONS[language]);
  const number = parsePhoneNumberFromString(text.trim(), from);
  if (!number?.isPossible()) return undefined;
  const { country, countryCallingCode } = number;
  const reading = language.startsWith('es') ? (READINGS[country ?? ''] ?? 'single') : 'single';
  const groupsOf = (written: string): readonly string[] =>
    (written.match(/\d+/g) ?? []).map((group) => grammar.digits(group, reading));
  if (country !== undefined && country === from)
    return groupsOf(number.formatNational()).join(', ');
  const code = `${grammar.plus} ${grammar.digits(countryCallingCode, 'pairs')}`;
  const [, ...groups] = groupsOf(number.formatInternational());
  return [code, ...groups].join(', ');
}

/** Digits one by one, in the groups that they are written in, or of `size`. Undefined: there are others as well. */
export function digitsInGroups(text: string, size: number, grammar: Grammar): string | undefined {
  const written = text.trim().split(/[\s.\-/]+/);
  const count = written.join('').length;
  if (count === 0 || count > DIGITS_MAX || !written.every((part) => /^\d+$/.test(part))) {
    return undefined;
  }
  const groups = written.flatMap((part) => part.match(new RegExp(`\\d{1,${size}}`, 'g')) ?? []);
  return groups.map((group) => grammar.digits(group, 'single')).join(', ');
}

export const isCountry = (code: string): boolean => isSupportedCountry(code);

const countryOf = (code: string | undefined): CountryCode | undefined =>
  code !== undefined && isSupportedCountry(code) ? code : undefined;
