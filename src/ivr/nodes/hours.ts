import Type, { type Static } from 'typebox';
import { DAY_MS } from '../../lib/clock.ts';
import { dayOf, localTime } from '../../lib/zone.ts';
import type { CalendarConfig } from '../../model/calendar.ts';
import { type Opening, openingAt } from '../../model/opening.ts';
import { exitsAt, type NodeKind, type Outcome } from '../node.ts';
import { calendarIn, unknownCalendar } from '../opening-hours.ts';
import type { Turn } from '../turn.ts';

/**
 * Asks a calendar whether the place is open: the one that is named, or the one of the number that was called. A call
 * whose number has none, or whose calendar was removed meanwhile, finds it open.
 *
 * | state     | comes to                                                                        |
 * |-----------|---------------------------------------------------------------------------------|
 * | open      | `open`                                                                          |
 * | closed    | `closed`                                                                        |
 * | holiday   | `holiday`, else `closed`                                                        |
 * | emergency | the closure's own message, if it has one, then `emergency`, else `closed`       |
 *
 * | event  | in            | comes to                                    |
 * |--------|---------------|---------------------------------------------|
 * | played | its message   | the exit                                    |
 * | digit  | its message   | the key is kept for the next menu, the exit |
 *
 * Variables say what was found: `hours` (open, closed, holiday, emergency), `hoursReason` (the holiday's name, why it
 * was closed), and, while it is known, when it opens next on the clocks of the site: `opensAt` (2026-11-23T09:00) and
 * `opensIn`, the midnights until then: 0 is today, 1 tomorrow.
 */
const NodeName = Type.String({ minLength: 1 });

const Hours = Type.Object(
  {
    type: Type.Literal('hours'),
    calendar: Type.Optional(
      Type.String({ minLength: 1, description: 'Absent: the calendar of the number called.' }),
    ),
    open: NodeName,
    closed: NodeName,
    holiday: Type.Optional(NodeName),
    emergency: Type.Optional(NodeName),
  },
  { additionalProperties: false },
);
type Hours = Static<typeof Hours>;

const EXITS = ['open', 'closed', 'holiday', 'emergency'] as const;

/** Where to go when the message is over. */
type Saying = { readonly to: string };

export const hours: NodeKind<Hours, Saying> = {
  type: 'hours',
  summary: 'Asks a calendar whether the place is open.',
  schema: Hours,
  exits: (node) => exitsAt(node, EXITS),
  prompts: () => [],
  check: unknownCalendar,
  enter(node, turn) {
    const calendar = calendarIn(node, turn);
    const opening = calendar ? openingAt(calendar, turn.now) : ({ state: 'open' } as const);
    turn.note('flow.hours', { node: turn.state.node, state: opening.state, ...named(calendar) });
    learn(opening, calendar, turn);
    return leave(node, opening, turn);
  },
  on(_node, local, event, turn) {
    if (event.type === 'digit') turn.keep(event.digit);
    return event.type === 'digit' || event.type === 'played' ? local : { stay: local };
  },
};

const named = (calendar: CalendarConfig | undefined): { readonly calendar?: string } =>
  calendar ? { calendar: calendar.id } : {};

function leave(node: Hours, opening: Opening, turn: Turn): Outcome<Saying> {
  const to = node[opening.state] ?? node.closed;
  if (opening.state !== 'emergency' || !opening.closure.message || turn.hasKeys) return { to };
  turn.play([opening.closure.message]);
  return { stay: { to } };
}

/** What an earlier calendar said is forgotten. */
function learn(opening: Opening, calendar: CalendarConfig | undefined, turn: Turn): void {
  const { hours: _, hoursReason, opensAt, opensIn, ...variables } = turn.context.variables;
  turn.setContext({
    ...turn.context,
    variables: {
      ...variables,
      hours: opening.state,
      ...reasonOf(opening),
      ...(calendar ? nextOf(opening, calendar, turn) : {}),
    },
  });
}

function reasonOf(opening: Opening): { readonly hoursReason?: string } {
  if (opening.state === 'holiday') return { hoursReason: opening.name };
  return opening.state === 'emergency' ? { hoursReason: opening.closure.reason } : {};
}

function nextOf(
  opening: Opening,
  { zone }: CalendarConfig,
  { now }: Turn,
): Readonly<Record<string, string>> {
  if (opening.state === 'open' || opening.opensAt === undefined) return {};
  const day = dayOf(zone, opening.opensAt);
  const { hour, minute } = localTime(zone, opening.opensAt);
  const midnights = (Date.parse(day) - Date.parse(dayOf(zone, now))) / DAY_MS;
  return { opensAt: `${day}T${two(hour)}:${two(minute)}`, opensIn: String(midnights) };
}

const two = (value: number): string => String(value).padStart(2, '0');
