import { DAY_MS, type EpochMs } from './clock.ts';

/** The wall clock of a place. The month is 1 to 12. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const HOUR_MS = 3_600_000;
/** No zone has ever been further from UTC, nor changed its clocks by more. */
const OFFSET_MS_MAX = 26 * HOUR_MS;

/** A formatter costs a hundred times what a question to it costs. As many as there are zones in use. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** A thousand agents of a zone share their midnights. */
const instants = new Map<string, EpochMs>();
const INSTANTS_MAX = 4_096;

/** By zone and day of UTC, how far its clocks are ahead of it all day long; undefined: they change on that day. */
const steadyOffsets = new Map<string, Map<number, number | undefined>>();
const STEADY_DAYS_MAX = 4_096;

/** Whether the name is one of the IANA time zone database, as `Europe/Madrid`. Offsets like `+01:00` are none. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What the clocks on the wall show. Throws on a name that is no zone. */
export function localTime(zone: string, at: EpochMs): LocalTime {
  const found: Record<string, number> = {};
  for (const { type, value } of formatterOf(zone).formatToParts(at)) found[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = found;
  return { year, month, day, hour, minute, second };
}

/** The local month and day: `2026-11`, `2026-11-22`. Labels of one kind stand in the order of time. */
export const monthOf = (zone: string, at: EpochMs): string => dayOf(zone, at).slice(0, 7);

export const dayOf = (zone: string, at: EpochMs): string => dateLabel(at + offsetOn(zone, at));

export function monthAfter(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return dateLabel(Date.UTC(year, number, 1)).slice(0, 7);
}

export const dayAfter = (day: string): string => dateLabel(dateOf(day) + DAY_MS);

export const monthStart = (zone: string, month: string): EpochMs =>
  instantOf(zone, dateOf(`${month}-01`));

/** The first instant of the month or day after the one named. */
export const monthEnd = (zone: string, month: string): EpochMs =>
  monthStart(zone, monthAfter(month));

export const dayEnd = (zone: string, day: string): EpochMs => instantOf(zone, dateOf(day) + DAY_MS);

/** A day as if it were UTC's: what date arithmetic is done with. Its weekday is the day's own. */
export const dateOf = (day: string): EpochMs => Date.parse(`${day}T00:00:00Z`);

/** A day that there is, as `2026-11-30`: the 30th of February is none. */
export const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  Number.isFinite(dateOf(text)) &&
  dateLabel(dateOf(text)) === text;

const CALENDAR_ENDS = Date.UTC(9_999, 0, 1);

/** Whether days can be counted there: a label has four digits for the year, also a day later, and a zone has clocks. */
export const isOnCalendar = (at: EpochMs): boolean => at >= 0 && at < CALENDAR_ENDS;

export const dateLabel = (date: EpochMs): string => new Date(date).toISOString().slice(0, 10);

/**
 * When the clocks show `wall`, which is a local time written as if it were UTC's. A time that comes twice, when
 * clocks go back, is the first of the two; one that never comes, when they go forward, is the moment they do.
 */
export function instantOf(zone: string, wall: EpochMs): EpochMs {
  const key = `${zone} ${wall}`;
  const known = instants.get(key);
  if (known !== undefined) return known;
  if (instants.size >= INSTANTS_MAX) instants.clear();
  const found = findInstant(zone, wall);
  instants.set(key, found);
  return found;
}

function findInstant(zone: string, wall: EpochMs): EpochMs {
  const before = offsetAt(zone, wall - OFFSET_MS_MAX);
  const after = offsetAt(zone, wall + OFFSET_MS_MAX);
  if (before === after) return wall - before;
  const early = wall - Math.max(before, after);
  const late = wall - Math.min(before, after);
  if (early + offsetAt(zone, early) === wall) return early;
  if (late + offsetAt(zone, late) === wall) return late;
  return transition(zone, early, late);
}

/** The moment between the two at which the offset changes, by halves. */
function transition(zone: string, from: EpochMs, to: EpochMs): EpochMs {
  const old = offsetAt(zone, from);
  let low = from;
  let high = to;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle) === old) low = middle;
    else high = middle;
  }
  return high;
}

/** As the clocks show it, with how far they are from UTC: `2026-10-25T02:15+01:00` comes after `…02:15+02:00`. */
export const localLabel = (zone: string, at: EpochMs): string => labelOf(at, offsetOn(zone, at));

function labelOf(at: EpochMs, offset: number): string {
  const minutes = Math.abs(offset) / 60_000;
  const wall = new Date(at + offset).toISOString().slice(0, 16);
  return `${wall}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

const two = (value: number): string => String(Math.trunc(value)).padStart(2, '0');

/** {@link offsetAt}, and on a day whose clocks do not change they are asked once. */
function offsetOn(zone: string, at: EpochMs): number {
  const days = steadyOffsets.get(zone) ?? new Map<number, number | undefined>();
  if (days.size === 0) steadyOffsets.set(zone, days);
  const day = Math.floor(at / DAY_MS);
  const known = days.get(day);
  if (known !== undefined) return known;
  if (!days.has(day)) {
    if (days.size >= STEADY_DAYS_MAX) days.clear();
    const [begins, ends] = [offsetAt(zone, day * DAY_MS), offsetAt(zone, (day + 1) * DAY_MS)];
    days.set(day, begins === ends ? begins : undefined);
  }
  return days.get(day) ?? offsetAt(zone, at);
}

/** How far the clocks are ahead of UTC. */
function offsetAt(zone: string, at: EpochMs): number {
  const whole = Math.floor(at / 1_000) * 1_000;
  const { year, month, day, hour, minute, second } = localTime(zone, whole);
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known) return known;
  // `en-US` writes plain digits and `h23` counts from 0: nothing of the machine's own language gets in.
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(zone, made);
  return made;
}
