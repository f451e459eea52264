import type { Language } from '../model/contact.ts';
import { english } from './english/english.ts';
import type { Grammar } from './rules.ts';
import { spanish } from './spanish/spanish.ts';

export const grammars: Readonly<Record<Language, Grammar>> = {
  'es-ES': spanish('ES'),
  'es-MX': spanish('MX'),
  en: english,
};
