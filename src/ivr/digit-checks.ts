/** What digits may have to be, besides so many. Each takes digits only. */
export const DIGIT_CHECKS = {
  luhn,
  DDMM: (digits: string) => isDate(digits, 'DDMM'),
  MMDD: (digits: string) => isDate(digits, 'MMDD'),
  DDMMYYYY: (digits: string) => isDate(digits, 'DDMMYYYY'),
  MMYY: (digits: string) => digits.length === 4 && isMonth(Number(digits.slice(0, 2))),
  HHMM: (digits: string) =>
    digits.length === 4 && Number(digits.slice(0, 2)) < 24 && Number(digits.slice(2)) < 60,
} as const;

export type DigitCheck = keyof typeof DIGIT_CHECKS;

/** The check digit of bank cards and account numbers (ISO/IEC 7812-1, annex B). */
function luhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return digits !== '' && sum % 10 === 0;
}

const isMonth = (month: number): boolean => month >= 1 && month <= 12;

/** A day that exists in the calendar; without a year, one that exists in some year. */
function isDate(digits: string, format: 'DDMM' | 'MMDD' | 'DDMMYYYY'): boolean {
  if (digits.length !== format.length) return false;
  const part = (letters: string): number => {
    const at = format.indexOf(letters);
    return at < 0 ? LEAP_YEAR : Number(digits.slice(at, at + letters.length));
  };
  const [day, month, year] = [part('DD'), part('MM'), part('YYYY')];
  return isMonth(month) && day >= 1 && day <= daysOf(month, year);
}

const LEAP_YEAR = 2000;

function daysOf(month: number, year: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** `[1-5]`, `[135]`, `x` for any digit, or the digit itself; one for each place. */
const PLACE = '(?:\\d|x|\\[(?:\\d(?:-\\d)?)+\\])';

/** What a pattern may look like; there is no repetition in it, so that nothing takes long to match. */
export const DIGIT_PATTERN = `^${PLACE}{1,32}$`;

/** How many digits a pattern asks for. */
export const patternLength = (pattern: string): number => placesOf(pattern).length;

export function fitsPattern(digits: string, pattern: string): boolean {
  const places = placesOf(pattern);
  return places.length === digits.length && places.every((place, at) => fits(digits[at], place));
}

const placesOf = (pattern: string): readonly string[] =>
  pattern.match(new RegExp(PLACE, 'g')) ?? [];

function fits(digit: string | undefined, place: string): boolean {
  if (digit === undefined) return false;
  if (!place.startsWith('[')) return place === 'x' || place === digit;
  return new RegExp(`^${place}$`).test(digit);
}
