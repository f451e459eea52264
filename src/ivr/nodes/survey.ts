import Type, { type Static } from 'typebox';
import { type NodeKind, type Outcome, OVER, spokenAt } from '../node.ts';
import { patterned } from '../patterned.ts';
import { PromptRefs, type Texts } from '../prompt-schema.ts';
import type { Turn } from '../turn.ts';

/**
 * Asks how it was: one or a few questions, each answered by a key from 1 to 5. What is answered joins the call's
 * record at once, so that who hangs up in the middle has answered what they have.
 *
 *   entered ─▶ asking ──key 1 to 5──▶ the next question, or thanks ──played──▶ `next`, hangup
 *                └──silence, another key: once more, then the next question──▲
 *
 * | event   | in     | comes to                                                       |
 * |---------|--------|----------------------------------------------------------------|
 * | entered |        | the first question                                             |
 * | digit   | asking | 1 to 5: the answer, and the next question · else once more     |
 * | played  | asking | waits `timeoutSeconds`                                         |
 * | timeout | asking | once more, then the next question                              |
 * | played  | thanks | `next`, or hangup                                              |
 */
const Survey = Type.Object(
  {
    type: Type.Literal('survey'),
    questions: Type.Array(
      Type.Object(
        {
          name: patterned(
            '^[A-Za-z][A-Za-z0-9_]{0,39}$',
            'a name that begins with a letter, of letters, digits and _',
          ),
          prompts: PromptRefs,
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 5 },
    ),
    thanks: Type.Optional(PromptRefs),
    timeoutSeconds: Type.Optional(Type.Number({ minimum: 1, maximum: 60, default: 5 })),
    retries: Type.Optional(Type.Integer({ minimum: 0, maximum: 5, default: 1 })),
    next: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
);
type Survey = Static<typeof Survey>;

interface Asking {
  /** The question that is asked; as many as there are: thanks. */
  readonly at: number;
  readonly failures: number;
}

const THANKS: Texts = {
  es: 'Gracias por su opinión. Adiós.',
  en: 'Thank you for your answer. Goodbye.',
};
const TIMEOUT_SECONDS = 5;

export const survey: NodeKind<Survey, Asking> = {
  type: 'survey',
  summary: 'Asks the caller how it was, by keys from 1 to 5.',
  schema: Survey,
  ends: true,
  exits: (node) => (node.next ? [{ to: node.next, place: 'next', paced: false }] : []),
  prompts: (node) => [
    ...node.questions.flatMap(({ prompts }, at) => spokenAt(`questions[${at}].prompts`, prompts)),
    ...spokenAt('thanks', node.thanks ?? [THANKS]),
  ],
  check(node) {
    const names = node.questions.map(({ name }) => name);
    return names.flatMap((name, at) =>
      names.indexOf(name) < at ? [`questions[${at}].name: ${name} is an earlier question`] : [],
    );
  },
  enter(node, turn) {
    // Keys that were pressed while somebody talked were not meant for us.
    turn.forgetKeys();
    return ask(node, 0, 0, turn);
  },
  on(node, asking, event, turn) {
    const question = node.questions[asking.at];
    if (!question) return event.type === 'played' ? end(node, turn) : { stay: asking };
    if (event.type === 'played') {
      turn.startTimer((node.timeoutSeconds ?? TIMEOUT_SECONDS) * 1_000);
      return { stay: asking };
    }
    if (event.type === 'timeout') return again(node, asking, turn);
    if (event.type !== 'digit') return { stay: asking };
    turn.quiet();
    if (!/^[1-5]$/.test(event.digit)) return again(node, asking, turn);
    turn.effect({ type: 'surveyAnswer', question: question.name, score: Number(event.digit) });
    return ask(node, asking.at + 1, 0, turn);
  },
};

function ask(node: Survey, at: number, failures: number, turn: Turn): Outcome<Asking> {
  turn.play(node.questions[at]?.prompts ?? node.thanks ?? [THANKS]);
  return { stay: { at, failures } };
}

function again(node: Survey, { at, failures }: Asking, turn: Turn): Outcome<Asking> {
  if (failures >= (node.retries ?? 1)) return ask(node, at + 1, 0, turn);
  return ask(node, at, failures + 1, turn);
}

function end(node: Survey, turn: Turn): Outcome<Asking> {
  if (node.next) return { to: node.next };
  turn.effect({ type: 'hangup', reason: 'flowEnded' });
  return OVER;
}
