import Type, { type Static } from 'typebox';
import type { NodeKind } from '../node.ts';

/**
 * Finds out who is calling; the context then holds the status, the name and more.
 *
 * | event      | comes to                                                             |
 * |------------|----------------------------------------------------------------------|
 * | entered    | identify, and a time limit: a slow directory never keeps a caller    |
 * | identified | the context is the one that came, `next`                             |
 * | timeout    | the caller stays what they were (unknown), `next`                    |
 * | digit      | the key is kept for the next menu                                    |
 */
const Identify = Type.Object(
  {
    type: Type.Literal('identify'),
    timeoutSeconds: Type.Optional(Type.Number({ minimum: 0.1, maximum: 10, default: 3 })),
    next: Type.String({ minLength: 1 }),
  },
  { additionalProperties: false },
);

const TIMEOUT_SECONDS = 3;

export const identify: NodeKind<Static<typeof Identify>, null> = {
  type: 'identify',
  schema: Identify,
  exits: (node) => [{ to: node.next, place: 'next', paced: false }],
  prompts: () => [],
  enter(node, turn) {
    turn.effect({ type: 'identify' });
    turn.startTimer((node.timeoutSeconds ?? TIMEOUT_SECONDS) * 1_000);
    return { stay: null };
  },
  on(node, local, event, turn) {
    if (event.type === 'digit') turn.keep(event.digit);
    if (event.type === 'timeout') {
      turn.note('caller.notIdentified', { why: 'timeout' });
      return { to: node.next };
    }
    if (event.type !== 'identified') return { stay: local };
    turn.setContext(event.context);
    const { status, contactId, language } = turn.context;
    turn.note('caller.identified', { status, language, ...(contactId ? { contactId } : {}) });
    return { to: node.next };
  },
};
