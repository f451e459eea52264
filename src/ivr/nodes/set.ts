import Type, { type Static } from 'typebox';
import { Assignments, assignedExpressions, learn, unspokenLanguage } from '../assignments.ts';
import type { NodeKind } from '../node.ts';

/**
 * Writes down what is known now: intent, language, variables, each as it stands or by an expression. It takes no
 * time.
 *
 *   entered ─▶ learnt ─▶ `next`
 *
 * | event   | with                            | comes to                                       |
 * |---------|---------------------------------|------------------------------------------------|
 * | entered |                                 | the context holds the values, `next`           |
 * | entered | an expression cannot be told    | that field stays as it was; the history has why |
 *
 * All expressions of a node see the call as it was when the node was entered: their order does not matter.
 */
const SetNode = Type.Object(
  {
    type: Type.Literal('set'),
    ...Assignments.properties,
    next: Type.String({ minLength: 1 }),
  },
  { additionalProperties: false },
);

export const set: NodeKind<Static<typeof SetNode>, null> = {
  type: 'set',
  summary: 'Writes down intent, language and variables.',
  schema: SetNode,
  exits: (node) => [{ to: node.next, place: 'next', paced: false }],
  prompts: () => [],
  expressions: (node) => assignedExpressions(node, ''),
  check: (node, { languages }) => unspokenLanguage(node, '', languages),
  enter(node, turn) {
    learn(node, turn);
    return { to: node.next };
  },
  on: (_node, local) => ({ stay: local }),
};
