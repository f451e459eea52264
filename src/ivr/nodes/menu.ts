import Type, { type Static } from 'typebox';
import { AskingFields, askAgain, askingPrompts, awaitAnswer, failedExit } from '../asking.ts';
import { Assignments, assignedExpressions, learn } from '../assignments.ts';
import type { NodeKind, Outcome } from '../node.ts';
import type { Turn } from '../turn.ts';
import { Key, repeatedKeys, unspokenLanguages } from './choices.ts';

/**
 * Asks for one key.
 *
 *              ┌────────────────── noInput, noMatch: once more, `retries` times ──────────────┐
 *              ▼                                                                              │
 *   entered ─▶ prompting ──played──▶ waiting ──timeout──▶ no input ──┬──────────────────────▶─┤
 *      │          │ digit: stop         │ digit                       └─ too often ─▶ `failed` │
 *      │          ▼                     ▼                                         ▲           │
 *      └─key ──▶ a choice? ──yes──▶ its `next`         no match ──────────────────┴───────────┘
 *     ahead
 *
 * | event   | in        | comes to                                                                  |
 * |---------|-----------|---------------------------------------------------------------------------|
 * | entered |           | a key typed ahead is taken as the answer; otherwise the prompts are played |
 * | played  | prompting | waiting, `timeoutSeconds`                                                 |
 * | digit   | both      | the prompt stops; the choice of that key, or no match                     |
 * | timeout | waiting   | no input                                                                  |
 *
 * After a wrong key everything typed ahead is forgotten: it was meant for another menu.
 */
const Choice = Type.Object(
  { key: Key, set: Type.Optional(Assignments), next: Type.String({ minLength: 1 }) },
  { additionalProperties: false },
);

const Menu = Type.Object(
  {
    type: Type.Literal('menu'),
    ...AskingFields,
    choices: Type.Array(Choice, { minItems: 1, maxItems: 16 }),
  },
  { additionalProperties: false },
);
type Menu = Static<typeof Menu>;

interface Asking {
  /** How often the caller has failed to answer. */
  readonly failures: number;
}

export const menu: NodeKind<Menu, Asking> = {
  type: 'menu',
  summary: 'Asks for one key.',
  schema: Menu,
  exits: (node) => [
    ...node.choices.map((choice, at) => ({
      to: choice.next,
      place: `choices[${at}].next`,
      paced: true,
    })),
    failedExit(node),
  ],
  prompts: askingPrompts,
  expressions: (node) =>
    node.choices.flatMap(({ set }, at) => assignedExpressions(set, `choices[${at}].set`)),
  check: ({ choices }, { languages }) => [
    ...repeatedKeys(choices),
    ...unspokenLanguages(choices, languages),
  ],
  enter(node, turn) {
    const key = turn.takeKey();
    if (key !== undefined) return answer(node, { failures: 0 }, key, turn);
    turn.play(node.prompts);
    return { stay: { failures: 0 } };
  },
  on(node, local, event, turn) {
    if (event.type === 'digit') return answer(node, local, event.digit, turn);
    if (event.type === 'timeout') return failure(node, local, 'noInput', turn);
    if (event.type === 'played') awaitAnswer(node, turn);
    return { stay: local };
  },
};

function answer(node: Menu, local: Asking, key: string, turn: Turn): Outcome<Asking> {
  turn.quiet();
  const choice = node.choices.find((candidate) => String(candidate.key) === key);
  if (!choice) return failure(node, local, 'noMatch', turn);
  turn.note('flow.choice', { node: turn.state.node, key, next: choice.next });
  learn(choice.set, turn);
  return { to: choice.next };
}

function failure(
  node: Menu,
  local: Asking,
  why: 'noInput' | 'noMatch',
  turn: Turn,
): Outcome<Asking> {
  const asked = askAgain(node, local.failures, why, turn);
  return 'to' in asked ? asked : { stay: asked };
}
