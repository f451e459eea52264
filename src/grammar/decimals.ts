/** A number as people write it, exact: fractions are kept as digits, never as a float. */
export interface Decimal {
  readonly negative: boolean;
  /** From 0 to NUMBER_MAX. */
  readonly whole: number;
  /** The digits after the point, without zeros at the end. */
  readonly fraction: string;
}

/**
 * What a lone separator before three digits is: "1.500" and "1,500" are one and a half for some who write them and
 * fifteen hundred for others. Only what is counted in something that has no thousandths can know.
 */
export type Lone = 'unknown' | 'thousands';

const SIGN = /^[-+−]/;
/** "1234", "1234.5", "12,5": point and comma are the same. */
const LONE = /^(\d{1,15})(?:[.,](\d{1,20}))?$/;
/** No group of thousands begins with a zero, or has four digits: "0.500", "1234.500". */
const COULD_BE_THOUSANDS = /^[1-9]\d{0,2}[.,]\d{3}$/;
/** With two kinds of sign there is no doubt which of them is the point: "1,234.50", "1.234,50". */
const ENGLISH_GROUPS = /^(\d{1,3}(?:,\d{3})+)\.(\d{1,20})$/;
const SPANISH_GROUPS = /^(\d{1,3}(?:\.\d{3})+),(\d{1,20})$/;
/** Spaces of all widths, and the apostrophe of Switzerland, part groups only: "1 234,50", "1'234.50". */
const SPACED_GROUPS = /^(\d{1,3}(?:([\s'’])\d{3})(?:\2\d{3})*)(?:[.,](\d{1,20}))?$/;
/** "12.345.678": what comes twice is no point. */
const GROUPS = /^(\d{1,3}(?:(?:,\d{3}){2,}|(?:\.\d{3}){2,}))$/;
const DIGITS_MAX = 15;

/** Reads a number. Undefined: it is none, it could be two, or it is too long to be said as one. */
export function parseDecimal(text: string, lone: Lone = 'unknown'): Decimal | undefined {
  const trimmed = text.trim();
  const sign = SIGN.exec(trimmed)?.[0] ?? '';
  const [whole, fraction = ''] = digitsOf(trimmed.slice(sign.length), lone) ?? [];
  if (whole === undefined || whole.length > DIGITS_MAX) return undefined;
  const kept = fraction.replace(/0+$/, '');
  const isZero = Number(whole) === 0 && kept === '';
  return {
    negative: !isZero && (sign === '-' || sign === '−'),
    whole: Number(whole),
    fraction: kept,
  };
}

/** What stands before the point and after it, without whatever parts the groups. */
function digitsOf(text: string, lone: Lone): readonly (string | undefined)[] | undefined {
  if (COULD_BE_THOUSANDS.test(text)) {
    return lone === 'thousands' ? [text.replace(/[.,]/, '')] : undefined;
  }
  const plain = LONE.exec(text) ?? ENGLISH_GROUPS.exec(text) ?? SPANISH_GROUPS.exec(text);
  const [, whole, fraction] = plain ?? GROUPS.exec(text) ?? [];
  if (whole !== undefined) return [whole.replace(/[.,]/g, ''), fraction];
  const [, spaced, , rest] = SPACED_GROUPS.exec(text) ?? [];
  return spaced === undefined ? undefined : [spaced.replace(/\D/g, ''), rest];
}

/** Rounded half away from zero, as money is. Undefined: it has become too large. */
export function rounded(value: Decimal, places: number): Decimal | undefined {
  if (value.fraction.length <= places) return value;
  const up = (value.fraction[places] ?? '0') >= '5';
  const scale = 10 ** places;
  const part = Number(value.fraction.slice(0, places) || '0') + (up ? 1 : 0);
  const whole = value.whole + Math.floor(part / scale);
  if (whole > 999_999_999_999_999) return undefined;
  const fraction =
    places === 0
      ? ''
      : String(part % scale)
          .padStart(places, '0')
          .replace(/0+$/, '');
  return { negative: value.negative && (whole > 0 || fraction !== ''), whole, fraction };
}

/** A whole number that is not negative, or undefined. */
export function parseWhole(text: string): number | undefined {
  const value = parseDecimal(text);
  return value && !value.negative && value.fraction === '' ? value.whole : undefined;
}
