import Type, { type Static } from 'typebox';
import { type NodeKind, type Outcome, OVER, spokenAt } from '../node.ts';
import type { Texts } from '../prompt-schema.ts';
import type { Turn } from '../turn.ts';

/**
 * Finds out who is calling; the context then holds the status, the name and more. Blocked callers are refused here,
 * unless the flow says where they go instead: a flow that forgets them does not serve them.
 *
 *   entered ─▶ asking ──identified, timeout──▶ `next`
 *                 └──identified: blocked──▶ `blocked`, or refusing ──played──▶ hangup
 *
 * | event      | in       | comes to                                                             |
 * |------------|----------|----------------------------------------------------------------------|
 * | entered    |          | identify, and a time limit: a slow directory never keeps a caller    |
 * | identified | asking   | the context is the one that came, `next`                             |
 * | identified | asking   | of a blocked caller: `blocked`, or a polite sentence in their language |
 * | timeout    | asking   | the caller stays what they were (unknown), `next`                    |
 * | digit      | asking   | the key is kept for the next menu                                    |
 * | played     | refusing | hangup, refused                                                      |
 */
const Identify = Type.Object(
  {
    type: Type.Literal('identify'),
    timeoutSeconds: Type.Optional(Type.Number({ minimum: 0.1, maximum: 10, default: 3 })),
    blocked: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Where blocked callers go. Without it they are refused politely.',
      }),
    ),
    next: Type.String({ minLength: 1 }),
  },
  { additionalProperties: false },
);
type Identify = Static<typeof Identify>;

const TIMEOUT_SECONDS = 3;
const REFUSAL: Texts = {
  es: 'Lo sentimos, no podemos atender su llamada. Adiós.',
  en: 'We are sorry, we cannot take your call. Goodbye.',
};

export const identify: NodeKind<Identify, 'asking' | 'refusing'> = {
  type: 'identify',
  summary: 'Finds out who is calling.',
  schema: Identify,
  exits: (node) => [
    { to: node.next, place: 'next', paced: false },
    ...(node.blocked ? [{ to: node.blocked, place: 'blocked', paced: false }] : []),
  ],
  prompts: (node) => spokenAt('blocked', node.blocked === undefined ? [REFUSAL] : undefined),
  enter(node, turn) {
    turn.effect({ type: 'identify' });
    turn.startTimer((node.timeoutSeconds ?? TIMEOUT_SECONDS) * 1_000);
    return { stay: 'asking' };
  },
  on(node, local, event, turn) {
    if (local === 'refusing') {
      if (event.type !== 'played') return { stay: local };
      turn.effect({ type: 'hangup', reason: 'refused' });
      return OVER;
    }
    if (event.type === 'digit') turn.keep(event.digit);
    if (event.type === 'timeout') {
      turn.note('caller.notIdentified', { why: 'timeout' });
      return { to: node.next };
    }
    if (event.type !== 'identified') return { stay: local };
    turn.setContext(event.context);
    const { status, contactId, language } = turn.context;
    turn.note('caller.identified', { status, language, ...(contactId ? { contactId } : {}) });
    return status === 'blocked' ? refuse(node, turn) : { to: node.next };
  },
};

function refuse(node: Identify, turn: Turn): Outcome<'refusing'> {
  if (node.blocked !== undefined) return { to: node.blocked };
  turn.play([REFUSAL]);
  return { stay: 'refusing' };
}
