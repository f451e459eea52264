import Type, { type Static } from 'typebox';
import { type NodeKind, spokenAt } from '../node.ts';
import { PromptRefs } from '../prompt-schema.ts';

/**
 * Says something and goes on.
 *
 * | event   | with                 | comes to                                     |
 * |---------|----------------------|----------------------------------------------|
 * | entered | keys typed ahead     | `next` at once, unless `bargeIn` is false    |
 * | entered |                      | play                                         |
 * | played  |                      | `next`                                       |
 * | digit   | `bargeIn` (default)  | the key is kept for the next menu, `next`    |
 * | digit   | `bargeIn: false`     | the key is kept, the prompt goes on          |
 */
const Play = Type.Object(
  {
    type: Type.Literal('play'),
    prompts: PromptRefs,
    bargeIn: Type.Optional(Type.Boolean({ default: true })),
    next: Type.String({ minLength: 1 }),
  },
  { additionalProperties: false },
);

export const play: NodeKind<Static<typeof Play>, null> = {
  type: 'play',
  summary: 'Says something and goes on.',
  schema: Play,
  exits: (node) => [{ to: node.next, place: 'next', paced: false }],
  prompts: (node) => spokenAt('prompts', node.prompts),
  enter(node, turn) {
    if (turn.hasKeys && node.bargeIn !== false) return { to: node.next };
    turn.play(node.prompts);
    return { stay: null };
  },
  on(node, local, event, turn) {
    if (event.type === 'played') return { to: node.next };
    if (event.type !== 'digit') return { stay: local };
    turn.keep(event.digit);
    return node.bargeIn === false ? { stay: local } : { to: node.next };
  },
};
