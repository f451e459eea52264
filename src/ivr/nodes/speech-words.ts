import { Intents } from '../intents/match.ts';
import { wordsOf } from '../intents/words.ts';
import { baseOf, type PromptRef, TEXT_KEYS, type Texts } from '../prompt-schema.ts';
import { textFor } from '../prompts.ts';
import type { Speech, SpeechChoice } from './speech-schema.ts';

const CHOICE = '{choice}';
const KEY = '{key}';

const CONFIRM: Texts = {
  es: `¿Dijo ${CHOICE}? Diga sí o no, o pulse uno para sí o dos para no.`,
  'es-MX': `¿Dijo ${CHOICE}? Diga sí o no, o marque uno para sí o dos para no.`,
  en: `Did you say ${CHOICE}? Say yes or no, or press one for yes or two for no.`,
};
const KEYS_ONLY: Texts = {
  es: `Para ${CHOICE}, pulse ${KEY}.`,
  'es-MX': `Para ${CHOICE}, marque ${KEY}.`,
  en: `For ${CHOICE}, press ${KEY}.`,
};
const KEY_NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  es: { '*': 'asterisco', '#': 'almohadilla' },
  'es-MX': { '#': 'gato' },
  en: { '*': 'star', '#': 'pound' },
};

export function phrasesOf(choice: SpeechChoice, language: string): readonly string[] {
  return choice.phrases[language] ?? choice.phrases[baseOf(language)] ?? [];
}

/** What matches a choice: its phrases, and its key said aloud. */
function wordsFor(choice: SpeechChoice, language: string): readonly string[] {
  const phrases = phrasesOf(choice, language);
  return choice.key === undefined ? phrases : [...phrases, ...numberWords(choice.key, language)];
}

function numberWords(key: string | number, language: string): readonly string[] {
  return [...wordsOf(language).numbers].flatMap(([word, digit]) =>
    digit === String(key) ? [word] : [],
  );
}

/** Compiled once a document and language: the same node serves every call. */
const compiled = new WeakMap<Speech, Map<string, Intents>>();

export function intentsOf(node: Speech, language: string): Intents {
  const byLanguage = compiled.get(node) ?? new Map<string, Intents>();
  compiled.set(node, byLanguage);
  const known = byLanguage.get(language);
  if (known) return known;
  const intents = new Intents(
    node.choices.map((choice) => wordsFor(choice, language)),
    language,
  );
  byLanguage.set(language, intents);
  return intents;
}

/** What a recogniser should expect: the phrases, and the words that people wrap them in. */
export function hintsOf(node: Speech, language: string): readonly string[] {
  if (node.hints === false) return [];
  const phrases = node.choices.flatMap((choice) => wordsFor(choice, language));
  return [...new Set([...phrases, ...wordsOf(language).carriers])];
}

export function yesNoHints(node: Speech, language: string): readonly string[] {
  const hints = hintsOf(node, language);
  const { yes, no } = wordsOf(language);
  return hints.length === 0 ? [] : [...new Set([...yes, ...no, ...hints])];
}

/** Asks one choice back, in every language that both have words in. */
export function confirmation(node: Speech, choice: SpeechChoice): PromptRef {
  return perLanguage((language) => {
    const text = textFor(node.confirm ?? CONFIRM, language);
    return text?.replaceAll(CHOICE, nameOf(choice, language));
  });
}

/** Says the keys, choice by choice. */
export function keysPrompts(node: Speech): readonly PromptRef[] {
  if (node.keysOnly) return node.keysOnly;
  return node.choices.flatMap((choice) => {
    const { key } = choice;
    if (key === undefined) return [];
    return [
      perLanguage((language) =>
        textFor(KEYS_ONLY, language)
          ?.replaceAll(CHOICE, nameOf(choice, language))
          .replaceAll(KEY, keyName(String(key), language)),
      ),
    ];
  });
}

function nameOf(choice: SpeechChoice, language: string): string {
  return (choice.name && textFor(choice.name, language)) ?? phrasesOf(choice, language)[0] ?? '';
}

function keyName(key: string, language: string): string {
  const [word] = numberWords(key, language);
  return KEY_NAMES[language]?.[key] ?? KEY_NAMES[baseOf(language)]?.[key] ?? word ?? key;
}

function perLanguage(textIn: (language: string) => string | undefined): PromptRef {
  const texts = TEXT_KEYS.map((language) => [language, textIn(language)] as const);
  return Object.fromEntries(texts.filter(([, text]) => text !== undefined && text !== '')) as Texts;
}
