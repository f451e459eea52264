/** A number as people write it, exact: fractions are kept as digits, never as a float. */
export interface Decimal {
  readonly negative: boolean;
  /** From 0 to NUMBER_MAX. */
  readonly whole: number;
  /** The digits after the point, without zeros at the end. */
  readonly fraction: string;
}

const PLAIN = /^([-+−]?)(\d{1,15})(?:\.(\d{1,20}))?$/;
/** "1,234.50" and "1.234,50": with both signs there is no doubt which of them is the point. */
const ENGLISH_GROUPS = /^([-+−]?)(\d{1,3}(?:,\d{3})+)\.(\d{1,20})$/;
const SPANISH_GROUPS = /^([-+−]?)(\d{1,3}(?:\.\d{3})+),(\d{1,20})$/;
/** "12.345.678": what comes twice is no point. */
const GROUPS = /^([-+−]?)(\d{1,3}(?:(?:,\d{3}){2,}|(?:\.\d{3}){2,}))$/;
/** "12,5": three digits after a lone comma could be thousands, and are not taken for either. */
const COMMA = /^([-+−]?)(\d{1,15}),(\d{1,2})$/;

/** Reads a number. Undefined: it is none, or too long to be said as one. */
export function parseDecimal(text: string): Decimal | undefined {
  const trimmed = text.trim();
  const match = [PLAIN, ENGLISH_GROUPS, SPANISH_GROUPS, GROUPS, COMMA]
    .map((form) => form.exec(trimmed))
    .find((found) => found !== null);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const digits = whole.replace(/[.,]/g, '');
  if (digits.length > 15) return undefined;
  const kept = fraction.replace(/0+$/, '');
  const isZero = Number(digits) === 0 && kept === '';
  return {
    negative: !isZero && (sign === '-' || sign === '−'),
    whole: Number(digits),
    fraction: kept,
  };
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
