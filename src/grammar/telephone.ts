import {
  type CountryCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js';
import type { Language } from '../model/contact.ts';
import type { DigitReading, Grammar } from './rules.ts';

const DIGITS_MAX = 20;

/** How people of a country say the groups of a number, where they do not say digit by digit. */
const READINGS: Readonly<Record<string, DigitReading>> = {
  // "novecientos doce, treinta y cuatro, cincuenta y seis, setenta y ocho"
  ES: 'hundreds',
  // "cincuenta y cinco, doce treinta y cuatro, cincuenta y seis setenta y ocho"
  MX: 'pairs',
};

/**
 * A telephone number in the groups of its country (libphonenumber's national format). A number from abroad, as
 * seen from `home`, begins with its country code. Undefined: it is no number.
 */
export function telephoneInWords(
  text: string,
  home: string | undefined,
  language: Language,
  grammar: Grammar,
): string | undefined {
  const number = parsePhoneNumberFromString(text.trim(), countryOf(home));
  const country = number?.country;
  if (!number || !country) return undefined;
  const reading = language.startsWith('es') ? (READINGS[country] ?? 'single') : 'single';
  const groups = number.formatNational().match(/\d+/g) ?? [];
  const words = groups.map((group) => grammar.digits(group, reading));
  if (home && home !== country) {
    words.unshift(`${grammar.plus} ${grammar.digits(number.countryCallingCode, 'pairs')}`);
  }
  return words.join(', ');
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
