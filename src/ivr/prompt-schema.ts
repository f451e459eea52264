import Type, { type Static } from 'typebox';
import { LANGUAGES, type Language } from '../model/contact.ts';
import { patterned } from './patterned.ts';

/** `es-MX` → `es`: one text may serve every region of a language. */
export const baseOf = (language: string): string => language.split('-')[0] ?? language;

/** What a text may be filed under: a region's own wording, or one for the whole language. */
export const TEXT_KEYS: readonly string[] = [
  ...new Set([...LANGUAGES, ...LANGUAGES.map((language) => baseOf(language))]),
];

const PROMPT_CHARACTERS_MAX = 2_000;

const Text = Type.String({ minLength: 1, maxLength: PROMPT_CHARACTERS_MAX });

/** One text per language; `{name}` places are filled in from the call's context. */
export const Texts = Type.Object(
  Object.fromEntries(TEXT_KEYS.map((key) => [key, Type.Optional(Text)])),
  { additionalProperties: false, minProperties: 1, description: 'A text per language.' },
);
export type Texts = Readonly<Record<string, string>>;

export const LanguageName = Type.Unsafe<Language>(Type.Enum([...LANGUAGES]));

/** A text in another language than the one that it is filed under: "For English, press nine", said to who hears Spanish. */
const Foreign = Type.Object(
  { text: Text, language: LanguageName },
  { additionalProperties: false, description: 'A text in a language of its own.' },
);
type Foreign = Static<typeof Foreign>;

/** What is said to the callers of each language, by the voice of that language or of the text's own. */
export const Sayings = Type.Unsafe<Sayings>(
  Type.Record(Type.String({ pattern: `^(${TEXT_KEYS.join('|')})$` }), Type.Union([Text, Foreign]), {
    additionalProperties: false,
    minProperties: 1,
    description: `A text per language: ${TEXT_KEYS.join(', ')}.`,
  }),
);
export type Sayings = Readonly<Record<string, string | Foreign>>;

export const RecordingName = patterned(
  '^[A-Za-z0-9][A-Za-z0-9_./-]{0,99}$',
  'the name of a recording: letters, digits, . _ / -',
);

export const Recording = Type.Object(
  { audio: RecordingName },
  { additionalProperties: false, description: 'A recording of the prompts folder, by name.' },
);
export type Recording = Static<typeof Recording>;

/** What the flow's own list of prompts holds under a name. */
export const PromptEntry = Type.Union([Recording, Sayings]);
export type PromptEntry = Recording | Sayings;

/** What a node says: the name of an entry, or the entry itself. */
export const PromptRef = Type.Union([
  Type.String({ minLength: 1, description: "The name of one of the flow's prompts." }),
  Recording,
  Sayings,
]);
export type PromptRef = string | PromptEntry;

export const PromptRefs = Type.Unsafe<readonly PromptRef[]>(
  Type.Array(PromptRef, { minItems: 1, maxItems: 20 }),
);

export function isRecording(entry: PromptEntry): entry is Recording {
  return typeof entry.audio === 'string';
}
