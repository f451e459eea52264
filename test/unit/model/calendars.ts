import type { WeeklyHours } from '../../../src/lib/hours.ts';
import type { CalendarConfig } from '../../../src/model/calendar.ts';
import { calendarId } from '../../../src/model/ids.ts';

export const OFFICE: WeeklyHours = [
  { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '14:00' },
  { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '16:00', to: '19:30' },
  { days: ['sat'], from: '10:00', to: '14:00' },
];

/** A shop in Madrid, open in the mornings and the afternoons. */
export const calendarOf = (own: Partial<CalendarConfig> = {}): CalendarConfig => ({
  id: calendarId('tienda'),
  name: 'Tienda',
  zone: 'Europe/Madrid',
  hours: OFFICE,
  holidays: [],
  phones: [],
  ...own,
});
