import Type, { type Static } from 'typebox';
import { AskingFields } from '../asking.ts';
import { Assignments } from '../assignments.ts';
import { PromptRefs, TEXT_KEYS, Texts } from '../prompt-schema.ts';
import { Key } from './choices.ts';

const PHRASES_MAX = 50;

/** What callers say for a choice, per language: each phrase by its telling words, in any order. */
const Phrases = Type.Unsafe<Readonly<Record<string, readonly string[]>>>(
  Type.Object(
    Object.fromEntries(
      TEXT_KEYS.map((key) => [
        key,
        Type.Optional(
          Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
            minItems: 1,
            maxItems: PHRASES_MAX,
          }),
        ),
      ]),
    ),
    { additionalProperties: false, minProperties: 1, description: 'Phrases per language.' },
  ),
);

const SpeechChoice = Type.Object(
  {
    name: Type.Optional(
      Type.Unsafe<Texts>({
        ...Texts,
        description: 'How the choice is called when it is asked back; the first phrase without it.',
      }),
    ),
    phrases: Phrases,
    key: Type.Optional(Key),
    set: Type.Optional(Assignments),
    next: Type.String({ minLength: 1 }),
  },
  { additionalProperties: false },
);
export type SpeechChoice = Static<typeof SpeechChoice>;

const Share = (byDefault: number) =>
  Type.Optional(Type.Number({ minimum: 0, maximum: 1, default: byDefault }));

export const DEFAULTS = {
  endSilenceSeconds: 0.8,
  speechSecondsMax: 12,
  attempts: 2,
  take: 0.75,
  confirm: 0.45,
} as const;

export const Speech = Type.Object(
  {
    type: Type.Literal('speech'),
    ...AskingFields,
    choices: Type.Array(SpeechChoice, { minItems: 1, maxItems: 16 }),
    bargeIn: Type.Optional(
      Type.Boolean({
        default: true,
        description: 'The prompt stops when the caller begins to speak. Keys always stop it.',
      }),
    ),
    hints: Type.Optional(
      Type.Boolean({
        default: true,
        description: 'The recogniser is told what may be said. Without: it hears freely.',
      }),
    ),
    endSilenceSeconds: Type.Optional(
      Type.Number({ minimum: 0.2, maximum: 5, default: DEFAULTS.endSilenceSeconds }),
    ),
    speechSecondsMax: Type.Optional(
      Type.Number({ minimum: 1, maximum: 30, default: DEFAULTS.speechSecondsMax }),
    ),
    attempts: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 5,
        default: DEFAULTS.attempts,
        description: 'Answers that were not understood before only keys are asked for.',
      }),
    ),
    confidence: Type.Optional(
      Type.Object(
        { take: Share(DEFAULTS.take), confirm: Share(DEFAULTS.confirm) },
        {
          additionalProperties: false,
          description: 'From `take` on an answer is taken, from `confirm` on it is asked back.',
        },
      ),
    ),
    confirm: Type.Optional(
      Type.Unsafe<Texts>({
        ...Texts,
        description: 'Asks the choice back; {choice} is its name. The house has its own words.',
      }),
    ),
    keysOnly: Type.Optional(PromptRefs),
  },
  { additionalProperties: false },
);
export type Speech = Static<typeof Speech>;
