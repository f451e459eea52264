import { assertSpeakable } from '../bounds.ts';
import { NUMBER_MAX, ORDINAL_MAX } from '../rules.ts';

// The words are those of ICU's rule-based number format for English (en.xml), in American usage.

const TO_19 = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen ' +
  'seventeen eighteen nineteen'
).split(' ');
const TENS = '. . twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const SCALES = ['', 'thousand', 'million', 'billion', 'trillion'];
const IRREGULAR: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};

/** American usage: "one hundred five". */
export function inWords(value: number): string {
  assertSpeakable(value, 0, NUMBER_MAX);
  if (value === 0) return 'zero';
  const parts: string[] = [];
  for (let scale = 0, rest = value; rest > 0; scale++, rest = Math.floor(rest / 1_000)) {
    const group = rest % 1_000;
    if (group > 0) parts.unshift(`${belowThousand(group)} ${SCALES[scale] ?? ''}`.trim());
  }
  return parts.join(' ');
}

/** "first", "twenty-first", "one hundredth": only the last word changes. */
export function ordinalInWords(value: number): string {
  assertSpeakable(value, 1, ORDINAL_MAX);
  return inWords(value).replace(
    /[a-z]+$/,
    (word) => IRREGULAR[word] ?? `${word.replace(/y$/, 'ie')}th`,
  );
}

/** A year is read in two halves: "nineteen oh five", "twenty twenty-six"; the first of a millennium are not. */
export function yearInWords(year: number): string {
  const century = Math.floor(year / 100);
  const rest = year % 100;
  if (year < 1_000 || year > 9_999 || (century % 10 === 0 && rest < 10)) return inWords(year);
  if (rest === 0) return `${belowHundred(century)} hundred`;
  const tail = rest < 10 ? `oh ${TO_19[rest]}` : belowHundred(rest);
  return `${belowHundred(century)} ${tail}`;
}

function belowThousand(value: number): string {
  if (value < 100) return belowHundred(value);
  const head = `${TO_19[Math.floor(value / 100)]} hundred`;
  return value % 100 === 0 ? head : `${head} ${belowHundred(value % 100)}`;
}

function belowHundred(value: number): string {
  const small = TO_19[value];
  if (small !== undefined) return small;
  const tens = TENS[Math.floor(value / 10)] ?? '';
  return value % 10 === 0 ? tens : `${tens}-${TO_19[value % 10]}`;
}
