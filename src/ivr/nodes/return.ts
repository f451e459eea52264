import Type, { type Static } from 'typebox';
import type { NodeKind } from '../node.ts';

/**
 * Goes back to the flow that this one was called by, to the `next` of its `subflow`. In a flow that a call began in it
 * ends the call.
 *
 * | event   | in                          | comes to            |
 * |---------|-----------------------------|---------------------|
 * | entered | a flow called by another    | the other's `next`  |
 * | entered | the flow that began         | hangup              |
 */
const Return = Type.Object({ type: Type.Literal('return') }, { additionalProperties: false });

export const returnNode: NodeKind<Static<typeof Return>, null> = {
  type: 'return',
  summary: 'Goes back to the flow that this one was called by.',
  schema: Return,
  returns: true,
  exits: () => [],
  prompts: () => [],
  enter: () => ({ back: true }),
  on: (_node, local) => ({ stay: local }),
};
