import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import { parsePhoneNumberFromString as parseWithTypes } from 'libphonenumber-js/max';

/** Where a number is, as far as its beginning tells: `+1` is shared by 25 countries. */
export interface NumberCountry {
  /** ISO 3166-1 alpha-2. */
  readonly code: string;
  /** Without plus. */
  readonly callingCode: string;
}

/** E.164 has up to 15 digits; nothing with so few is a subscriber, and so no emergency or short number is called. */
const E164 = /^\+[1-9]\d{6,14}$/;

/**
 * Whether it can be somebody's, and is written in the one way there is: `+44 (0)90…` is a premium number that no rule for
 * `+4490` would know, and networks pass over the 0.
 */
export function isSubscriber(e164: string): boolean {
  const number = E164.test(e164) ? parsePhoneNumberFromString(e164) : undefined;
  return number?.isPossible() === true && number.number === e164;
}

/** Undefined: the number belongs to no country (satellites, `+800`), or to none that is known. */
export function countryOf(e164: string): NumberCountry | undefined {
  const number = parsePhoneNumberFromString(e164);
  return number?.country && { code: number.country, callingCode: number.countryCallingCode };
}

/** International premium rate (ITU-T E.169.2): no country's. */
const INTERNATIONAL_PREMIUM = /^\+979/;

/** The calling code of a number whose callers pay somebody else by the minute. Undefined: it is none, as far as is known. */
export function premiumCallingCode(e164: string): string | undefined {
  if (INTERNATIONAL_PREMIUM.test(e164)) return '979';
  const number = parseWithTypes(e164);
  return number?.getType() === 'PREMIUM_RATE' ? number.countryCallingCode : undefined;
}

/** Whether it is the code of a country that has telephones. */
export const isCountry = (code: string): boolean => isSupportedCountry(code);
