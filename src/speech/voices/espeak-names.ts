import type { Language } from '../../model/contact.ts';

/** What eSpeak NG calls our languages; sherpa-onnx's voices know their phonemes from it. */
export const ESPEAK_NAMES: Readonly<Record<Language, string>> = {
  'es-ES': 'es',
  'es-MX': 'es-419',
  en: 'en-us',
};
