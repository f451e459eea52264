import Type, { type Static } from 'typebox';
import { type NodeKind, type Outcome, OVER, spokenAt } from '../node.ts';
import { PromptRefs } from '../prompt-schema.ts';
import type { Turn } from '../turn.ts';

/**
 * Says goodbye and ends the call. `refused` is for callers whom the company will not serve.
 *
 * | event   | with         | comes to                                  |
 * |---------|--------------|-------------------------------------------|
 * | entered | no `prompts` | hangup                                    |
 * | entered | `prompts`    | play                                      |
 * | played  |              | hangup                                    |
 */
const Hangup = Type.Object(
  {
    type: Type.Literal('hangup'),
    prompts: Type.Optional(PromptRefs),
    reason: Type.Optional(Type.Enum(['flowEnded', 'refused'], { default: 'flowEnded' })),
  },
  { additionalProperties: false },
);
type Hangup = Static<typeof Hangup>;

export const hangup: NodeKind<Hangup, null> = {
  type: 'hangup',
  summary: 'Says goodbye and ends the call.',
  schema: Hangup,
  exits: () => [],
  prompts: (node) => spokenAt('prompts', node.prompts),
  enter(node, turn) {
    if (!node.prompts) return end(node, turn);
    turn.play(node.prompts);
    return { stay: null };
  },
  on: (node, local, event, turn) => (event.type === 'played' ? end(node, turn) : { stay: local }),
};

function end(node: Hangup, turn: Turn): Outcome<null> {
  turn.effect({ type: 'hangup', reason: node.reason ?? 'flowEnded' });
  return OVER;
}
