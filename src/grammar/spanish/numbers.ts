import { assertSpeakable } from '../bounds.ts';
import type { Gender, Noun } from '../nouns.ts';
import { NUMBER_MAX } from '../rules.ts';

// Rules: RAE y ASALE, Ortografía de la lengua española (2010), VIII, and Nueva gramática, 21; ICU's rule-based
// number format for Spanish (es.xml) has the same words.

const TO_29 = (
  'cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis ' +
  'diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis ' +
  'veintisiete veintiocho veintinueve'
).split(' ');
const TENS = '. . . treinta cuarenta cincuenta sesenta setenta ochenta noventa'.split(' ');
const HUNDREDS =
  '. ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos'.split(
    ' ',
  );
const MILLION = 1_000_000;
const BILLION = MILLION * MILLION;

/** `short` is the form before a masculine noun, and before "mil" and "millones": "un", "veintiún". */
export type Form = Gender | 'short';

export function inWords(value: number, form: Form): string {
  assertSpeakable(value, 0, NUMBER_MAX);
  if (value < MILLION) return belowMillion(value, form);
  const [scale, one, many] =
    value < BILLION ? [MILLION, 'un millón', 'millones'] : [BILLION, 'un billón', 'billones'];
  const count = Math.floor(value / scale);
  const rest = value % scale;
  const head = count === 1 ? one : `${inWords(count, 'short')} ${many}`;
  return rest === 0 ? head : `${head} ${inWords(rest, form)}`;
}

/** A number with its noun. A whole number of millions takes "de": "un millón de pesos". */
export function counted(value: number, noun: Noun): string {
  const words = inWords(value, noun.gender === 'masculine' ? 'short' : 'feminine');
  if (value === 1) return `${words} ${noun.one}`;
  const link = value >= MILLION && value % MILLION === 0 ? ' de' : '';
  return `${words}${link} ${noun.many}`;
}

/** "mil", never "un mil"; hundreds agree with what is counted ("doscientas mil"), one does not ("veintiún mil"). */
function belowMillion(value: number, form: Form): string {
  if (value < 1_000) return belowThousand(value, form, form === 'feminine');
  const thousands = Math.floor(value / 1_000);
  const rest = value % 1_000;
  const head =
    thousands === 1 ? 'mil' : `${belowThousand(thousands, 'short', form === 'feminine')} mil`;
  return rest === 0 ? head : `${head} ${belowThousand(rest, form, form === 'feminine')}`;
}

function belowThousand(value: number, form: Form, feminineHundreds: boolean): string {
  if (value === 100) return 'cien';
  if (value < 100) return belowHundred(value, form);
  const word = HUNDREDS[Math.floor(value / 100)] ?? '';
  const hundreds = feminineHundreds ? word.replace(/os$/, 'as') : word;
  const rest = value % 100;
  return rest === 0 ? hundreds : `${hundreds} ${belowHundred(rest, form)}`;
}

function belowHundred(value: number, form: Form): string {
  const small = TO_29[value];
  if (small !== undefined) return endingInOne(small, form);
  const tens = TENS[Math.floor(value / 10)] ?? '';
  const unit = value % 10;
  return unit === 0 ? tens : `${tens} y ${endingInOne(TO_29[unit] ?? '', form)}`;
}

/** "uno" is the only numeral below a hundred that changes: "un", "una", and "veintiún" with its accent. */
function endingInOne(word: string, form: Form): string {
  if (!word.endsWith('uno') || form === 'masculine') return word;
  if (form === 'feminine') return word.replace(/o$/, 'a');
  return word === 'uno' ? 'un' : 'veintiún';
}
