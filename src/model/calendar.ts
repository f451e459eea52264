import type { EpochMs } from '../lib/clock.ts';
import type { WeeklyHours } from '../lib/hours.ts';
import type { CalendarId } from './ids.ts';

/** From one time of the clock to another of the same day, or of the next one when it is not later: `HH:MM`. */
export interface DaySpan {
  readonly from: string;
  readonly to: string;
}

/** Days with hours of their own instead of the week's; none: closed all day. */
interface HolidayHours {
  readonly name: string;
  readonly hours?: readonly DaySpan[];
}

/** `yearly`: `12-25`, every year. `dates`: these very days, `2027-03-26`. */
export type Holiday = HolidayHours &
  ({ readonly yearly: string } | { readonly dates: readonly string[] });

/** Closed at once, whatever the hours say, until it is lifted or its time is over. */
export interface Closure {
  /** Why, for people: `Fuga de agua`. */
  readonly reason: string;
  readonly since: EpochMs;
  /** Exclusive; absent: until it is lifted. */
  readonly until?: EpochMs;
  /** Who closed: a key's name, or an extension. */
  readonly by: string;
}

/** When a place of the company may be called. */
export interface CalendarConfig {
  readonly id: CalendarId;
  readonly name: string;
  /** The site's time zone: an IANA name. */
  readonly zone: string;
  readonly hours: WeeklyHours;
  readonly holidays: readonly Holiday[];
  readonly closure?: Closure;
}
