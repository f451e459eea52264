import {
  type CountryCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js';

/** What a calling number turned out to be. */
export type CallerNumber =
  /** A telephone number that can exist, with its country: `+525555550001`. */
  | { readonly kind: 'e164'; readonly e164: string }
  /** An extension of the house, or a short code. */
  | { readonly kind: 'internal'; readonly extension: string }
  /** Withheld (RFC 3323), or nothing to be read at all. */
  | { readonly kind: 'anonymous' }
  /** Something else that a person may still recognise: a SIP user name, an impossible number. */
  | { readonly kind: 'raw'; readonly text: string };

const WITHHELD: ReadonlySet<string> = new Set([
  'anonymous',
  'restricted',
  'private',
  'unknown',
  'unavailable',
  'withheld',
  'invalid',
  'blocked',
  'asterisk',
]);
const INTERNAL_DIGITS_MAX = 6;
/** Fewer digits without a plus are no country code with a number, but a number that lacks something. */
const INTERNATIONAL_DIGITS_MIN = 11;
/** E.164 has at most 15 digits; with a prefix and separators nothing that long is a number. */
const CHARACTERS_MAX = 64;

/** Reads a number as the trunk sent it, by the dialling rules of the country that was called. */
export function readNumber(raw: string, country: string): CallerNumber {
  const user = userPart(raw);
  if (user === '' || WITHHELD.has(user.toLowerCase())) return { kind: 'anonymous' };
  if (user.length > CHARACTERS_MAX) return { kind: 'raw', text: user.slice(0, CHARACTERS_MAX) };
  const digits = user.replace(/[\s().\-/]/g, '');
  if (!/^\+?\d+$/.test(digits)) return { kind: 'raw', text: user };
  if (digits.length <= INTERNAL_DIGITS_MAX && !digits.startsWith('+')) {
    return { kind: 'internal', extension: digits };
  }
  const e164 = toE164(digits, country);
  return e164 ? { kind: 'e164', e164 } : { kind: 'raw', text: digits };
}

/**
 * The calling number as the call's context holds it: E.164 where it can be read as one, as it came where not.
 * Undefined: the caller is anonymous.
 */
export function normalise(raw: string, country: string): string | undefined {
  const number = readNumber(raw, country);
  switch (number.kind) {
    case 'e164':
      return number.e164;
    case 'internal':
      return number.extension;
    case 'raw':
      return number.text;
    case 'anonymous':
      return undefined;
  }
}

/** `<sip:+5255…@host;user=phone>`, `tel:+5255…`, `"Ana" <sip:…>`: what stands for the subscriber. */
function userPart(raw: string): string {
  const address = raw.match(/<([^>]*)>/)?.[1] ?? raw;
  const [user = ''] = address
    .trim()
    .replace(/^(sips?|tel):/i, '')
    .split(/[@;?]/);
  return decoded(user).trim();
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** By the country's rules first; then as an international number whose plus the trunk left out. */
function toE164(digits: string, country: string): string | undefined {
  const international = withoutMobileOne(digits.startsWith('00') ? `+${digits.slice(2)}` : digits);
  if (international.startsWith('+')) return possible(international, undefined);
  const local = country === 'MX' ? withoutMexicanPrefix(international) : international;
  const national = isSupportedCountry(country) ? possible(local, country) : undefined;
  if (national || international.length < INTERNATIONAL_DIGITS_MIN) return national;
  return possible(withoutMobileOne(`+${international}`), undefined);
}

/**
 * Mexico dropped the 1 that mobile numbers had after +52 in 2019, and trunks still send it: the same caller must
 * have one number only.
 */
function withoutMobileOne(digits: string): string {
  return /^\+521\d{10}$/.test(digits) ? `+52${digits.slice(4)}` : digits;
}

/**
 * Until 2019 people in Mexico dialled 01 before a number of another city, and 044 or 045 before a mobile: old lists and
 * old exchanges still do.
 */
const withoutMexicanPrefix = (digits: string): string =>
  digits.replace(/^(01|044|045)(?=\d{10}$)/, '');

/**
 * Possible, not valid: numbering plans grow faster than their tables, and a caller with a new prefix must not
 * become a stranger for it.
 */
function possible(digits: string, country: CountryCode | undefined): string | undefined {
  const parsed = parsePhoneNumberFromString(digits, {
    ...(country ? { defaultCountry: country } : {}),
    extract: false,
  });
  return parsed?.isPossible() ? parsed.number : undefined;
}
