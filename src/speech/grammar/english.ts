import { assertSpeakable, minutesOf } from './bounds.ts';
import { type Grammar, type Noun, NUMBER_MAX } from './rules.ts';

const TO_19 = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen ' +
  'seventeen eighteen nineteen'
).split(' ');
const TENS = '. . twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const ORDINALS = (
  '. first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth ' +
  'fifteenth sixteenth seventeenth eighteenth nineteenth twentieth'
).split(' ');
const SCALES = ['', 'thousand', 'million', 'billion'];

const MINUTE: Noun = { one: 'minute', many: 'minutes', gender: 'masculine' };

/** American usage: "one hundred five". */
export const english: Grammar = {
  cardinal: (value) => inWords(value),
  count: (value, noun) => `${inWords(value)} ${value === 1 ? noun.one : noun.many}`,
  ordinal(value) {
    assertSpeakable(value, 1, ORDINALS.length - 1);
    return ORDINALS[value] ?? '';
  },
  wait(fromMs, toMs) {
    const minutes = minutesOf(fromMs, toMs);
    if (!minutes) return 'less than one minute';
    if (minutes.from === 0) return `less than ${english.count(minutes.to, MINUTE)}`;
    if (minutes.from === minutes.to) return english.count(minutes.to, MINUTE);
    return `between ${inWords(minutes.from)} and ${english.count(minutes.to, MINUTE)}`;
  },
};

function inWords(value: number): string {
  assertSpeakable(value, 0, NUMBER_MAX);
  if (value === 0) return 'zero';
  const parts: string[] = [];
  for (let scale = 0, rest = value; rest > 0; scale++, rest = Math.floor(rest / 1_000)) {
    const group = rest % 1_000;
    if (group > 0) parts.unshift(`${belowThousand(group)} ${SCALES[scale] ?? ''}`.trim());
  }
  return parts.join(' ');
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
