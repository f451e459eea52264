import type { CalendarConfig } from '../model/calendar.ts';
import { calendarId } from '../model/ids.ts';
import type { Turn } from './turn.ts';

/** The calendar that a node names, or the one of the number that was called. */
export function calendarIn(
  { calendar }: { readonly calendar?: string },
  { context, world }: Turn,
): CalendarConfig | undefined {
  const id = calendar === undefined ? context.calendarId : calendarId(calendar);
  return id && world.calendars.get(id);
}
