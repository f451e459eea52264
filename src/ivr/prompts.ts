import type { CallContext } from '../model/call.ts';
import type { Language } from '../model/contact.ts';
import {
  baseOf,
  isRecording,
  type PromptEntry,
  type PromptRef,
  type Texts,
} from './prompt-schema.ts';
import type { Prompt } from './vocabulary.ts';

/** `{name}`, `{variables.order}`: a place that the context fills. */
const PLACE = /\{([^{}]*)\}/g;
const CONTEXT_PLACES: readonly string[] = ['name', 'ani', 'dnis', 'status', 'intent'];

/** The text that was written for the language: the region's own, or the whole language's. */
export function textFor(texts: Texts, language: string): string | undefined {
  return texts[language] ?? texts[baseOf(language)];
}

/**
 * The language of the list that comes nearest: the same, another region of it, or the list's first. A caller is
 * never spoken to with the voice of one language and the words of another.
 */
export function nearestLanguage(languages: readonly Language[], wanted: Language): Language {
  const same = languages.find((language) => language === wanted);
  const kin = languages.find((language) => baseOf(language) === baseOf(wanted));
  return same ?? kin ?? languages[0] ?? wanted;
}

/** What a reference means in the call's language, its places filled. Undefined: there is nothing to say. */
export function resolvePrompt(
  named: Readonly<Record<string, PromptEntry>>,
  ref: PromptRef,
  context: CallContext,
): Prompt | undefined {
  const entry = typeof ref === 'string' ? named[ref] : ref;
  if (!entry) return undefined;
  if (isRecording(entry)) return { kind: 'audio', name: entry.audio };
  const text = textFor(entry, context.language);
  return text === undefined ? undefined : { kind: 'text', text: fillPlaces(text, context) };
}

/** The names of a text's places. */
export function placesOf(text: string): readonly string[] {
  return [...text.matchAll(PLACE)].map((match) => match[1] ?? '');
}

export function isKnownPlace(place: string): boolean {
  return CONTEXT_PLACES.includes(place) || /^variables\.[A-Za-z0-9_-]{1,50}$/.test(place);
}

/** A place of which nothing is known stays silent. */
function fillPlaces(text: string, context: CallContext): string {
  if (!text.includes('{')) return text;
  return text.replace(PLACE, (_, place: string) => contextField(context, place) ?? '');
}

/** What the context holds under `status`, `name`, `variables.order` and the like. */
export function contextField(context: CallContext, field: string): string | undefined {
  if (field.startsWith('variables.')) return ownValue(context.variables, field.slice(10));
  switch (field) {
    case 'status':
      return context.status;
    case 'intent':
      return context.intent;
    case 'language':
      return context.language;
    case 'name':
      return context.name;
    case 'ani':
      return context.ani;
    case 'dnis':
      return context.dnis;
    default:
      return undefined;
  }
}

/** A variable called `constructor` is not Object's. */
function ownValue(values: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}
