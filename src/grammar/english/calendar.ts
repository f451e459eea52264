import type { Day, DayStyle, TimeOfDay } from '../moments.ts';
import { inWords, ordinalInWords, yearInWords } from './numbers.ts';

export const MONTHS =
  'January February March April May June July August September October November December'.split(
    ' ',
  );
export const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

export function dateInWords({ year, month, day, weekday }: Day, style: DayStyle): string {
  const date = `${MONTHS[month - 1]} ${ordinalInWords(day)}`;
  const withDay = style.weekday ? `${WEEKDAYS[weekday]}, ${date}` : date;
  return style.year ? `${withDay}, ${yearInWords(year)}` : withDay;
}

/** "noon", "three p.m.", "twelve oh five a.m.". */
export function timeInWords({ hour, minute }: TimeOfDay): string {
  if (minute === 0 && hour % 12 === 0) return hour === 0 ? 'midnight' : 'noon';
  const half = hour < 12 ? 'a.m.' : 'p.m.';
  return [inWords(((hour + 11) % 12) + 1), ...minuteWords(minute), half].join(' ');
}

export function time24InWords({ hour, minute }: TimeOfDay): string {
  const hours = hour > 0 && hour < 10 ? `zero ${inWords(hour)}` : inWords(hour);
  return [hours, ...(minute === 0 ? ['hundred hours'] : minuteWords(minute))].join(' ');
}

function minuteWords(minute: number): readonly string[] {
  if (minute === 0) return [];
  return minute < 10 ? ['oh', inWords(minute)] : [inWords(minute)];
}
