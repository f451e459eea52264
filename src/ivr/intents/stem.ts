import { baseOf } from '../prompt-schema.ts';

/**
 * A word without its ending, so that "facturas" and "factura" are one. Light stemmers do less harm to short answers
 * than full ones: Spanish by J. Savoy (UniNE light stemmer, "Report on CLEF-2001 Experiments"; Lucene's
 * SpanishLightStemmer is the same), English by D. Harman's S-stemmer ("How Effective is Suffixing?", 1991).
 * The word comes in lower case and without accents.
 */
export function stem(word: string, language: string): string {
  const base = baseOf(language);
  if (base === 'es') return spanish(word);
  return base === 'en' ? english(word) : word;
}

function spanish(word: string): string {
  if (word.length < 5) return word;
  if (word.endsWith('eses')) return word.slice(0, -2);
  if (word.endsWith('ces')) return `${word.slice(0, -3)}z`;
  if (/[oae]s$/.test(word)) return word.slice(0, -2);
  return /[oae]$/.test(word) ? word.slice(0, -1) : word;
}

function english(word: string): string {
  if (word.length < 4 || !word.endsWith('s')) return word;
  if (word.endsWith('ies')) return /[ea]ies$/.test(word) ? word : `${word.slice(0, -3)}y`;
  return /(us|ss)$/.test(word) ? word : word.slice(0, -1);
}
