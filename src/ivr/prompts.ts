import type { CallContext } from '../model/call.ts';
import type { Language } from '../model/contact.ts';
import { filledParts } from './places.ts';
import {
  baseOf,
  isRecording,
  type PromptEntry,
  type PromptRef,
  type Sayings,
  type Texts,
} from './prompt-schema.ts';
import type { Prompt } from './vocabulary.ts';

/** A flow, as far as it says something. */
export interface Prompts {
  readonly id?: string;
  readonly prompts: Readonly<Record<string, PromptEntry>>;
}

/** The text that was written for the language: the region's own, or the whole language's. */
export function textFor(texts: Texts, language: string): string | undefined {
  return texts[language] ?? texts[baseOf(language)];
}

/** A text, and the language of the voice that is to say it. */
export interface Said {
  readonly text: string;
  readonly language: Language;
}

/** What callers of the language are told: in their language, unless the text has one of its own. */
export function sayingFor(sayings: Sayings, language: Language): Said | undefined {
  const said = sayings[language] ?? sayings[baseOf(language)];
  return typeof said === 'string' ? { text: said, language } : said;
}

/**
 * The language of the list that comes nearest: the same, another region of it, or the list's first. A caller is
 * never spoken to with the voice of one language and the words of another.
 */
export function nearestLanguage(languages: readonly Language[], wanted: Language): Language {
  if (languages.includes(wanted)) return wanted;
  const kin = languages.find((language) => baseOf(language) === baseOf(wanted));
  return kin ?? languages[0] ?? wanted;
}

/** What a reference means in the call's language, its places filled. Undefined: there is nothing to say. */
export function resolvePrompt(
  flow: Prompts,
  ref: PromptRef,
  context: CallContext,
): Prompt | undefined {
  const entry = typeof ref === 'string' ? flow.prompts[ref] : ref;
  if (!entry) return undefined;
  if (isRecording(entry)) return { kind: 'audio', name: entry.audio };
  const said = sayingFor(entry, context.language);
  if (!said) return undefined;
  const { text, language } = said;
  const parts = filledParts(text, context, language);
  return {
    kind: 'text',
    text: parts.map((part) => part.text).join(''),
    ...(language === context.language ? {} : { language }),
    ...(parts.some((part) => part.filled) ? { parts } : {}),
    ...(typeof ref === 'string' ? { name: ref } : {}),
    ...(typeof ref === 'string' && flow.id !== undefined ? { flowId: flow.id } : {}),
  };
}
