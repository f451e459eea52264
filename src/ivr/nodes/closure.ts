import Type, { type Static } from 'typebox';
import { Hidden } from '../../lib/hidden.ts';
import { dayEnd, dayOf } from '../../lib/zone.ts';
import type { CalendarConfig, Closure as ClosureFact } from '../../model/calendar.ts';
import { variableName } from '../assignments.ts';
import { exitsAt, type NodeKind, type Outcome } from '../node.ts';
import { calendarIn, unknownCalendar } from '../opening-hours.ts';
import type { Turn } from '../turn.ts';
import type { FlowEvent } from '../vocabulary.ts';

/**
 * Closes a calendar at once or opens it again, for somebody who has typed its PIN into a `collect` with `secret`; or
 * only finds out how things are. It says nothing itself, so that a flow chooses its words.
 *
 *   entered ─▶ asking ──closureAnswered──▶ `open`, `closed`, `refused`, `locked`, `failed`
 *      └─ nothing was typed, or there is no calendar: `refused`
 *
 * | event           | with    | comes to                                                              |
 * |-----------------|---------|-----------------------------------------------------------------------|
 * | entered         |         | closure, and a time limit                                             |
 * | closureAnswered | open    | it is not closed, or no longer: `open`                                |
 * | closureAnswered | closed  | it is closed, or now it is: `closed`                                  |
 * | closureAnswered | refused | a wrong PIN: `refused`                                                |
 * | closureAnswered | locked  | too many of them: `locked`, or `refused`                              |
 * | closureAnswered | failed  | it could not be done: `failed`, or `refused`                          |
 * | timeout         |         | as failed                                                             |
 * | digit           |         | the key is kept for whoever asks next                                 |
 *
 * `calendarName` is a variable from then on.
 */
const NodeName = Type.String({ minLength: 1 });

const Closure = Type.Object(
  {
    type: Type.Literal('closure'),
    calendar: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Absent: the one of the phone that dialled *75, or of the number called.',
      }),
    ),
    do: Type.Enum(['check', 'close', 'open']),
    until: Type.Optional(
      Type.Enum(['lifted', 'tonight'], {
        default: 'lifted',
        description: 'Of `close`: until somebody opens it, or to the end of the day.',
      }),
    ),
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 200, default: 'phone' })),
    pin: variableName({
      description: 'The secret that holds the PIN: of a `collect` with `secret`.',
    }),
    open: NodeName,
    closed: NodeName,
    refused: NodeName,
    locked: Type.Optional(NodeName),
    failed: Type.Optional(NodeName),
  },
  { additionalProperties: false },
);
type Closure = Static<typeof Closure>;
type Answered = Extract<FlowEvent, { type: 'closureAnswered' }>;

/** The shell answers within less; this is for one that does not. */
const LIMIT_MS = 20_000;
const EXITS = ['open', 'closed', 'refused', 'locked', 'failed'] as const;

interface Asking {
  /** Which answer is waited for. */
  readonly id: number;
}

export const closure: NodeKind<Closure, Asking> = {
  type: 'closure',
  summary: 'Closes the company at once, or opens it again, for whoever knows the PIN.',
  schema: Closure,
  exits: (node) => exitsAt(node, EXITS),
  prompts: () => [],
  check: unknownCalendar,
  enter(node, turn) {
    const calendar = calendarIn(node, turn);
    const pin = turn.secret(node.pin) ?? '';
    if (!calendar || pin === '') return leave(node, 'refused', turn);
    const { context } = turn;
    const variables = { ...context.variables, calendarName: calendar.name };
    turn.setContext({ ...context, variables });
    turn.startTimer(LIMIT_MS);
    const id = turn.state.timerId;
    const order = { id, calendarId: calendar.id, pin: new Hidden(pin) };
    turn.effect({ type: 'closure', ...order, ...wishOf(node, calendar, turn) });
    return { stay: { id } };
  },
  on(node, local, event, turn) {
    if (event.type === 'digit') turn.keep(event.digit);
    if (event.type === 'timeout') return leave(node, 'failed', turn);
    if (event.type !== 'closureAnswered' || event.id !== local.id) return { stay: local };
    return leave(node, event.result, turn);
  },
};

type Wish = { readonly do: 'check' | 'open' } | ({ readonly do: 'close' } & NewClosure);
type NewClosure = Pick<ClosureFact, 'reason' | 'until'>;

function wishOf(node: Closure, { zone }: CalendarConfig, { now }: Turn): Wish {
  if (node.do !== 'close') return { do: node.do };
  const until = node.until === 'tonight' ? { until: dayEnd(zone, dayOf(zone, now)) } : {};
  return { do: 'close', reason: node.reason ?? 'phone', ...until };
}

function leave(node: Closure, result: Answered['result'], turn: Turn): Outcome<Asking> {
  turn.note('calendar.asked', { node: turn.state.node, do: node.do, result });
  return { to: node[result] ?? node.refused };
}
