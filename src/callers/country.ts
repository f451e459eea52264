import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';

/** Where a number is, as far as its beginning tells: `+1` is shared by 25 countries. */
export interface NumberCountry {
  /** ISO 3166-1 alpha-2. */
  readonly code: string;
  /** Without plus. */
  readonly callingCode: string;
}

/** Undefined: the number belongs to no country (satellites, `+800`), or to none that is known. */
export function countryOf(e164: string): NumberCountry | undefined {
  const number = parsePhoneNumberFromString(e164);
  return number?.country && { code: number.country, callingCode: number.countryCallingCode };
}

/** Whether it is the code of a country that has telephones. */
export const isCountry = (code: string): boolean => isSupportedCountry(code);
