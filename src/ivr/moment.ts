import type { EpochMs } from '../lib/clock.ts';
import type { CalendarConfig } from '../model/calendar.ts';
import type { CalendarId } from '../model/ids.ts';

/** What of the configuration a flow may ask: always what holds now, also for calls that began before a change. */
export interface FlowConfiguration {
  readonly calendars: ReadonlyMap<CalendarId, CalendarConfig>;
  /** Of the site: what `today` and `time` are in expressions. */
  readonly zone: string;
}

/** When a step is taken, and in which world: the interpreter itself never asks for the time. */
export interface Moment {
  readonly now: EpochMs;
  readonly world: FlowConfiguration;
}
