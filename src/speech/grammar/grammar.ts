import type { Language } from '../../model/contact.ts';
import { english } from './english.ts';
import type { Grammar } from './rules.ts';
import { spanish } from './spanish.ts';

export type { Gender, Grammar, Noun } from './rules.ts';
export { NUMBER_MAX } from './rules.ts';

/** The grammar of a language; regions of it differ in words, not in numbers. */
export function grammarOf(language: Language): Grammar {
  return language === 'en' ? english : spanish;
}
