import type { CalendarConfig } from '../model/calendar.ts';
import { calendarId } from '../model/ids.ts';
import type { Known } from './node.ts';
import type { Turn } from './turn.ts';

interface NamesCalendar {
  readonly calendar?: string;
}

/** The calendar that a node names, or the one of the number that was called. */
export function calendarIn(
  { calendar }: NamesCalendar,
  { context, world }: Turn,
): CalendarConfig | undefined {
  const id = calendar === undefined ? context.calendarId : calendarId(calendar);
  return id && world.calendars.get(id);
}

/** For the checker: a calendar that is named has to be there. */
export const unknownCalendar = (
  { calendar }: NamesCalendar,
  { calendarIds }: Known,
): readonly string[] =>
  calendar === undefined || calendarIds.includes(calendar)
    ? []
    : [`calendar: there is no calendar ${calendar}`];
