import Type, { type Static } from 'typebox';
import type { NodeKind } from '../node.ts';

/**
 * Goes into another flow, and on to `next` when that one comes back by a node `return`. The context goes along and
 * comes back; what the other flow is, is fixed when the call begins.
 *
 *   entered ─▶ the other flow's `start` … its `return` ─▶ `next`
 *                                       … its `hangup`, an agent ─▶ over
 *
 * | event   | comes to                                    |
 * |---------|---------------------------------------------|
 * | entered | the other flow, whose nodes take all events |
 */
const Subflow = Type.Object(
  {
    type: Type.Literal('subflow'),
    flow: Type.String({ minLength: 1, description: 'The id of the other flow.' }),
    next: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Where to go on when it comes back; left out if it never does.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const subflow: NodeKind<Static<typeof Subflow>, null> = {
  type: 'subflow',
  summary: 'Goes into another flow, and on when that comes back.',
  schema: Subflow,
  exits: ({ flow, next }) =>
    next === undefined ? [] : [{ to: next, place: 'next', paced: { byFlow: flow } }],
  prompts: () => [],
  calls: ({ flow, next }) => [{ flow, place: 'flow', ...(next === undefined ? {} : { next }) }],
  // The checker has seen to it that a flow which comes back has somewhere to go on.
  enter: ({ flow, next = '' }) => ({ into: flow, next }),
  on: (_node, local) => ({ stay: local }),
};
