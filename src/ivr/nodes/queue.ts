import Type, { type Static } from 'typebox';
import { MapOf } from '../../lib/map-schema.ts';
import type { CallContext } from '../../model/call.ts';
import { queueId } from '../../model/ids.ts';
import {
  PRIORITY_DEFAULT,
  PRIORITY_MAX,
  PRIORITY_MIN,
  PRIORITY_VIP_BONUS,
} from '../../model/queue.ts';
import { type Exit, type NodeKind, type Outcome, OVER, spokenAt } from '../node.ts';
import { PromptRefs, type Texts } from '../prompt-schema.ts';
import type { Turn } from '../turn.ts';
import type { FlowEvent } from '../vocabulary.ts';

/**
 * Hands the call to a queue.
 *
 *   entered ─▶ queued ──queueLeft──▶ onTimeout / onFull / onOverflow, where given
 *               │  ▲ └──queueLeft──▶ goodbye ──played──▶ hangup
 *               │  └─returned─┐
 *               │         talking ──agentLeft──▶ afterCall
 *               └─connected──▲
 *
 * | event                        | in      | comes to                                                  |
 * |------------------------------|---------|-----------------------------------------------------------|
 * | entered                      |         | enqueue; keys typed ahead are forgotten                   |
 * | digit of `onKey`             | queued  | its node; the call goes on waiting, see below             |
 * | queueLeft timeout            | queued  | `onTimeout`, or goodbye                                   |
 * | queueLeft full, unknownQueue | queued  | `onFull`, or goodbye                                      |
 * | queueLeft overflow           | queued  | `onOverflow` for that exit, else as timeout               |
 * | connected                    | any     | talking; whatever node a key led to is left (interpreter) |
 * | returned                     | talking | queued: the agent's leg died, the place is kept           |
 * | agentLeft                    | talking | `afterCall`, or hangup                                    |
 * | played                       | goodbye | hangup                                                    |
 *
 * A key costs nobody their place: while the flow is in the nodes that it leads to, the call waits in the queue and may
 * be answered. It comes back to the queue by entering this node again, and leaves it when the flow does what cannot be
 * done while waiting: a message, a transfer, another queue, hanging up.
 */
const NodeName = Type.String({ minLength: 1 });

const Queue = Type.Object(
  {
    type: Type.Literal('queue'),
    queue: Type.String({ minLength: 1 }),
    priority: Type.Optional(
      Type.Integer({ minimum: PRIORITY_MIN, maximum: PRIORITY_MAX, default: PRIORITY_DEFAULT }),
    ),
    requiredSkills: Type.Optional(MapOf(Type.Integer({ minimum: 1, maximum: 10 }))),
    onTimeout: Type.Optional(Type.String({ minLength: 1 })),
    onFull: Type.Optional(Type.String({ minLength: 1 })),
    onOverflow: Type.Optional(
      Type.Union([NodeName, MapOf(NodeName, { minProperties: 1 })], {
        description:
          'Where to go when a rule of overflow of the queue names an exit: one node for all, or one for each exit.',
      }),
    ),
    goodbye: Type.Optional(PromptRefs),
    onKey: Type.Optional(
      MapOf(NodeName, {
        pattern: '^[0-9*#]$',
        minProperties: 1,
        description: 'Where a key leads while the caller waits; the place is kept meanwhile.',
      }),
    ),
    keyPrompts: Type.Optional(PromptRefs),
    afterCall: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Where the caller goes when the agent has hung up; absent: the call is over.',
      }),
    ),
  },
  { additionalProperties: false },
);
type Queue = Static<typeof Queue>;
type Phase = 'queued' | 'talking' | 'goodbye';
type QueueLeft = Extract<FlowEvent, { type: 'queueLeft' }>;

const GOODBYE: Texts = {
  es: 'En este momento no podemos atenderle. Por favor, vuelva a llamarnos más tarde. Gracias.',
  en: 'We cannot take your call right now. Please call again later. Thank you.',
};

export const queue: NodeKind<Queue, Phase> = {
  type: 'queue',
  summary: 'Hands the call to a queue.',
  schema: Queue,
  ends: true,
  exits: (node) => [
    ...(node.onTimeout ? [{ to: node.onTimeout, place: 'onTimeout', paced: true }] : []),
    // A full queue says so at once: going back to it would go round for ever.
    ...(node.onFull ? [{ to: node.onFull, place: 'onFull', paced: false }] : []),
    ...overflowExits(node),
    ...Object.entries(node.onKey ?? {}).map(([key, to]) => ({
      to,
      place: `onKey.${key}`,
      paced: true,
    })),
    ...(node.afterCall ? [{ to: node.afterCall, place: 'afterCall', paced: true }] : []),
  ],
  prompts: (node) => [
    ...spokenAt('goodbye', node.goodbye ?? [GOODBYE]),
    ...spokenAt('keyPrompts', node.keyPrompts),
  ],
  check: (node, known) => [
    ...(known.queueIds.includes(node.queue) ? [] : [`queue: there is no queue ${node.queue}`]),
    ...(node.keyPrompts && !node.onKey ? ['keyPrompts: there is no key to be told of'] : []),
  ],
  enter(node, turn) {
    turn.forgetKeys();
    turn.effect({
      type: 'enqueue',
      queueId: queueId(node.queue),
      priority: priorityOf(node, turn.context),
      requiredSkills: node.requiredSkills ?? {},
      ...(node.keyPrompts ? { alsoSaid: turn.spoken(node.keyPrompts) } : {}),
      ...(node.afterCall === undefined ? {} : { goesOnAfterwards: true }),
    });
    turn.waitsHere();
    return { stay: 'queued' };
  },
  on(node, phase, event, turn) {
    if (phase === 'queued') return waiting(node, event, turn);
    if (phase === 'talking') return talking(node, event, turn);
    if (event.type !== 'played') return { stay: phase };
    turn.effect({ type: 'hangup', reason: 'flowEnded' });
    return OVER;
  },
};

function waiting(node: Queue, event: FlowEvent, turn: Turn): Outcome<Phase> {
  if (event.type === 'queueLeft') return left(node, event, turn);
  if (event.type !== 'digit') return { stay: 'queued' };
  const to = Object.hasOwn(node.onKey ?? {}, event.digit) ? node.onKey?.[event.digit] : undefined;
  if (to === undefined) return { stay: 'queued' };
  turn.note('flow.keyInQueue', { node: turn.state.node, key: event.digit, next: to });
  turn.effect({ type: 'elsewhere' });
  return { to };
}

function talking(node: Queue, event: FlowEvent, turn: Turn): Outcome<Phase> {
  if (event.type === 'returned') return { stay: 'queued' };
  if (event.type !== 'agentLeft') return { stay: 'talking' };
  turn.waitsNoMore();
  if (node.afterCall !== undefined) return { to: node.afterCall };
  turn.effect({ type: 'hangup', reason: 'flowEnded' });
  return OVER;
}

function left(node: Queue, event: QueueLeft, turn: Turn): Outcome<Phase> {
  const { type: _, ...how } = event;
  turn.waitsNoMore();
  turn.note('flow.queueLeft', { node: turn.state.node, queue: node.queue, ...how });
  const to = wayOut(node, event);
  if (to !== undefined) return { to };
  turn.play(node.goodbye ?? [GOODBYE]);
  return { stay: 'goodbye' };
}

function wayOut(node: Queue, event: QueueLeft): string | undefined {
  switch (event.why) {
    case 'timeout':
      return node.onTimeout;
    case 'overflow':
      return overflowTo(node, event.exit) ?? node.onTimeout;
    default:
      return node.onFull;
  }
}

function overflowTo({ onOverflow }: Queue, exit: string): string | undefined {
  if (typeof onOverflow !== 'object') return onOverflow;
  return Object.hasOwn(onOverflow, exit) ? onOverflow[exit] : undefined;
}

/** Overflow may come at once: going back to the queue would go round for ever. */
function overflowExits({ onOverflow }: Queue): readonly Exit[] {
  if (onOverflow === undefined) return [];
  if (typeof onOverflow === 'string')
    return [{ to: onOverflow, place: 'onOverflow', paced: false }];
  return Object.entries(onOverflow).map(([exit, to]) => ({
    to,
    place: `onOverflow.${exit}`,
    paced: false,
  }));
}

export function priorityOf(node: { readonly priority?: number }, { status }: CallContext): number {
  const bonus = status === 'vip' ? PRIORITY_VIP_BONUS : 0;
  return Math.min(PRIORITY_MAX, (node.priority ?? PRIORITY_DEFAULT) + bonus);
}
