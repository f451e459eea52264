import { assertSpeakable } from '../bounds.ts';
import type { Gender } from '../nouns.ts';
import { ORDINAL_MAX } from '../rules.ts';

// RAE y ASALE, Diccionario panhispánico de dudas, "ordinales": up to 29 they are one word ("vigesimoprimero", whose
// first half does not change), from 31 on two, of which both agree ("trigésima primera").

const TO_10 = '. primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo'.split(
  ' ',
);
const TEENS = (
  'décimo undécimo duodécimo decimotercero decimocuarto decimoquinto decimosexto decimoséptimo decimoctavo ' +
  'decimonoveno'
).split(' ');
const TWENTIES = (
  'vigésimo vigesimoprimero vigesimosegundo vigesimotercero vigesimocuarto vigesimoquinto vigesimosexto ' +
  'vigesimoséptimo vigesimoctavo vigesimonoveno'
).split(' ');
const TENS =
  '. . . trigésimo cuadragésimo quincuagésimo sexagésimo septuagésimo octogésimo nonagésimo'.split(
    ' ',
  );
const HUNDREDS = (
  '. centésimo ducentésimo tricentésimo cuadringentésimo quingentésimo sexcentésimo septingentésimo ' +
  'octingentésimo noningentésimo'
).split(' ');

/** "primero", "tercera"; before a masculine noun "primer", "tercer", "vigesimoprimer". */
export function ordinalInWords(value: number, gender: Gender, beforeNoun: boolean): string {
  assertSpeakable(value, 1, ORDINAL_MAX);
  const words = masculine(value);
  if (gender === 'feminine') return words.map((word) => word.replace(/o$/, 'a')).join(' ');
  const text = words.join(' ');
  return beforeNoun ? text.replace(/(primer|tercer)o$/, '$1') : text;
}

function masculine(value: number): readonly string[] {
  const hundreds = HUNDREDS[Math.floor(value / 100)] ?? '';
  const rest = belowHundred(value % 100);
  return value < 100 ? rest : [hundreds, ...rest];
}

function belowHundred(value: number): readonly string[] {
  if (value === 0) return [];
  if (value < 10) return [TO_10[value] ?? ''];
  if (value < 20) return [TEENS[value - 10] ?? ''];
  if (value < 30) return [TWENTIES[value - 20] ?? ''];
  const tens = TENS[Math.floor(value / 10)] ?? '';
  return value % 10 === 0 ? [tens] : [tens, TO_10[value % 10] ?? ''];
}
