import { withinLimit } from '../assignments.ts';
import { type Exit, type NodeKind, type Outcome, spokenAt } from '../node.ts';
import type { Texts } from '../prompt-schema.ts';
import { orderOf } from '../request/order.ts';
import { requestProblems } from '../request/problems.ts';
import { LIMIT_MS, Request } from '../request/schema.ts';
import type { Turn } from '../turn.ts';
import type { FlowEvent, RequestAnswer } from '../vocabulary.ts';

/**
 * Asks one of the company's own systems over HTTP, and takes what it answers into variables.
 *
 *   entered ─▶ silent ──300 ms──▶ saying ──played──▶ listening to music, or to nothing
 *                │                  │                     │
 *                └─requested────────┼─requested───────────┴─requested─▶ `next`, `onStatus`, `failed`
 *                                   └─requested─▶ saying to the end ──played──▶ the same
 *
 * | event     | in               | comes to                                                              |
 * |-----------|------------------|-----------------------------------------------------------------------|
 * | entered   |                  | request; a path that lacks a value is not asked for: `failed`         |
 * | timeout   | silent           | `waiting` is played                                                   |
 * | played    | saying           | the way that the answer chose; without one yet, `music`, or silence   |
 * | played    | music            | silence                                                               |
 * | requested | saying           | the sentence is finished first: nobody is cut off in mid-word         |
 * | requested | any other        | variables are set; the way that the answer chose                      |
 * | timeout   | silence          | `failed`: the shell has not answered, which it always does in time    |
 * | digit     | any              | the key is kept for whoever asks next                                 |
 */
/** A silence as short as this is nothing to explain. */
const SILENT_MS = 300;
/** The shell keeps the limit; this is for a shell that does not. */
const GRACE_MS = 1_000;
const WAITING: Texts = { es: 'Un momento, por favor.', en: 'One moment, please.' };

interface Asking {
  /** Which answer is waited for: one to an earlier question changes nothing. */
  readonly id: number;
  readonly phase: 'silent' | 'saying' | 'music' | 'silence';
  /** The way that the answer chose while the sentence was being said. */
  readonly to?: string;
}

export const request: NodeKind<Request, Asking> = {
  type: 'request',
  summary: "Asks one of the company's own systems over HTTP.",
  schema: Request,
  exits: (node) => [
    { to: node.next, place: 'next', paced: false },
    { to: node.failed, place: 'failed', paced: false },
    ...statusExits(node),
  ],
  prompts: (node) => spokenAt('waiting', node.waiting ?? [WAITING]),
  music: ({ music }) => (music === undefined ? [] : [{ name: music, place: 'music' }]),
  check: requestProblems,
  enter(node, turn) {
    const order = orderOf(node, turn.context, (name) => turn.secret(name));
    if (!order.ok) return fail(node, turn, `lacks ${order.error}`);
    turn.startTimer(SILENT_MS);
    const id = turn.state.timerId;
    turn.effect({ type: 'request', id, order: order.value });
    return { stay: { id, phase: 'silent' } };
  },
  on(node, local, event, turn) {
    switch (event.type) {
      case 'digit':
        turn.keep(event.digit);
        return { stay: local };
      case 'requested':
        return event.id === local.id ? answered(node, local, event, turn) : { stay: local };
      case 'timeout':
        if (local.phase !== 'silent') return fail(node, turn, 'no answer');
        turn.play(node.waiting ?? [WAITING]);
        return { stay: { ...local, phase: 'saying' } };
      case 'played':
        return local.to === undefined ? waitOn(node, local, turn) : { to: local.to };
      default:
        return { stay: local };
    }
  },
};

function waitOn(node: Request, local: Asking, turn: Turn): Outcome<Asking> {
  if (local.phase === 'saying' && node.music !== undefined) {
    turn.play([{ audio: node.music }]);
    return { stay: { ...local, phase: 'music' } };
  }
  turn.startTimer((node.limitMs ?? LIMIT_MS) + GRACE_MS);
  return { stay: { ...local, phase: 'silence' } };
}

function answered(
  node: Request,
  local: Asking,
  { answer }: Extract<FlowEvent, { type: 'requested' }>,
  turn: Turn,
): Outcome<Asking> {
  const { ok: good, status } = answer;
  const known = status === undefined ? {} : { status };
  const why = answer.ok ? {} : { why: answer.why };
  turn.note('flow.requested', { node: turn.state.node, ok: good, ...known, ...why });
  learn(node, answer, turn);
  const to = wayOf(node, answer);
  return local.phase === 'saying' ? { stay: { ...local, to } } : { to };
}

/** What the answer does not have is not known any more: an earlier answer's value would be a lie. */
function learn({ set = {} }: Request, answer: RequestAnswer, turn: Turn): void {
  const { context } = turn;
  const kept = Object.entries(context.variables).filter(([name]) => !Object.hasOwn(set, name));
  const learnt = answer.ok ? answer.variables : {};
  const variables = { ...Object.fromEntries(kept), ...learnt };
  turn.setContext({ ...context, variables: withinLimit(variables, context, turn) });
}

function wayOf({ next, failed, onStatus = {} }: Request, answer: RequestAnswer): string {
  if (answer.ok) return next;
  const code = String(answer.status ?? '');
  return onStatus[code] ?? onStatus[`${code.charAt(0)}xx`] ?? failed;
}

function fail(node: Request, turn: Turn, why: string): Outcome<Asking> {
  turn.note('flow.requested', { node: turn.state.node, ok: false, why });
  return { to: node.failed };
}

const statusExits = ({ onStatus = {} }: Request): readonly Exit[] =>
  Object.entries(onStatus).map(([status, to]) => ({
    to,
    place: `onStatus.${status}`,
    paced: false,
  }));
