import { baseOf } from '../prompt-schema.ts';

/**
 * A word without its ending, so that "facturas" and "factura" are one. Light stemmers do less harm to short answers
 * than full ones: Spanish after J. Savoy (UniNE light stemmer, "Report on CLEF-2001 Experiments"; Lucene's
 * SpanishLightStemmer), English after D. Harman's S-stemmer ("How Effective is Suffixing?", 1991). Both leave plurals of
 * short words apart from their singulars (cita, citas; box, boxes); here the plural goes first, and then what is left
 * loses its vowel by its own length. The word comes in lower case and without accents.
 */
export function stem(word: string, language: string): string {
  const base = baseOf(language);
  if (base === 'es') return withoutVowel(singular(word));
  return base === 'en' ? english(word) : word;
}

/** "citas", "luces", "meses", "menus"; what has a consonant before its plural keeps an e for the next step ("plane"). */
function singular(word: string): string {
  if (word.length > 4 && word.endsWith('ces')) return `${word.slice(0, -3)}z`;
  if (word.length > 4 && word.endsWith('eses')) return singular(word.slice(0, -2));
  if (word.length > 3 && /[ao]s$/.test(word)) return word.slice(0, -1);
  // "autobús" is no plural.
  const isPlural = word.endsWith('es') ? word.length > 4 : /[iu]s$/.test(word) && word.length === 5;
  return isPlural ? word.slice(0, -1) : word;
}

/** Four letters keep their a and o, which tell "pago" from "paga", but not an e, which "bares" has and "bar" has not. */
function withoutVowel(word: string): string {
  const isBare = word.length > 4 ? /[aoe]$/.test(word) : word.length === 4 && word.endsWith('e');
  return isBare ? word.slice(0, -1) : word;
}

function english(word: string): string {
  if (word.length > 4 && /(?:x|ch|sh|ss|zz)es$/.test(word)) return word.slice(0, -2);
  // "buses" and "bus", "uses" and "use".
  if (word.length > 2 && /uses?$/.test(word)) return word.replace(/es?$/, '');
  if (word.length < 4 || !word.endsWith('s')) return word;
  if (word.endsWith('ies')) return /[ea]ies$/.test(word) ? word : `${word.slice(0, -3)}y`;
  return /(us|ss)$/.test(word) ? word : word.slice(0, -1);
}
